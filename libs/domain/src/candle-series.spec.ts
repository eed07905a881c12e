import fc from 'fast-check';
import type { Candle } from './candle';
import { columnsOf, toCandles } from './candle-columns';
import { CandleSeries } from './candle-series';
import { MINUTE_MS } from './time';

const candle = (minute: number): Candle => ({
  openTime: minute * MINUTE_MS,
  open: minute,
  high: minute + 1,
  low: minute - 1,
  close: minute,
  volume: minute,
});
const range = (from: number, count: number): Candle[] =>
  Array.from({ length: count }, (_, i) => candle(from + i));

describe('CandleSeries', () => {
  it('keeps the newest candles, whatever is loaded and appended', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.nat(12),
        fc.nat(30),
        fc.nat(12),
        (capacity, loaded, appended, limit) => {
          const series = new CandleSeries('X', '1m', capacity);
          series.load(columnsOf(range(1, loaded)));
          for (const next of range(1 + loaded, appended)) expect(series.append(next)).toBe('appended');
          const expected = range(1, loaded + appended).slice(-capacity);
          expect(toCandles(series.toColumns())).toEqual(expected);
          expect(toCandles(series.toColumns(limit))).toEqual(limit === 0 ? [] : expected.slice(-limit));
          expect(series.firstOpenTime).toBe(expected[0]?.openTime);
          expect(series.lastOpenTime).toBe(expected.at(-1)?.openTime);
          expected.forEach((each, i) => expect(series.at(i)).toEqual(each));
          expected.forEach((each, i) => expect(series.value('openTime', i)).toBe(each.openTime));
        },
      ),
    );
  });

  it('takes the next candle only', () => {
    const series = new CandleSeries('X', '1m', 10);
    expect(series.append(candle(5))).toBe('appended');
    expect(series.append(candle(5))).toBe('duplicate');
    expect(series.append(candle(4))).toBe('duplicate');
    expect(series.append(candle(7))).toBe('hole');
    expect(series.append({ ...candle(6), openTime: 6.5 * MINUTE_MS })).toBe('misaligned');
    expect(series.length).toBe(1);
    expect(series.append(candle(7), { acceptHole: true })).toBe('appended');
    expect(toCandles(series.toColumns())).toEqual([candle(5), candle(7)]);
  });
});
