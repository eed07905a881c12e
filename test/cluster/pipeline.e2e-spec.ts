import { Emulator } from '@slt/emulator';
import { eventually } from '../support/eventually';
import { MarketUnderTest, SharedDatabase } from './support/market-under-test';

let database: SharedDatabase;
let market: MarketUnderTest | undefined;

beforeAll(async () => {
  database = await SharedDatabase.start();
});

afterAll(async () => {
  await database.stop();
});

afterEach(async () => {
  await market?.close();
  market = undefined;
});

describe('the pipeline on the emulator', () => {
  it('streams every series as the exchange has it', async () => {
    market = await MarketUnderTest.start(database, { config: { HISTORY_INTERVALS: ['1m', '5m', '15m'] } });
    await market.cluster.start();
    await market.ready();
    await market.streamed(1, { interval: '15m' });
    for (const interval of ['1m', '5m', '15m'] as const) {
      expect(market.flaws(interval)).toEqual([]);
      expect(market.disorders(interval)).toEqual([]);
    }
    expect(market.symbols()).toHaveLength(12);
  });

  it('takes in a listing and lets a delisted symbol go', async () => {
    market = await MarketUnderTest.start(database);
    await market.cluster.start();
    await market.ready();
    const { emulator, cluster } = market;
    const gone = market.symbols()[3]!;
    emulator.market.list({ symbol: '新币USDT', at: emulator.now() });
    emulator.market.delist(gone, emulator.now());
    await eventually(() => cluster.symbolState(gone) === undefined);
    await eventually(() => (cluster.series('新币USDT', '1m')?.length ?? 0) > 3);
    await market.ready();
    await market.streamed(3);
    expect(market.flaws()).toEqual([]);
    const listed = emulator.market.find('新币USDT')!;
    expect(cluster.series('新币USDT', '1m')!.firstOpenTime).toBe(listed.onboardDate);
    await market.cluster.stop();
    expect(await market.store.read(gone, '1m')).toBeDefined(); // its cache stays
  });

  it('leaves the disk as the exchange has it, and starts from there without asking for candles', async () => {
    const exchange = await Emulator.start({ symbols: 30, speed: 1, quiet: true });
    try {
      market = await MarketUnderTest.start(database, { exchange });
      await market.cluster.start();
      await market.ready();
      await market.cluster.stop();
      await market.history.flush();
      expect(await market.flawsOnDisk()).toEqual([]);
      await market.close({ keepData: true });
      exchange.resetStats();
      market = await MarketUnderTest.start(database, { exchange, dataDir: market.dataDir });
      await market.cluster.start();
      await market.ready();
      expect(market.cluster.status().warmUp).toMatchObject({ total: 30, cached: 30, fetched: 0 });
      expect(exchange.stats().requests.byPath['/fapi/v1/klines'] ?? 0).toBe(0);
      expect(market.flaws()).toEqual([]);
    } finally {
      await market?.close();
      await exchange.close();
    }
  });

  it('tops up what it missed while it was away', async () => {
    const exchange = await Emulator.start({ symbols: 8, speed: 300, quiet: true });
    try {
      market = await MarketUnderTest.start(database, { exchange });
      await market.cluster.start();
      await market.ready();
      await market.streamed(3);
      await market.close({ keepData: true });
      const away = exchange.now() + 20 * 60_000;
      await eventually(() => exchange.now() > away);
      market = await MarketUnderTest.start(database, { exchange, dataDir: market.dataDir });
      await market.cluster.start();
      await market.ready();
      await market.streamed(3);
      expect(market.flaws()).toEqual([]);
      expect(market.disorders()).toEqual([]);
      await market.cluster.stop();
      expect(await market.flawsOnDisk()).toEqual([]);
    } finally {
      await market?.close();
      await exchange.close();
    }
  });

  it('starts, stops and starts again in the midst of everything', async () => {
    market = await MarketUnderTest.start(database);
    const { cluster } = market;
    await Promise.all([cluster.start(), cluster.stop(), cluster.start()]);
    await eventually(() => cluster.status().phase !== 'discovering');
    await cluster.stop();
    expect(cluster.status().phase).toBe('idle');
    expect(cluster.status().streams.connections).toBe(0);
    await cluster.start();
    await market.ready();
    market.delivered.clear();
    await market.streamed(3);
    expect(market.flaws()).toEqual([]);
    expect(market.disorders()).toEqual([]);
  });
});
