/** `slt backtest` in this process: recordings in, figures and a page out, and a sentence about what is wrong. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import type { BacktestJson } from '@slt/backtest';
import { columnsOf, ManualClock } from '@slt/domain';
import { CandleStore } from '@slt/history';
import { runCli } from './run-cli';

const MINUTE = 60_000;
const T0 = Date.UTC(2025, 5, 2);
const LENGTH = 4_000;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slt-backtest-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Words are separated by spaces; @ is the folder. */
async function slt(words: string, environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const so = { out: '', err: '' };
  const terminal = {
    isTty: false,
    out: (more: string) => {
      so.out += more;
      return Promise.resolve(true);
    },
    say: (line: string) => void (so.err += `${line.replaceAll(folder, '@')}\n`),
  };
  const code = await runCli({
    words: words.split(' ').map((word) => word.replace(/^@/, folder)),
    environment,
    terminal,
    signal: new AbortController().signal,
  });
  return { code, ...so };
}

function rowsOf(seed: number, length = LENGTH): readonly (readonly number[])[] {
  let state = seed;
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const cents = (price: number): number => Math.round(price * 100) / 100;
  let close = 100;
  return Array.from({ length }, (_, i) => {
    const open = close;
    close = cents(Math.max(20, open + (random() - 0.5) * (random() < 0.2 ? 0.5 : 0.1)));
    const high = cents(Math.max(open, close) + random() * 0.03);
    const low = cents(Math.min(open, close) - random() * 0.03);
    return [T0 + i * MINUTE, open, high, low, close, Math.floor(random() * 900) + 100];
  });
}

const csv = (seed: number): string =>
  `${rowsOf(seed)
    .map((row) => row.join(','))
    .join('\n')}\n`;

const write = (name: string, bytes: string | Uint8Array): void =>
  writeFileSync(path.join(folder, name), bytes);

const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

const run = async (
  words: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<BacktestJson> => {
  const { code, out, err } = await slt(`backtest --data @ --json - ${words}`.trim(), environment);
  expect([code, err]).toEqual([0, expect.stringContaining('decisions') as string]);
  return JSON.parse(out) as BacktestJson;
};

describe('slt backtest', () => {
  it('writes figures and a page that needs nothing else', async () => {
    write('AUSDT_1m.csv', csv(1));
    write('BUSDT-1m-2025-06.zip', zipSync({ 'b.csv': strToU8(csv(2)) }));
    const { code, out } = await slt('backtest --data @ --report @/out.html --json @/out.json --charts 2');
    expect(code).toBe(0);
    expect(out).toContain(`${2 * LENGTH} candles of 1m, 2 symbols, 2025-06-02T00:00Z to`);
    const json = JSON.parse(read('out.json')) as BacktestJson;
    expect(Object.keys(json)).toEqual([
      ...['candles', 'seconds', 'candlesPerSecond', 'signals', 'trades', 'metrics', 'decisionsHash'],
    ]);
    expect(Object.keys(json.metrics)).toEqual([
      ...[
        'netPnl',
        'expectancyR',
        'winRate',
        'profitFactor',
        'maxDrawdown',
        'sharpe',
        'brier',
        'ece',
        'logLoss',
      ],
    ]);
    expect(Object.keys(json.trades[0]!)).toEqual([
      ...['symbol', 'setup', 'direction', 'entryTime', 'entryPrice', 'exitTime', 'exitPrice', 'exitReason'],
      ...['r', 'fees', 'funding', 'pnl'],
    ]);
    expect(json).toMatchObject({
      candles: 2 * LENGTH,
      decisionsHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    const net = json.trades.reduce((sum, { pnl }) => sum + pnl, 0);
    expect(json.metrics.netPnl).toBeCloseTo(net, 6);
    const page = read('out.html');
    expect(page).not.toMatch(/<script|<link|src=|href=|url\(|NaN|undefined/);
    expect(page.match(/<figure>/g)).toHaveLength(2);
    expect(page.match(/<tr><td>(A|B)USDT<\/td><td>[a-z-]+<\/td><td>(long|short)<\/td>/g)).toHaveLength(
      json.trades.length,
    );
    expect(readdirSync(folder).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  it('decides the same whatever kind of file the candles are in', async () => {
    write('AUSDT_1m.csv', csv(3));
    const plain = await run('');
    rmSync(path.join(folder, 'AUSDT_1m.csv'));
    write('AUSDT_1m.csv.gz', gzipSync(csv(3)));
    const packed = await run('');
    rmSync(path.join(folder, 'AUSDT_1m.csv.gz'));
    const store = new CandleStore({ folder, source: 'test', keep: LENGTH, clock: new ManualClock(T0) });
    const candles = rowsOf(3).map(([openTime, open, high, low, close, volume]) => ({
      ...{ openTime: openTime!, open: open!, high: high!, low: low!, close: close!, volume: volume! },
    }));
    await store.write('AUSDT', '1m', columnsOf(candles));
    const parquet = await run('');
    expect(plain.trades.length).toBeGreaterThan(0);
    for (const other of [packed, parquet]) expect(other.decisionsHash).toBe(plain.decisionsHash);
  });

  it('heeds its flags and the limits of the environment', async () => {
    write('AUSDT_1m.csv', csv(1));
    write('BUSDT_1m.csv', csv(2));
    const all = await run('--seed 5');
    expect((await run('--symbols BUSDT,AUSDT --seed 5')).decisionsHash).toBe(all.decisionsHash);
    expect((await run('--symbols AUSDT')).candles).toBe(LENGTH);
    const span = await run('--from 2025-06-03 --to 2025-06-04 --warm-up 100');
    expect(span.candles).toBe(2 * (1_440 + 100));
    for (const { entryTime } of span.trades) expect(entryTime).toBeGreaterThan(Date.UTC(2025, 5, 3));
    const free = await run('--fee 0');
    expect(free.trades.length).toBeGreaterThan(0);
    expect(free.trades.every(({ fees }) => fees === 0)).toBe(true);
    const poor = await run('--balance 1000');
    expect(Math.abs(poor.trades[0]!.pnl)).toBeLessThan(Math.abs(all.trades[0]!.pnl) / 5);
    expect((await run('', { RISK_STOP_MIN_COSTS: '100' })).trades).toEqual([]);
  });

  it('learns when it is told to, the same each time', async () => {
    write('AUSDT_1m.csv', csv(1));
    const [one, other] = [await run('--learn --seed 2'), await run('--learn --seed 2')];
    expect(other.decisionsHash).toBe(one.decisionsHash);
    expect(one.learning!.status.outcomes).toBeGreaterThan(20);
    const plain = await run('');
    expect(plain.learning).toBeUndefined();
    expect(plain.decisionsHash).not.toBe(one.decisionsHash);
  });

  it('sweeps nothing that it does not know, and makes no page of a sweep', async () => {
    write('AUSDT_1m.csv', csv(1));
    const unknown = await slt('backtest --data @ --sweep limits.size=1,2 --sweep setups.rewardMin=2,x');
    expect(unknown.code).toBe(2);
    expect(unknown.err).toMatch(
      /"limits\.size" cannot be swept.*"x" in "setups\.rewardMin=2,x" is no number/s,
    );
    const page = await slt('backtest --data @ --sweep setups.rewardMin=2,3 --report @/out.html');
    expect([page.code, page.err]).toEqual([2, expect.stringContaining('--report') as string]);
    expect(readdirSync(folder)).toEqual(['AUSDT_1m.csv']);
  });

  it('says what is wrong, all at once, before it begins', async () => {
    const wrong = await slt('backtest --data @ --from x --to 2025-13-01 --balance -1 --interval 2m --seed a');
    expect(wrong.code).toBe(2);
    for (const flag of ['--from', '--to', '--balance', '--interval', '--seed'])
      expect(wrong.err).toContain(flag);
    write('AUSDT_1m.csv', csv(1));
    const unknown = await slt('backtest --data @ --symbols AUSDT,NIX');
    expect([unknown.code, unknown.err]).toEqual([2, 'slt: @: no candles of 1m of NIX\n']);
    expect((await slt('backtest --data @/nowhere')).code).toBe(2);
    expect((await slt('backtest --data @ --json @/no/folder.json')).code).toBe(2);
  });

  it('ends at a damaged file, naming file and line, and leaves nothing behind', async () => {
    write(
      'AUSDT_1m.csv',
      csv(1).replace(/(.*\n){10}/, (head) => `${head}1748822400001,x,1,1,1,1\n`),
    );
    const { code, out, err } = await slt('backtest --data @ --json @/out.json --report @/out.html');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^slt: @\/AUSDT_1m\.csv: line 11: .*CANDLES\.ROW/);
    expect(readdirSync(folder)).toEqual(['AUSDT_1m.csv']);
    write('AUSDT_1m.csv', gzipSync(csv(1)).subarray(0, 3_000));
    expect((await slt('backtest --data @')).err).toMatch(/AUSDT_1m\.csv: .*CANDLES\.UNREADABLE/);
  });

  it('tells what it takes, with examples', async () => {
    const { code, out } = await slt('backtest --help');
    expect(code).toBe(0);
    for (const word of ['Examples:', '--report', '--json', '--warm-up', '--learn', '--sweep', 'Exit code']) {
      expect(out).toContain(word);
    }
  });
});
