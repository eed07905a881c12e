import fc from 'fast-check';
import { aggregateColumns, type Candle, columnsOf, type Interval, ManualClock, toCandles } from '@slt/domain';
import type { FormingListener } from '@slt/exchange';
import type { LaneOutlets } from './candle-lane';
import type { FormingEvent } from './cluster-status';
import { FormingFeed } from './forming-feed';
import { paceOf } from './core/pace';
import { SymbolPipeline } from './symbol-pipeline';
import type { SymbolPipelines } from './symbol-pipelines';
import { instrument, trueCandle } from './testing/fake-market';

const SYMBOL = 'AAAUSDT';
const MINUTE = 60_000;
const T0 = 1_760_000_400_000; // of an hour's quarter
const candle = (i: number): Candle => trueCandle(SYMBOL, T0 + i * MINUTE);
/** As far as the candle is when `share` of its close is there. */
const partOf = ({ openTime, open, close, high, low, volume }: Candle, share: number): Candle => {
  const price = open + (close - open) * share;
  return {
    openTime,
    open,
    close: price,
    high: Math.min(high, Math.max(open, price)),
    low: Math.max(low, Math.min(open, price)),
    volume: Math.floor(1_000 * volume * share) / 1_000,
  };
};

function build(intervals: readonly Interval[]) {
  const downstream: Candle[] = [];
  const outlets: LaneOutlets = {
    pace: () => paceOf(new ManualClock(), 50, 0),
    closed: (lane, closed) => void (lane.step === MINUTE && downstream.push(closed)),
    ask: () => undefined,
    revise: () => undefined,
    reloaded: () => undefined,
    note: () => undefined,
  };
  const pipeline = new SymbolPipeline(instrument(SYMBOL, 0), intervals, 50, outlets);
  let listener: FormingListener | undefined;
  const streams = {
    forming: {
      watch: (_: unknown, told: FormingListener) => {
        listener = told;
        return () => (listener = undefined);
      },
    },
  };
  const pipelines = { base: '1m', get: (symbol: string) => (symbol === SYMBOL ? pipeline : undefined) };
  const feed = new FormingFeed(streams as never, pipelines as unknown as SymbolPipelines);
  const events: FormingEvent[] = [];
  const stop = feed.watch(SYMBOL, (event) => events.push(event));
  const tell = (part: Candle): FormingEvent | undefined => {
    events.length = 0;
    const closeTime = part.openTime + MINUTE - 1;
    const wire = { symbol: SYMBOL, interval: '1m', closeTime, isClosed: false, eventTime: 5, receivedAt: 7 };
    listener?.({ ...part, ...wire } as never);
    return events[0];
  };
  return { pipeline, downstream, tell, stop };
}

const load = (pipeline: SymbolPipeline, count: number): void => {
  const closed = columnsOf(Array.from({ length: count }, (_, i) => candle(i)));
  const now = T0 + count * MINUTE;
  pipeline.load('1m', closed, T0, now);
  pipeline.load('5m', aggregateColumns(closed, '1m', '5m'), T0, now);
};

describe('the feed of candles in progress', () => {
  it('tells each interval as its closed candles and the open one make it, and nothing goes further', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 12 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }),
        (loaded, shares) => {
          const { pipeline, downstream, tell } = build(['1m', '5m']);
          load(pipeline, loaded);
          shares.forEach((share, n) => {
            const i = loaded + n;
            const part = partOf(candle(i), share);
            const first = i - (i % 5);
            const made = Array.from({ length: i - first }, (_, k) => candle(first + k)).concat(part);
            // The same fold, of a bucket that is made whole by candles that change nothing.
            const rest = Array.from({ length: 5 - made.length }, (_, k) => ({
              openTime: part.openTime + (k + 1) * MINUTE,
              open: part.close,
              high: part.close,
              low: part.close,
              close: part.close,
              volume: 0,
            }));
            const [five] = toCandles(aggregateColumns(columnsOf([...made, ...rest]), '1m', '5m'));
            expect(tell(part)).toEqual({
              type: 'forming',
              at: 7,
              symbol: SYMBOL,
              candles: [
                { interval: '1m', candle: part },
                { interval: '5m', candle: five },
              ],
            });
            expect(pipeline.base.series.lastOpenTime).toBe(candle(i - 1).openTime);
            pipeline.base.frame(candle(i), part.openTime + MINUTE);
          });
          expect(downstream).toEqual(shares.map((_, n) => candle(loaded + n)));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is silent behind a hole, before history, and of what is closed already', () => {
    const { pipeline, tell } = build(['1m', '5m']);
    expect(tell(candle(0))).toBeUndefined();
    load(pipeline, 7);
    expect([tell(candle(6)), tell(candle(8))]).toEqual([undefined, undefined]);
    expect(tell(candle(7))).toBeDefined();
  });

  it('leaves an interval out of which a candle lacks', () => {
    const { pipeline, tell } = build(['1m', '5m']);
    const now = T0 + 8 * MINUTE;
    pipeline.load('1m', columnsOf([candle(6), candle(7)]), T0 + 6 * MINUTE, now);
    pipeline.load('5m', aggregateColumns(columnsOf([0, 1, 2, 3, 4].map(candle)), '1m', '5m'), T0, now);
    expect(tell(candle(8))?.candles.map(({ interval }) => interval)).toEqual(['1m']);
    for (const i of [8, 9]) pipeline.base.frame(candle(i), T0 + (i + 1) * MINUTE);
    // The longer candle from 5 to 9 is still to be fetched: one behind it would leave a hole.
    expect(tell(candle(10))?.candles.map(({ interval }) => interval)).toEqual(['1m']);
  });

  it('ends when told', () => {
    const { pipeline, tell, stop } = build(['1m']);
    load(pipeline, 6);
    stop();
    expect(tell(candle(6))).toBeUndefined();
  });
});
