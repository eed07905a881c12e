/** The engines go with their series: whatever the stream does, an engine is what its series makes of it. */
import { Logger } from '@nestjs/common';
import {
  type Candle,
  type CandleColumns,
  columnsOf,
  type Interval,
  intervalMs,
  toCandles,
} from '@slt/domain';
import type { KlineFrame } from '@slt/exchange';
import { SmcEngine, type SmcEvent, SmcService } from '@slt/smc';
import { eventually } from '../../../test/support/eventually';
import type { ClusterService } from './cluster.service';
import type { ClusterEvent } from './cluster-status';
import { buildCluster } from './testing/build-cluster';
import { FakeMarket } from './testing/fake-market';

const SYMBOLS = ['AAAUSDT', 'BBBUSDT', '龙虾USDT'];
const SPEED = 600; // a minute lasts 100 ms

let market: FakeMarket;
let cluster: ClusterService;
let smc: SmcService;
let log: ClusterEvent[];
/** All that each engine was given since its last reload. */
let given: Map<string, Candle[]>;

function build(settings: Parameters<typeof buildCluster>[1] = {}): void {
  market = new FakeMarket(SYMBOLS, SPEED);
  smc = new SmcService();
  cluster = buildCluster(market, settings, smc);
  log = [];
  given = new Map();
  cluster.events.subscribe((event) => log.push(event));
  cluster.onReload((symbol, interval, series) =>
    given.set(`${symbol} ${interval}`, toCandles(series.toColumns())),
  );
  cluster.onCandle((symbol, interval, candle) => given.get(`${symbol} ${interval}`)!.push(candle));
}

async function start(): Promise<void> {
  await cluster.start();
  await eventually(() => cluster.status().ready as true);
}

/** Until so many more candles of each symbol were in the pass. */
async function streamed(count: number, interval: Interval = '1m'): Promise<void> {
  const before = new Map([...given].map(([key, candles]) => [key, candles.at(-1)?.openTime ?? 0]));
  const enough = (symbol: string): boolean => {
    const key = `${symbol} ${interval}`;
    const after = given.get(key)?.filter(({ openTime }) => openTime > (before.get(key) ?? 0));
    return (after?.length ?? 0) >= count;
  };
  await eventually(() => SYMBOLS.every(enough));
}

function engineOver(columns: CandleColumns, interval: Interval): SmcEngine {
  const engine = new SmcEngine({ intervalMs: intervalMs(interval) });
  engine.warmUp(columns);
  return engine;
}

/** Every engine is what an engine of our own makes of the same candles; and the series ends in them. */
function expectSameState(intervals: readonly Interval[] = ['1m']): void {
  for (const symbol of SYMBOLS) {
    for (const interval of intervals) {
      const candles = given.get(`${symbol} ${interval}`)!;
      const series = toCandles(cluster.series(symbol, interval)!.toColumns());
      expect(candles.slice(-series.length)).toEqual(series);
      expect(smc.view(symbol, interval)).toEqual(engineOver(columnsOf(candles), interval).view());
    }
  }
}

/** @param among all that was heard, unless fewer are given */
const told = (symbol: string, among: readonly ClusterEvent[] = log): SmcEvent[] =>
  among.flatMap((event) => (event.type === 'smc' && event.symbol === symbol ? event.events : []));

beforeAll(() => Logger.overrideLogger(false));
afterEach(async () => {
  await cluster.stop();
  market.end();
});

describe('the engines in the pass', () => {
  it('are warm with the history, and step with every closed candle', async () => {
    build({ HISTORY_INTERVALS: ['1m', '5m'] });
    await start();
    await streamed(6);
    await streamed(1, '5m');
    expectSameState(['1m', '5m']);
  });

  it('tell what a candle proved after the candle itself, and nothing of the history', async () => {
    build();
    await start();
    const heard: SmcEvent[] = [];
    cluster.onCandle((symbol, _interval, _candle, _series, proved) => {
      if (symbol === SYMBOLS[0]) heard.push(...proved);
    });
    const history = new Map([...given].map(([key, candles]) => [key, [...candles]]));
    const from = log.length;
    await eventually(() => SYMBOLS.every((symbol) => told(symbol, log.slice(from)).length > 5));
    // Candles may have come between the start and the first listener of ours.
    const later = log.slice(from);
    expect(heard).toEqual(told(SYMBOLS[0]!, later));
    later.forEach((event, i) => {
      if (event.type !== 'smc') return;
      expect(later[i - 1]).toMatchObject({
        type: 'candle',
        symbol: event.symbol,
        interval: '1m',
        at: event.at,
      });
    });
    for (const symbol of SYMBOLS) {
      const engine = engineOver(columnsOf(history.get(`${symbol} 1m`)!), '1m');
      const events = given
        .get(`${symbol} 1m`)!
        .filter(({ openTime }) => openTime > engine.lastOpenTime!)
        .flatMap((candle) => engine.step(candle));
      expect(told(symbol, later)).toEqual(events);
    }
  });

  it('see repaired holes in order, and no duplicate', async () => {
    build();
    let n = 0;
    market.mangle = (frame) => {
      const kind = (n = (n * 7 + 3) % 11);
      if (kind < 3) return [];
      if (kind < 6) return [1, 2].map((k) => ({ frame, afterMs: k }));
      return [{ frame, afterMs: kind < 8 ? 150 : 0 }];
    };
    await start();
    await streamed(20);
    expect(cluster.counters().gapsRepaired).toBeGreaterThan(0);
    expect(cluster.counters().duplicatesDropped).toBeGreaterThan(0);
    expect(smc.totals()).toMatchObject({ refused: 0, lost: 0 });
    expectSameState();
  });

  it('begin anew when REST rewrites the past', async () => {
    build();
    await start();
    let lie = true;
    market.mangle = (frame) => {
      const lies = lie && frame.symbol === 'BBBUSDT';
      if (!lies) return [{ frame, afterMs: 0 }];
      lie = false;
      return [
        { frame: { ...frame, close: frame.close + 0.5 }, afterMs: 0 },
        { frame, afterMs: 1 },
      ];
    };
    await eventually(() => cluster.counters().corrections === 1);
    await streamed(2);
    expectSameState();
    // The lie is in no engine: it is in no series.
    expect(smc.view('BBBUSDT', '1m')!.candles).toBe(given.get('BBBUSDT 1m')!.length);
  });

  it('go with the symbols that leave, and come with those that are listed', async () => {
    build();
    await start();
    market.delist('AAAUSDT');
    market.list('NEWUSDT');
    await eventually(() => (cluster.series('NEWUSDT', '1m')?.length ?? 0) > 3);
    await eventually(() => !smc.has('AAAUSDT', '1m'));
    expect(smc.lastOpenTime('NEWUSDT', '1m')).toBe(cluster.series('NEWUSDT', '1m')!.lastOpenTime);
  });

  it('start anew with the cluster', async () => {
    build();
    await start();
    await cluster.stop();
    await start();
    await streamed(3);
    expectSameState();
  });

  it('keep no candle from its series, and go on after one they refuse', async () => {
    build();
    await start();
    market.mangle = () => [];
    const [symbol] = SYMBOLS as [string];
    const openTime = cluster.series(symbol, '1m')!.lastOpenTime! + 60_000;
    const frame = (at: number, high: number): KlineFrame => ({
      openTime: at,
      open: 100,
      high,
      low: 99,
      close: 100,
      volume: 1,
      symbol,
      interval: '1m',
      closeTime: at + 59_999,
      isClosed: true,
      eventTime: at + 60_000,
      receivedAt: at + 60_000,
    });
    market.streams.closedCandles.next(frame(openTime, 98)); // below its low
    expect(cluster.series(symbol, '1m')!.lastOpenTime).toBe(openTime);
    expect(smc.totals()).toMatchObject({ refused: 1 });
    market.streams.closedCandles.next(frame(openTime + 60_000, 101));
    expect(smc.lastOpenTime(symbol, '1m')).toBe(openTime + 60_000);
  });
});
