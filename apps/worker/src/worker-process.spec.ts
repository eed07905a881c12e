/** Real worker processes on a real queue and the emulator: killed, stopped, started without what they need. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type AppConfig, ConfigModule, loadConfig } from '@slt/config';
import { DatabaseModule } from '@slt/database';
import { MINUTE_MS, toCandles } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import { CLOCK, ExchangeModule, resolveEndpoint } from '@slt/exchange';
import { HistoryModule, HistoryService } from '@slt/history';
import { eventually } from '../../../test/support/eventually';

const ROOT = join(__dirname, '../../..');
const START_MS = 60_000;
const { REDIS_URL } = process.env;

type Missing = readonly [what: string, changes: Record<string, string>, message: RegExp];

const MISSING: readonly Missing[] = [
  ['an exchange that it could see', { EMULATOR_URL: '' }, /EMULATOR_URL/],
  ['an exchange that answers', { EMULATOR_URL: 'http://127.0.0.1:9' }, /no emulator answers/],
  ['a database', { DATA_DIR: '/nonexistent/data' }, /no trader runs its database/],
];
const MISSING_REDIS: Missing = [
  'Redis',
  { REDIS_URL: 'redis://127.0.0.1:9' },
  /Redis at 127\.0\.0\.1:9 did not answer/,
];

interface Running {
  readonly process: ChildProcess;
  output: string;
}

describe('worker processes on PostgreSQL', () => suite(undefined));
(REDIS_URL === undefined ? describe.skip : describe)('worker processes on Redis', () => suite(REDIS_URL));

function suite(redisUrl: string | undefined): void {
  let emulator: Emulator;
  let folder: string;
  let config: AppConfig;
  let asker: INestApplicationContext;
  let history: HistoryService;
  const children: Running[] = [];
  const missing = redisUrl === undefined ? MISSING : [MISSING_REDIS];
  /** Each waits long before it gives up, so they do it beside the other tests. */
  const givingUp = new Map<string, Running>();

  beforeAll(async () => {
    emulator = await Emulator.start({ symbols: 60, latencyMs: 150, quiet: true });
    folder = await mkdtemp(join(tmpdir(), 'slt-worker-'));
    config = loadConfig(environment());
    asker = await startAsker(config);
    history = asker.get(HistoryService);
    for (const [what, changes] of missing) givingUp.set(what, spawnWorker({ ...environment(), ...changes }));
  }, START_MS);

  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child, 'SIGKILL');
  });

  afterAll(async () => {
    for (const child of givingUp.values()) await kill(child, 'SIGKILL');
    await asker.close();
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  const environment = (): Record<string, string> => ({
    DATA_DIR: folder,
    EMULATOR_URL: emulator.url,
    HISTORY_WORKER: 'false',
    HISTORY_CONCURRENCY: '2',
    PORT: '0',
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
  });

  const startWorker = async (changes: Record<string, string> = {}): Promise<Running> => {
    const child = spawnWorker({ ...environment(), ...changes });
    children.push(child);
    await eventually(() => child.output.includes('works on history jobs'), START_MS);
    return child;
  };

  const symbols = (): string[] =>
    emulator.market
      .listed(emulator.now())
      .map(({ symbol }) => symbol)
      .slice(0, 40);

  const expectTruth = async (
    outcomes: Awaited<ReturnType<HistoryService['ensureHistory']>>,
  ): Promise<void> => {
    for (const [symbol, outcome] of outcomes) {
      if (outcome.kind !== 'whole')
        throw new Error(`${symbol} is ${outcome.kind}: ${outcome.reason.message}`);
      const candles = toCandles(outcome.columns);
      const from = candles[0]?.openTime ?? 0;
      const to = candles.at(-1)?.openTime ?? 0;
      const truth = emulator.market
        .klines(symbol, '1m', { from, to, limit: 1500, fromEnd: false }, emulator.now())
        .map((row) => [row.openTime, Number(row.open), Number(row.close), Number(row.volume)]);
      expect(candles.map((c) => [c.openTime, c.open, c.close, c.volume])).toEqual(truth);
      expect(emulator.now() - to).toBeLessThan(3 * MINUTE_MS);
    }
  };

  it(
    'loses nothing when one is killed in the middle',
    async () => {
      const doomed = await startWorker();
      let done = 0;
      const ask = history.ensureHistory(symbols(), '1m', 200, { onOutcome: () => done++ });
      await eventually(() => done >= 5);
      await kill(doomed, 'SIGKILL');
      await startWorker();
      const outcomes = await ask;
      expect(outcomes.size).toBe(40);
      await expectTruth(outcomes);
      const { counts } = await history.queueHealth();
      expect(Object.values(counts).every((count) => count === 0)).toBe(true);
    },
    2 * START_MS,
  );

  it(
    'gives its jobs back when it is told to stop',
    async () => {
      const stopped = await startWorker();
      let done = 0;
      const ask = history.ensureHistory(symbols(), '5m', 200, { onOutcome: () => done++ });
      await eventually(() => done >= 5);
      await kill(stopped, 'SIGTERM');
      expect(stopped.process.exitCode).toBe(0); // abandoned after five seconds, it would be 1
      const { counts } = await history.queueHealth();
      expect(counts['active']).toBe(0);
      expect(counts['waiting']).toBeGreaterThan(0);
      await startWorker();
      const outcomes = await ask;
      expect([...outcomes.values()].map((outcome) => outcome.kind)).toEqual(symbols().map(() => 'whole'));
    },
    2 * START_MS,
  );

  it(
    'answers probes and nothing else, and logs as the trader does',
    async () => {
      const worker = await startWorker();
      const url = /http:\/\/[\w.:[\]]+/.exec(worker.output)?.[0] ?? '';
      const statuses = await Promise.all(
        ['/health/live', '/health/ready', '/metrics', '/', '/../etc/passwd'].map(
          async (path) => (await fetch(`${url}${path}`)).status,
        ),
      );
      expect(statuses).toEqual([200, 200, 200, 404, 404]);
      expect((await fetch(`${url}/health/live`, { method: 'POST' })).status).toBe(405);
      const lines = worker.output.trim().split('\n');
      const documents = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const told = expect.stringContaining('works on history jobs') as string;
      expect(documents.at(-1)).toMatchObject({ level: 'info', context: 'Worker', msg: told });
    },
    START_MS,
  );

  it.each(missing)(
    'does not start without %s, and says so',
    async (what, _, message) => {
      const child = givingUp.get(what)!;
      await ended(child);
      expect(child.process.exitCode).not.toBe(0);
      expect(child.output).toMatch(message);
    },
    START_MS,
  );
}

async function startAsker(config: AppConfig): Promise<INestApplicationContext> {
  const endpoint = await resolveEndpoint(config);
  @Module({
    imports: [
      ConfigModule.forRoot(config),
      DatabaseModule,
      ExchangeModule.forRoot(endpoint),
      HistoryModule.forRoot({ worker: false }),
    ],
  })
  class AskerModule {}
  const app = await NestFactory.createApplicationContext(AskerModule, { logger: false, abortOnError: false });
  app.get(CLOCK);
  return app;
}

function spawnWorker(environment: Record<string, string>): Running {
  const child = spawn(
    process.execPath,
    [join(process.env['SLT_DIST'] ?? join(ROOT, 'dist'), 'apps/worker/src/main.js')],
    { cwd: tmpdir(), env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const running: Running = { process: child, output: '' };
  child.stdout.on('data', (chunk) => (running.output += String(chunk)));
  child.stderr.on('data', (chunk) => (running.output += String(chunk)));
  return running;
}

async function kill(running: Running, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  running.process.kill(signal);
  await ended(running);
}

async function ended({ process: child }: Running): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
