import fc from 'fast-check';
import type { Candle } from './candle';
import {
  aggregateColumns,
  columnsOf,
  EMPTY_COLUMNS,
  findHoles,
  lowerBound,
  mergeColumns,
  rangeOfColumns,
  tailColumns,
  toCandles,
} from './candle-columns';
import { MINUTE_MS } from './time';

const candle = (minute: number, price = 1): Candle => ({
  openTime: minute * MINUTE_MS,
  open: price,
  high: price + 2,
  low: price - 0.5,
  close: price + 1,
  volume: 10,
});

const minutes = fc.uniqueArray(fc.nat(60), { maxLength: 40 }).map((list) => list.sort((a, b) => a - b));

describe('columns', () => {
  it('give back the candles they were made of', () => {
    const candles = [candle(1), candle(2), candle(4)];
    expect(toCandles(columnsOf(candles))).toEqual(candles);
  });

  it('cut ranges by open time, both ends included', () => {
    const columns = columnsOf([1, 2, 4, 7].map((minute) => candle(minute)));
    expect(toCandles(rangeOfColumns(columns, 2 * MINUTE_MS, 4 * MINUTE_MS))).toEqual([candle(2), candle(4)]);
    expect(lowerBound(columns, 3 * MINUTE_MS)).toBe(2);
    expect(lowerBound(columns, 8 * MINUTE_MS)).toBe(4);
    expect(toCandles(tailColumns(columns, 1))).toEqual([candle(7)]);
    expect(tailColumns(columns, 9).length).toBe(4);
  });
});

describe('mergeColumns', () => {
  it('is the sorted union, the fresher row on a tie', () => {
    fc.assert(
      fc.property(minutes, minutes, (older, fresher) => {
        const merged = toCandles(
          mergeColumns(
            columnsOf(older.map((m) => candle(m, 1))),
            columnsOf(fresher.map((m) => candle(m, 2))),
          ),
        );
        const union = [...new Set([...older, ...fresher])].sort((a, b) => a - b);
        expect(merged).toEqual(union.map((minute) => candle(minute, fresher.includes(minute) ? 2 : 1)));
      }),
    );
  });
});

describe('findHoles', () => {
  it('names every missing candle once and no other', () => {
    fc.assert(
      fc.property(minutes, fc.nat(60), fc.nat(60), (present, a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const holes = findHoles(
          columnsOf(present.map((m) => candle(m))),
          '1m',
          from * MINUTE_MS,
          to * MINUTE_MS,
        );
        const missing = holes.flatMap((hole) =>
          Array.from({ length: hole.count }, (_, i) => hole.from / MINUTE_MS + i),
        );
        const expected = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter(
          (m) => !present.includes(m),
        );
        expect(missing).toEqual(expected);
        for (const hole of holes) expect(hole.to).toBe(hole.from + (hole.count - 1) * MINUTE_MS);
      }),
    );
  });

  it('finds the whole range missing in nothing', () => {
    expect(findHoles(EMPTY_COLUMNS, '5m', 0, 10 * MINUTE_MS)).toEqual([
      { from: 0, to: 10 * MINUTE_MS, count: 3 },
    ]);
  });
});

describe('aggregateColumns', () => {
  it('folds whole buckets and leaves out the others', () => {
    const prices = [5, 9, 7, 8, 6];
    const whole = prices.map((price, i) => candle(5 + i, price));
    const broken = [10, 11, 13, 14].map((minute) => candle(minute));
    expect(toCandles(aggregateColumns(columnsOf([candle(4), ...whole, ...broken]), '1m', '5m'))).toEqual([
      { openTime: 5 * MINUTE_MS, open: 5, high: 11, low: 4.5, close: 7, volume: 50 },
    ]);
  });
});
