/**
 * Keys stay where they are: a live-mode run in a process of its own, through every call and many kinds of failure; then
 * all that it said, answered, wrote down and left in its folder is searched for key, secret, signatures and listen keys.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Emulator, type FaultRule } from '@slt/emulator';
import { Pool } from 'pg';
import { SharedDatabase } from '../cluster/support/market-under-test';
import { eventually } from '../support/eventually';
import { Program } from '../support/program';
import { SseReader } from './support/sse-reader';
import { EAGER, TradingCalls } from './support/trading-calls';
import { WireTap } from './support/wire-tap';

const WAIT_MS = 30_000;
const ORDERS = { path: '/fapi/v1/order', method: 'POST' } as const;
const ALGO_ORDERS = { path: '/fapi/v1/algoOrder', method: 'POST' } as const;

/** Each leaves an error, with the request that failed somewhere in it. */
const FAULTS: readonly FaultRule[] = [
  { id: 'settings', kind: 'server-error', path: '/fapi/v1/leverage', body: 'unknown-503-no-code', times: 1 },
  { id: 'entry', kind: 'drop-socket', ...ORDERS, when: 'after', times: 1 },
  {
    id: 'stop',
    kind: 'html',
    ...ALGO_ORDERS,
    params: { type: 'STOP_MARKET' },
    executed: true,
    times: 1,
  },
  {
    id: 'target',
    kind: 'reject',
    ...ALGO_ORDERS,
    params: { type: 'TAKE_PROFIT_MARKET' },
    code: -2019,
    msg: 'Margin is insufficient.',
    times: 1,
  },
  { id: 'account', kind: 'truncated-json', path: '/fapi/v3/account', times: 1 },
  {
    id: 'signature',
    kind: 'reject',
    path: '/fapi/v1/userTrades',
    code: -1022,
    msg: 'Signature for this request is not valid.',
    times: 1,
  },
  { id: 'handshake', kind: 'drop-socket', path: '/private', when: 'before', times: 1 },
];

/** What befalls the end of it all. */
const LATE_FAULTS: readonly FaultRule[] = [
  { id: 'exit', kind: 'server-error', ...ORDERS, body: '-1007-408', executed: true, times: 1 },
  { id: 'listen key', kind: 'dead-listen-key', times: 1, connections: 'told' },
];

describe('a live run', () => {
  const apiKey = randomBytes(32).toString('hex');
  const apiSecret = randomBytes(32).toString('hex');
  /** All that was said to anybody, by where. */
  const heard = new Map<string, string>();
  let database: SharedDatabase;
  let exchange: Emulator;
  let tap: WireTap;
  let folder: string;
  let program: Program;
  let calls: TradingCalls;
  let url: string;

  const ask = async (method: 'get' | 'post', path: string): Promise<number> => {
    const response = await calls[method](path);
    const where = `${method.toUpperCase()} ${path}`;
    const headers = JSON.stringify([...response.headers]);
    heard.set(where, `${heard.get(where) ?? ''}${headers}${await response.text()}`);
    return response.status;
  };

  beforeAll(async () => {
    database = await SharedDatabase.start();
    exchange = await Emulator.start({ symbols: 60, speed: 60, apiKey, apiSecret });
    tap = await WireTap.before(exchange.url);
    folder = await mkdtemp(join(tmpdir(), 'slt-secrets-'));
    for (const rule of FAULTS) exchange.faults.add(rule);
    program = Program.start('trader', {
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      EMULATOR_URL: tap.url,
      TRADING_MODE: 'live',
      // Live money would wait for an edge to be shown.
      LEARNING: 'off',
      TRADING_ENABLED: 'false',
      BINANCE_API_KEY: apiKey,
      BINANCE_API_SECRET: apiSecret,
      HISTORY_LIMIT: '400',
      ...EAGER,
      LOG_LEVEL: 'trace',
    });
    url = await program.url();
    calls = new TradingCalls(url);
  });
  afterAll(async () => {
    await program.end();
    await tap.close();
    await exchange.close();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('trades, and fails in every way it was asked to', async () => {
    const events = new SseReader(`${url}/v1/events`);
    await events.response;
    await eventually(async () => (await ask('get', '/health/ready')) === 200, WAIT_MS);
    await eventually(async () => (await ask('post', '/v1/trading/start')) === 202, WAIT_MS);
    await calls.is('on');
    await allHit();
    await calls.holds(1);
    for (const rule of LATE_FAULTS) exchange.faults.add(rule);
    await ask('post', '/v1/trading/halt');
    await ask('post', '/v1/trading/start');
    await calls.is('on');
    await ask('post', '/v1/trading/stop?flatten=true');
    await calls.is('off');
    await allHit();
    await readEverything();
    // The exchange is gone: what fails now names the address that it failed at.
    await exchange.close();
    await ask('post', '/v1/trading/start');
    await readEverything();
    heard.set('events', JSON.stringify(events.events));
    events.close();
    await program.end('SIGTERM');
    heard.set('output', program.output);
    expect(program.output.length).toBeGreaterThan(1_000);
  });

  it('really had secrets to tell', () => {
    const { keys, signatures, listenKeys } = secrets();
    expect([keys.length, signatures.length > 10, listenKeys.length > 0]).toEqual([2, true, true]);
    // As a header of each signed request.
    expect(tap.sent).toContain(apiKey);
    // Everything that was searched for would have been found.
    expect(leaks('tap', tap.sent)).toContain('tap: a signature');
    expect(leaks('tap', tap.sent)).toContain('tap: the key');
  });

  it('told none of them: neither logs, nor answers, nor events, nor OpenAPI', () => {
    expect([...heard.keys()]).toEqual(
      expect.arrayContaining([
        'output',
        'events',
        'GET /docs-json',
        'GET /v1/orders?limit=1000',
        'GET /metrics',
      ]),
    );
    expect([...heard].flatMap(([where, text]) => leaks(where, text))).toEqual([]);
  });

  it('wrote none of them down: neither in the journal nor in any other table', async () => {
    const tables = await dump(database.url);
    expect(tables.get('trading.orders')).toContain('"rejected"');
    expect(tables.get('trading.fills')?.length).toBeGreaterThan(0);
    expect([...tables].flatMap(([where, text]) => leaks(where, text))).toEqual([]);
  });

  it('left none of them in its folder', async () => {
    const names = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(names.length).toBeGreaterThan(0);
    expect(leaks('names of files', names.map(({ name }) => name).join('\n'))).toEqual([]);
    for (const file of names.filter((each) => each.isFile())) {
      const text = await readFile(join(file.parentPath, file.name), 'latin1');
      expect(leaks(file.name, text)).toEqual([]);
    }
  });

  async function allHit(): Promise<void> {
    await eventually(() => {
      const waiting = exchange.faults.list().filter(({ hits }) => hits === 0);
      if (waiting.length === 0) return;
      throw new Error(`not hit yet: ${waiting.map(({ rule }) => rule.id).join(', ')}; ${program.tail(5)}`);
    }, WAIT_MS);
  }

  async function readEverything(): Promise<void> {
    const paths = Object.keys(
      ((await (await calls.get('/docs-json')).json()) as { paths: Record<string, { get?: unknown }> }).paths,
    ).filter((path) => !path.includes('{') && path !== '/v1/events');
    for (const path of paths) await ask('get', path).catch(() => undefined);
    for (const list of ['signals', 'trades', 'orders', 'trading/breaker', 'trading/reconciliations']) {
      await ask('get', `/v1/${list}?limit=1000`);
      await ask('get', `/v1/${list}?limit=nonsense`);
    }
    for (const path of ['/docs', '/docs-json', '/docs-yaml', '/v1/symbols/NOSUCHUSDT', '/no/such/call']) {
      await ask('get', path);
    }
    await ask('post', '/v1/trading/breaker/reset');
    await ask('post', '/v1/trading/no-such-call');
  }

  function secrets() {
    const all = (text: string, pattern: RegExp): string[] => [
      ...new Set([...text.matchAll(pattern)].map((match) => match[1]!)),
    ];
    return {
      keys: [apiKey, apiSecret],
      signatures: all(tap.sent, /[?&]signature=([0-9a-f]{64})/g),
      listenKeys: [
        ...new Set([
          ...all(tap.answered, /"listenKey":"(\w{20,})"/g),
          ...all(tap.sent, /[?&]listenKey=(\w{20,})/g),
        ]),
      ],
    };
  }

  /** What was found, and where; never the secret itself. */
  function leaks(where: string, text: string): string[] {
    const { keys, signatures, listenKeys } = secrets();
    const found = (what: string, values: readonly string[]): string[] =>
      values.some((value) => text.includes(value)) ? [`${where}: ${what}`] : [];
    const encoded = keys.flatMap((key) => [
      Buffer.from(key).toString('base64').slice(0, -4),
      Buffer.from(key).toString('hex'),
      key.toUpperCase(),
    ]);
    return [
      ...found('the key', [apiKey]),
      ...found('the secret', [apiSecret]),
      ...found('a key in other letters', encoded),
      ...found('a signature', signatures),
      ...found('a listen key', listenKeys),
      ...(/signature=[0-9a-f]{16}/i.test(text) ? [`${where}: what looks like a signature`] : []),
    ];
  }
});

/** Each row of each table as text. */
async function dump(url: string): Promise<ReadonlyMap<string, string>> {
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    const tables = await pool.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
    );
    const texts = new Map<string, string>();
    for (const { name } of tables.rows) {
      const { rows } = await pool.query<{ row: string }>(`select to_json(t)::text as row from ${name} t`);
      texts.set(name, rows.map(({ row }) => row).join('\n'));
    }
    return texts;
  } finally {
    await pool.end();
  }
}
