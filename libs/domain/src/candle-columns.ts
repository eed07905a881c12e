/**
 * Candles in columns: how history travels between exchange, cache and series. Immutable by convention; ascending by
 * open time, each open time once, not necessarily without holes.
 */
import type { Candle } from './candle';
import { CandleBucket } from './candle-bucket';
import { intervalMs, type Interval } from './interval';
import type { UtcMs } from './time';

export const CANDLE_FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;
export type CandleField = (typeof CANDLE_FIELDS)[number];

export interface CandleColumns {
  readonly length: number;
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** In units of the base asset. */
  readonly volume: Float64Array;
}

/** A run of candles that are not there; both ends are open times and belong to it. */
export interface Hole {
  readonly from: UtcMs;
  readonly to: UtcMs;
  readonly count: number;
}

export function allocateColumns(length: number): CandleColumns {
  return {
    length,
    openTime: new Float64Array(length),
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: new Float64Array(length),
  };
}

export const EMPTY_COLUMNS: CandleColumns = allocateColumns(0);

export function columnsOf(candles: readonly Candle[]): CandleColumns {
  const columns = allocateColumns(candles.length);
  candles.forEach((candle, i) => {
    columns.openTime[i] = candle.openTime;
    for (const field of CANDLE_FIELDS) columns[field][i] = candle[field];
  });
  return columns;
}

/** @param index in [0, length) */
export function candleAt(columns: CandleColumns, index: number): Candle {
  return {
    openTime: columns.openTime[index]!,
    open: columns.open[index]!,
    high: columns.high[index]!,
    low: columns.low[index]!,
    close: columns.close[index]!,
    volume: columns.volume[index]!,
  };
}

export function toCandles(columns: CandleColumns): Candle[] {
  return Array.from({ length: columns.length }, (_, i) => candleAt(columns, i));
}

/** Rows [start, end) as views on the same memory. */
export function sliceColumns(columns: CandleColumns, start: number, end = columns.length): CandleColumns {
  const openTime = columns.openTime.subarray(start, end);
  return {
    length: openTime.length,
    openTime,
    open: columns.open.subarray(start, end),
    high: columns.high.subarray(start, end),
    low: columns.low.subarray(start, end),
    close: columns.close.subarray(start, end),
    volume: columns.volume.subarray(start, end),
  };
}

/** The newest `count` rows, as views. */
export function tailColumns(columns: CandleColumns, count: number): CandleColumns {
  return sliceColumns(columns, Math.max(0, columns.length - count));
}

/** The same rows in memory of their own, so that what they were a view of can be freed. */
export function copyColumns(columns: CandleColumns): CandleColumns {
  return {
    length: columns.length,
    openTime: columns.openTime.slice(),
    open: columns.open.slice(),
    high: columns.high.slice(),
    low: columns.low.slice(),
    close: columns.close.slice(),
    volume: columns.volume.slice(),
  };
}

/** Index of the first row whose open time is at or after the instant; length if there is none. O(log n). */
export function lowerBound(columns: CandleColumns, instant: UtcMs): number {
  let low = 0;
  let high = columns.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (columns.openTime[middle]! < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows whose open time lies in [from, to], as views. */
export function rangeOfColumns(columns: CandleColumns, from: UtcMs, to: UtcMs): CandleColumns {
  return sliceColumns(columns, lowerBound(columns, from), lowerBound(columns, to + 1));
}

/** Both in one, ascending; where both have an open time, the row of `fresher` stays. */
export function mergeColumns(older: CandleColumns, fresher: CandleColumns): CandleColumns {
  if (older.length === 0) return fresher;
  if (fresher.length === 0) return older;
  const merged = allocateColumns(older.length + fresher.length);
  let i = 0;
  let j = 0;
  let length = 0;
  while (i < older.length || j < fresher.length) {
    const a = i < older.length ? older.openTime[i]! : Infinity;
    const b = j < fresher.length ? fresher.openTime[j]! : Infinity;
    const source = b <= a ? fresher : older;
    const row = b <= a ? j : i;
    copyRow(source, row, merged, length++);
    if (a <= b) i++;
    if (b <= a) j++;
  }
  return sliceColumns(merged, 0, length);
}

function copyRow(source: CandleColumns, row: number, target: CandleColumns, at: number): void {
  target.openTime[at] = source.openTime[row]!;
  target.open[at] = source.open[row]!;
  target.high[at] = source.high[row]!;
  target.low[at] = source.low[row]!;
  target.close[at] = source.close[row]!;
  target.volume[at] = source.volume[row]!;
}

/** What is missing in [from, to] (open times, both inclusive), ascending. */
export function findHoles(columns: CandleColumns, interval: Interval, from: UtcMs, to: UtcMs): Hole[] {
  const step = intervalMs(interval);
  const holes: Hole[] = [];
  let expected = from;
  const note = (until: UtcMs): void => {
    if (until >= expected)
      holes.push({ from: expected, to: until, count: Math.round((until - expected) / step) + 1 });
  };
  for (let i = lowerBound(columns, from); i < columns.length && columns.openTime[i]! <= to; i++) {
    note(columns.openTime[i]! - step);
    expected = columns.openTime[i]! + step;
  }
  note(to);
  return holes;
}

/** Candles of a longer interval from those of a shorter one; a bucket that lacks any of its candles is left out. */
export function aggregateColumns(columns: CandleColumns, from: Interval, to: Interval): CandleColumns {
  const bucket = new CandleBucket(intervalMs(from), intervalMs(to));
  const whole: Candle[] = [];
  for (let i = 0; i < columns.length; i++) {
    const candle = bucket.add(candleAt(columns, i));
    if (candle !== undefined) whole.push(candle);
  }
  return columnsOf(whole);
}
