/** Candles for tests: whatever numbers, but sound ones. */
import {
  allocateColumns,
  CANDLE_FIELDS,
  type CandleColumns,
  type Interval,
  intervalMs,
  type UtcMs,
} from '@slt/domain';

/** A random walk that depends on the seed and the open time alone, so that overlapping runs agree. */
export function walk(
  from: UtcMs,
  count: number,
  options: { interval?: Interval; seed?: number } = {},
): CandleColumns {
  const { interval = '1m', seed = 1 } = options;
  const columns = allocateColumns(count);
  const step = intervalMs(interval);
  const priceAt = (time: UtcMs): number =>
    Math.round((100 + seed + 10 * Math.sin(time / 3.1e6 + seed) + hash(time + seed)) * 1e4) / 1e4;
  for (let i = 0; i < count; i++) {
    const openTime = from + i * step;
    const open = priceAt(openTime);
    const close = priceAt(openTime + step);
    columns.openTime[i] = openTime;
    columns.open[i] = open;
    columns.close[i] = close;
    columns.high[i] = Math.max(open, close) + 0.01;
    columns.low[i] = Math.min(open, close) - 0.01;
    columns.volume[i] = Math.round(hash(openTime) * 1e6) / 1e3;
  }
  return columns;
}

/** Where two series differ, for series too long to be compared and printed by a matcher. */
export function firstDifference(a: CandleColumns, b: CandleColumns): string | undefined {
  if (a.length !== b.length) return `${a.length} candles and ${b.length}`;
  for (let i = 0; i < a.length; i++) {
    for (const field of ['openTime', ...CANDLE_FIELDS] as const) {
      if (a[field][i] !== b[field][i]) return `row ${i}: ${field} is ${a[field][i]} and ${b[field][i]}`;
    }
  }
  return undefined;
}

/** In [0, 1). */
function hash(value: number): number {
  const mixed = Math.imul(
    Math.floor(value / 60_000) ^ Math.imul(value % 60_000, 2_654_435_761),
    1_597_334_677,
  );
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}
