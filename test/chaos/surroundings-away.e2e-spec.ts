/**
 * Redis, or the database, gone for ten seconds: frozen, or killed and back with nothing of what it knew; during the
 * warm-up and while streaming. The probe says so, the weight stays modest, and afterwards all is whole by itself.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { loadConfig } from '@slt/config';
import { MINUTE_MS } from '@slt/domain';
import { Emulator } from '@slt/emulator';
import { WeightBudget } from '@slt/exchange';
import { HistoryService } from '@slt/history';
import { createTrader, type Trader } from '../../apps/trader/src/create-app';
import { SharedDatabase } from '../cluster/support/market-under-test';
import { pause } from '../support/chance';
import { eventually } from '../support/eventually';
import { candlesOf, flawsOf } from '../support/market-truth';
import { RedisServer } from '../support/redis-server';
import { TcpProxy } from '../support/tcp-proxy';

const KLINES = '/fapi/v1/klines';
const SYMBOLS = 10;
const LIMIT = 150;
const SPEED = 60;
const AWAY_MS = 10_000;
/** Small enough to bind: a warm-up of 10 symbols costs 20, the repairs of a minute without closing frames 10. */
const WEIGHT_LIMIT = 30;
/** Half, while nobody knows what the others spend. */
const BLIND_CAP = 15;

/** Something the trader stands on. */
interface Support {
  readonly environment: Readonly<Record<string, string>>;
  /** Which probe tells of it. */
  readonly probe: 'queue' | 'store';
  readonly take: () => Promise<void> | void;
  readonly giveBack: () => Promise<void> | void;
  readonly dispose: () => Promise<void>;
}

let database: Promise<SharedDatabase> | undefined;
const shared = (): Promise<SharedDatabase> => (database ??= SharedDatabase.start());

afterAll(async () => {
  await (await database)?.stop();
});

async function redis(how: 'frozen' | 'killed'): Promise<Support> {
  const server = await RedisServer.start();
  return {
    environment: { REDIS_URL: server.url, DATABASE_URL: (await shared()).url },
    probe: 'queue',
    take: () => (how === 'frozen' ? server.freeze() : server.kill()),
    giveBack: () => (how === 'frozen' ? server.thaw() : server.launch()),
    dispose: () => server.stop(),
  };
}

async function postgres(how: 'frozen' | 'cut'): Promise<Support> {
  const proxy = await TcpProxy.before((await shared()).url);
  return {
    environment: { DATABASE_URL: proxy.url },
    probe: 'store',
    take: () => (how === 'frozen' ? proxy.freeze() : proxy.cut()),
    giveBack: () => proxy.restore(),
    dispose: () => proxy.close(),
  };
}

interface Scene {
  readonly emulator: Emulator;
  readonly trader: Trader;
  readonly support: Support;
}

async function withTrader(open: Promise<Support>, test: (scene: Scene) => Promise<void>): Promise<void> {
  const support = await open;
  const folder = await mkdtemp(join(tmpdir(), 'slt-away-'));
  await chmod(folder, 0o755);
  const emulator = await Emulator.start({
    symbols: SYMBOLS,
    speed: SPEED,
    latencyMs: 100,
    weightLimit: WEIGHT_LIMIT,
    quiet: true,
  });
  const config = loadConfig({
    PORT: '0',
    DATA_DIR: folder,
    HISTORY_LIMIT: String(LIMIT),
    HISTORY_CONCURRENCY: '2',
    RATE_LIMIT_REQUESTS: String(WEIGHT_LIMIT),
    ...support.environment,
  });
  let trader: Trader | undefined;
  try {
    trader = await createTrader(config, { logger: false, emulator });
    await test({ emulator, trader, support });
  } finally {
    await trader?.close();
    await emulator.close();
    await support.dispose();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** Takes it away for ten seconds, and watches what is said and spent meanwhile. */
async function goWithout({ emulator, trader, support }: Scene): Promise<void> {
  await support.take();
  const takenAt = performance.now();
  await eventually(async () => {
    const { details } = await probe(trader);
    expect(details[support.probe]).toMatchObject({ status: 'degraded' });
  });
  // Closing frames that do not come make the pipeline call the exchange all the time.
  emulator.faults.add({ id: 'lost', kind: 'missing-close' });
  const budget = (trader.app as INestApplicationContext).get(WeightBudget);
  await eventually(() => budget.status().mode === 'local');
  const from = Math.ceil(emulator.now() / MINUTE_MS) * MINUTE_MS;
  await pause(Math.max(0, AWAY_MS - (performance.now() - takenAt)));
  const to = emulator.now();
  await support.giveBack();
  emulator.faults.remove('lost');
  for (const [minute, weight] of Object.entries(emulator.stats().weight.byMinute)) {
    if (Number(minute) < from || Number(minute) + MINUTE_MS > to) continue;
    expect(weight).toBeLessThanOrEqual(BLIND_CAP);
  }
}

async function expectWholeAgain({ emulator, trader, support }: Scene): Promise<void> {
  await eventually(async () => {
    const { ready, details } = await probe(trader);
    expect({ ready, probe: details[support.probe]!.status }).toEqual({ ready: true, probe: 'up' });
  });
  const app = trader.app as INestApplicationContext;
  await eventually(() => app.get(WeightBudget).status().mode === 'shared');
  await eventually(() => expect(flaws(trader, emulator)).toEqual([]), 30_000, 100);
  // The queue works as before, for something that was not asked for yet.
  const symbols = trader.cluster.symbols().map(({ symbol }) => symbol);
  const outcomes = await app.get(HistoryService).ensureHistory(symbols, '5m', 50);
  expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(symbols.map(() => 'whole'));
  await eventually(async () => {
    const { counts } = (await probe(trader)).details['queue']!;
    expect(Object.values(counts!).filter((count) => count > 0)).toEqual([]);
  });
  const { bans, rateLimited, weight } = emulator.stats();
  expect({ bans, rateLimited }).toEqual({ bans: 0, rateLimited: 0 });
  expect(weight.peak).toBeLessThanOrEqual(WEIGHT_LIMIT);
}

function flaws(trader: Trader, emulator: Emulator): string[] {
  return trader.cluster.symbols().flatMap(({ symbol }) => {
    const columns = trader.cluster.series(symbol, '1m')?.toColumns();
    if (columns === undefined) return [`${symbol}: no series`];
    return flawsOf(candlesOf(columns), { emulator, symbol, lag: 2 });
  });
}

interface Probe {
  readonly ready: boolean;
  readonly details: Readonly<Record<string, { status: string; counts?: Record<string, number> }>>;
}

async function probe(trader: Trader): Promise<Probe> {
  return (await (await fetch(`${trader.url}/health/ready`)).json()) as Probe;
}

const REDIS: readonly [string, () => Promise<Support>][] = [
  ['Redis frozen', () => redis('frozen')],
  ['Redis killed, and back without a memory', () => redis('killed')],
];
const POSTGRES: typeof REDIS = [
  ['the database frozen', () => postgres('frozen')],
  ['the database gone', () => postgres('cut')],
];

async function sufferTwice(support: () => Promise<Support>): Promise<void> {
  await withTrader(support(), async (scene) => {
    await eventually(() => (scene.emulator.stats().requests.byPath[KLINES] ?? 0) >= 3, 30_000, 2);
    await goWithout(scene);
    await expectWholeAgain(scene);
    await goWithout(scene);
    await expectWholeAgain(scene);
  });
}

describe('for ten seconds of the warm-up, and again while streaming', () => {
  it.concurrent.each(RedisServer.isInstalled ? [...REDIS, ...POSTGRES] : POSTGRES)('%s', (_, support) =>
    sufferTwice(support),
  );
});

if (!RedisServer.isInstalled) {
  describe.skip(`Redis gone for ten seconds${RedisServer.note}`, () => {
    it('is tested where there is one', () => undefined);
  });
}
