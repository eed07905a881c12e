import { Logger } from '@nestjs/common';
import { AppError, type Candle, toCandles } from '@slt/domain';
import { eventually } from '../../../test/support/eventually';
import type { ClusterService } from './cluster.service';
import type { ClusterEvent } from './cluster-status';
import { buildCluster } from './testing/build-cluster';
import { FakeMarket, trueCandle } from './testing/fake-market';

const SYMBOLS = ['AAAUSDT', 'BBBUSDT', '龙虾USDT', 'CCCUSDT'];
const SPEED = 600; // a minute lasts 100 ms

let market: FakeMarket;
let cluster: ClusterService;

/** Each candle that went downstream, by series. */
let seen: Map<string, Candle[]>;

function build(
  settings: Parameters<typeof buildCluster>[1] = {},
  symbols: readonly string[] = SYMBOLS,
): void {
  market = new FakeMarket(symbols, SPEED);
  cluster = buildCluster(market, settings);
  seen = new Map();
  cluster.onCandle((symbol, interval, candle) => {
    const key = `${symbol}_${interval}`;
    seen.set(key, [...(seen.get(key) ?? []), candle]);
  });
}

const ready = (): Promise<true> => eventually(() => cluster.status().ready as true);

/** Every series holds the truth: nothing missing between its ends, nothing double, nothing forming. */
function expectTruth(symbols: readonly string[] = SYMBOLS, interval: '1m' | '5m' = '1m'): void {
  for (const symbol of symbols) {
    const series = cluster.series(symbol, interval)!;
    const truth = market.truth(symbol, interval, series.firstOpenTime!, series.lastOpenTime!);
    expect(toCandles(series.toColumns())).toEqual(toCandles(truth));
    expect(series.lastOpenTime! + (interval === '1m' ? 60_000 : 300_000)).toBeLessThanOrEqual(
      market.clock.now(),
    );
  }
}

/** Downstream saw a run of candles: in order, each once, none left out. */
function expectOrderDownstream(interval: '1m' | '5m' = '1m'): void {
  const step = interval === '1m' ? 60_000 : 300_000;
  for (const [key, candles] of seen) {
    if (!key.endsWith(`_${interval}`)) continue;
    candles.slice(1).forEach((candle, i) => expect(candle.openTime - candles[i]!.openTime).toBe(step));
  }
}

/** Waits until so many more candles of each symbol came downstream. */
async function streamed(count: number, interval = '1m'): Promise<void> {
  const before = new Map(SYMBOLS.map((symbol) => [symbol, seen.get(`${symbol}_${interval}`)?.length ?? 0]));
  await eventually(() =>
    [...before].every(([symbol, had]) => (seen.get(`${symbol}_${interval}`)?.length ?? 0) >= had + count),
  );
}

beforeAll(() => Logger.overrideLogger(false));
afterEach(async () => {
  await cluster.stop();
  market.end();
});

describe('cluster', () => {
  it('goes from idle to streaming, and every series is the truth', async () => {
    build();
    const events: ClusterEvent[] = [];
    cluster.events.subscribe((event) => events.push(event));
    expect(cluster.status()).toMatchObject({ phase: 'idle', ready: false, everReady: false, symbols: 0 });
    await cluster.start();
    await ready();
    await eventually(() => cluster.status().phase === 'streaming');
    await streamed(5);
    expectTruth();
    expectOrderDownstream();
    const { warmUp, phases, everReady } = cluster.status();
    expect(warmUp).toMatchObject({ total: 4, cached: 0, fetched: 4, failed: 0, percent: 100 });
    expect(phases.map(({ phase }) => phase)).toEqual(['discovering', 'warming', 'streaming']);
    expect(everReady).toBe(true);
    expect(events.filter((e) => e.type === 'phase').map((e) => e.type === 'phase' && e.phase)).toEqual([
      'discovering',
      'warming',
      'streaming',
    ]);
    expect(events.some((e) => e.type === 'candle')).toBe(true);
    expect(cluster.symbolState('龙虾USDT')).toMatchObject({ state: 'live', ready: true });
  });

  it('spends nothing on REST while the stream does its work', async () => {
    build();
    market.origin = 'cache';
    await cluster.start();
    await ready();
    await streamed(3);
    const before = market.requests.length; // the join itself may have needed a candle that closed meanwhile
    await streamed(10);
    expect(market.requests.length).toBe(before);
    expect(cluster.status().warmUp.cached).toBe(4);
  });

  it('ends in the truth when frames are lost, doubled, late and out of order', async () => {
    build();
    let n = 0;
    market.mangle = (frame) => {
      const kind = (n = (n * 7 + 3) % 11);
      if (kind < 3) return [];
      if (kind < 5) return [1, 2].map((k) => ({ frame, afterMs: k }));
      if (kind < 7) return [{ frame, afterMs: 150 }];
      return [{ frame, afterMs: 0 }];
    };
    await cluster.start();
    await ready();
    await streamed(30);
    expectTruth();
    expectOrderDownstream();
    const { gapsRepaired, duplicatesDropped, candlesTotal } = cluster.counters();
    expect(gapsRepaired).toBeGreaterThan(0);
    expect(duplicatesDropped).toBeGreaterThan(0);
    expect(candlesTotal).toBeGreaterThanOrEqual(120);
  });

  it('fetches what a silent stream keeps to itself', async () => {
    build();
    market.mangle = () => [];
    await cluster.start();
    await ready();
    await streamed(5);
    expectTruth();
    expectOrderDownstream();
  });

  it('fills what an interruption swallowed', async () => {
    build();
    await cluster.start();
    await ready();
    market.mangle = () => [];
    await streamed(2).catch(() => undefined);
    market.mangle = (frame) => [{ frame, afterMs: 0 }];
    market.streams.interruptions.next({
      subscriptions: SYMBOLS.map((symbol) => ({ symbol, interval: '1m' as const })),
      reason: 'the connection was lost',
    });
    await streamed(5);
    expectTruth();
    expectOrderDownstream();
  });

  it('says why it is not ready, and comes back by itself', async () => {
    build();
    await cluster.start();
    await eventually(() => cluster.status().phase === 'streaming');
    market.mangle = () => [];
    market.restFault = () => {
      throw new AppError('transient', 'EXCHANGE.UNREACHABLE', 'nobody answers');
    };
    await eventually(() => cluster.status().phase === 'degraded');
    const { ready: isReady, reason, everReady } = cluster.status();
    expect({ isReady, everReady }).toEqual({ isReady: false, everReady: true });
    expect(reason).toContain('of 4 symbols are whole and streaming');
    market.mangle = (frame) => [{ frame, afterMs: 0 }];
    market.restFault = undefined;
    await eventually(() => cluster.status().phase === 'streaming');
    await streamed(2);
    expectTruth();
    expectOrderDownstream();
  });

  it('is ready with a share of the symbols, and retries the others behind', async () => {
    build({ WARMUP_MIN_READY: 0.75 });
    let refuse = true;
    market.historyFault = (symbol) => {
      if (symbol === 'BBBUSDT' && refuse) throw new AppError('transient', 'EXCHANGE.TIMEOUT', 'too slow');
    };
    await cluster.start();
    await ready();
    await eventually(() => cluster.status().phase === 'streaming');
    expect(cluster.status().failures).toEqual([
      { symbol: 'BBBUSDT', code: 'EXCHANGE.TIMEOUT', message: 'too slow' },
    ]);
    expect(cluster.symbolState('BBBUSDT')).toMatchObject({ state: 'failed', ready: false });
    refuse = false;
    await eventually(() => cluster.status().warmUp.ready === 4);
    expect(cluster.status().failures).toEqual([]);
    expectTruth();
  });

  it('warms up to degraded when too few are whole, and streams once they are', async () => {
    build();
    let refuse = true;
    market.historyFault = () => {
      if (refuse)
        throw new AppError('transient', 'EXCHANGE.RATE_LIMITED', 'no weight left', { retryAfterMs: 100 });
    };
    await cluster.start();
    await eventually(() => cluster.status().phase === 'degraded');
    expect(cluster.status()).toMatchObject({ ready: false, everReady: false, warmUp: { failed: 4 } });
    refuse = false;
    await eventually(() => cluster.status().phase === 'streaming');
    expectTruth();
  });

  it('asks for the universe until it gets one', async () => {
    build();
    let refusals = 2;
    market.universeFault = () => {
      if (refusals-- > 0) throw new AppError('transient', 'EXCHANGE.UNREACHABLE', 'nobody answers');
    };
    await cluster.start();
    await eventually(() => cluster.status().reason?.includes('nobody answers') === true);
    expect(cluster.status().phase).toBe('discovering');
    await ready();
  });

  it('takes in new listings and lets delisted symbols go, keeping what they gathered', async () => {
    build();
    await cluster.start();
    await ready();
    await streamed(2);
    market.list('NEWUSDT');
    market.delist('AAAUSDT');
    await eventually(
      () => cluster.symbolState('NEWUSDT')?.ready === true && cluster.series('NEWUSDT', '1m')!.length > 3,
    );
    await eventually(() => cluster.symbolState('AAAUSDT') === undefined);
    expect(cluster.status().symbols).toBe(4);
    expectTruth(['NEWUSDT', 'BBBUSDT']);
    await eventually(() => market.persisted.has('AAAUSDT_1m'));
    const { onboardTime } = market.instruments.get('NEWUSDT')!;
    // The candle that was forming at the listing is the first; nothing before it is asked for in vain.
    expect(cluster.series('NEWUSDT', '1m')!.firstOpenTime).toBe(Math.floor(onboardTime / 60_000) * 60_000);
  });

  it('takes the last candle of a delisted symbol, though word of its end came first', async () => {
    build();
    await cluster.start();
    await ready();
    await streamed(2);
    let last: number | undefined;
    market.mangle = (frame) => {
      if (frame.symbol !== 'AAAUSDT') return [{ frame, afterMs: 0 }];
      if (last !== undefined) return [];
      last = frame.openTime;
      market.delist('AAAUSDT');
      return [{ frame, afterMs: 20 }];
    };
    await eventually(() => last !== undefined && cluster.symbolState('AAAUSDT') === undefined);
    await eventually(() => market.persisted.get('AAAUSDT_1m')?.openTime.at(-1) === last);
  });

  it('aggregates the longer intervals from the closes of the base interval', async () => {
    build({ HISTORY_INTERVALS: ['5m', '1m'] });
    await cluster.start();
    await ready();
    await streamed(2, '5m');
    expectTruth(SYMBOLS, '1m');
    expectTruth(SYMBOLS, '5m');
    expectOrderDownstream('5m');
    expect(market.requests.filter(({ interval }) => interval === '5m')).toEqual([]);
  });

  it('fetches a longer candle that cannot be folded from the base interval', async () => {
    build({ HISTORY_INTERVALS: ['1m', '15m'], HISTORY_LIMIT: 10 }); // ten minutes cannot make up a quarter of an hour
    await cluster.start();
    await ready();
    const before = cluster.series('AAAUSDT', '15m')!.lastOpenTime!;
    await eventually(() => cluster.series('AAAUSDT', '15m')!.lastOpenTime! > before);
    const series = cluster.series('AAAUSDT', '15m')!;
    const truth = market.truth('AAAUSDT', '15m', series.firstOpenTime!, series.lastOpenTime!);
    expect(toCandles(series.toColumns())).toEqual(toCandles(truth));
  });

  it('passes over a hole of the exchange’s own without inventing candles, and takes them in should they appear', async () => {
    build();
    await cluster.start();
    await ready();
    const hole = Math.floor(market.clock.now() / 60_000) * 60_000 + 2 * 60_000;
    market.absent = (symbol, openTime) =>
      symbol === 'AAAUSDT' && openTime >= hole && openTime < hole + 120_000;
    await eventually(() => cluster.counters().holesAccepted === 1);
    expect(cluster.symbolState('AAAUSDT')!.intervals[0]!.knownHoles).toBe(1);
    await streamed(2);
    expectTruth(); // of a truth that lacks them, too
    market.absent = () => false;
    const reloads: string[] = [];
    cluster.onReload((symbol) => reloads.push(symbol));
    await eventually(() => cluster.counters().holesFilledLater === 2);
    expect(reloads).toEqual(['AAAUSDT']);
    expectTruth();
  });

  it('gives REST the last word on a candle told in two ways', async () => {
    build();
    await cluster.start();
    await ready();
    let lie = true;
    market.mangle = (frame) => {
      const told =
        lie && frame.symbol === 'BBBUSDT'
          ? [{ frame: { ...frame, close: frame.close + 0.5 }, afterMs: 0 }]
          : [];
      if (told.length > 0) lie = false;
      return [...told, { frame, afterMs: 1 }];
    };
    await eventually(() => cluster.counters().corrections === 1);
    expect(cluster.counters().disagreements).toBe(1);
    expectTruth();
    expectOrderDownstream();
  });

  it('keeps a failing listener from the others and from the series', async () => {
    build();
    cluster.onCandle(() => {
      throw new Error('downstream is broken');
    });
    let reached = 0;
    cluster.onCandle(() => reached++);
    await cluster.start();
    await ready();
    await streamed(2);
    expect(reached).toBeGreaterThanOrEqual(8);
    expect(cluster.counters().listenerErrors).toBeGreaterThanOrEqual(8);
    expectTruth();
  });

  it('starts and stops in any order and at once', async () => {
    build();
    await cluster.stop();
    await Promise.all([cluster.start(), cluster.start(), cluster.stop(), cluster.start(), cluster.stop()]);
    expect(cluster.status().phase).toBe('idle');
    await Promise.all([cluster.start(), cluster.stop(), cluster.start()]);
    await ready();
    await streamed(2);
    expectTruth();
    await Promise.all([cluster.stop(), cluster.stop()]);
    expect(cluster.status()).toMatchObject({ phase: 'idle', ready: false, everReady: true });
    await cluster.start();
    await ready();
    expectTruth();
  });

  it('stops in the middle of a warm-up', async () => {
    build();
    market.historyDelayMs = 600_000; // longer than any test may take: who waits for it fails
    await cluster.start();
    await eventually(() => cluster.status().phase === 'warming');
    await cluster.stop();
    expect(cluster.status().phase).toBe('idle');
  });

  it('writes what it gathered when it stops', async () => {
    build();
    await cluster.start();
    await ready();
    await streamed(3);
    await cluster.stop();
    for (const symbol of SYMBOLS) {
      expect(toCandles(market.persisted.get(`${symbol}_1m`)!)).toEqual(
        toCandles(cluster.series(symbol, '1m')!.toColumns()),
      );
    }
  });

  it('writes often enough that the ring drops nothing unwritten, however fast time runs', async () => {
    market = new FakeMarket(SYMBOLS, 3_000); // 50 candles a second
    cluster = buildCluster(market, { HISTORY_LIMIT: 150 });
    const onDisk = new Set<number>();
    const { persist } = market.history;
    market.history.persist = async (series) => {
      const all = [...series];
      for (const { symbol, columns } of all)
        if (symbol === 'AAAUSDT') columns.openTime.forEach((time) => onDisk.add(time));
      await persist(all);
    };
    await cluster.start();
    await ready();
    const first = cluster.series('AAAUSDT', '1m')!.lastOpenTime!;
    await eventually(() => cluster.series('AAAUSDT', '1m')!.lastOpenTime! > first + 210 * 60_000);
    await cluster.stop();
    const last = cluster.series('AAAUSDT', '1m')!.lastOpenTime!;
    for (let time = first; time <= last; time += 60_000) expect(onDisk.has(time)).toBe(true);
  });

  it('writes nothing that came from the disk and has not changed', async () => {
    market = new FakeMarket(SYMBOLS, 1);
    cluster = buildCluster(market);
    market.mangle = () => [];
    await cluster.start();
    await ready();
    await cluster.stop();
    expect([...market.persisted.keys()]).toEqual([]);
  });

  it('stops even when streams and disk hang', async () => {
    build();
    await cluster.start();
    await ready();
    market.hangOnClose = true;
    market.hangOnPersist = true;
    await cluster.stop();
    expect(cluster.status().phase).toBe('idle');
    market.hangOnPersist = false;
  });

  it('takes a burst of 600 closes in, each in the pass that brought it', async () => {
    const symbols = Array.from({ length: 600 }, (_, i) => `S${i}USDT`);
    market = new FakeMarket(symbols, 1);
    cluster = buildCluster(market, { HISTORY_LIMIT: 100, HISTORY_INTERVALS: ['1m', '5m'] });
    market.mangle = () => [];
    await cluster.start();
    await eventually(() => cluster.status().warmUp.ready === 600);
    for (let k = 1; k <= 12; k++) {
      const openTime = cluster.series('S0USDT', '1m')!.lastOpenTime! + 60_000;
      for (const symbol of symbols)
        market.streams.closedCandles.next({
          ...trueCandle(symbol, openTime),
          symbol,
          interval: '1m' as const,
          closeTime: openTime + 59_999,
          isClosed: true,
          eventTime: openTime + 60_005,
          receivedAt: openTime + 60_010,
        });
      expect(cluster.counters().candlesTotal).toBeGreaterThanOrEqual(600 * k);
    }
  });
});
