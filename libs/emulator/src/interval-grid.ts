/** Where candles of every streamed interval begin: fixed lengths since the epoch, weeks from Monday, calendar months. */
import { DAY_MS, intervalMs, isInterval, type UtcMs } from '@slt/domain';
import type { MarketInterval } from './market';

const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05, a Monday. */
const FIRST_MONDAY: UtcMs = 4 * DAY_MS;

/** Open time of the candle that contains the instant. */
export function candleOpen(instant: UtcMs, interval: MarketInterval): UtcMs {
  if (isInterval(interval)) return floorTo(instant, intervalMs(interval));
  if (interval === '3d') return floorTo(instant, 3 * DAY_MS);
  if (interval === '1w') return floorTo(instant - FIRST_MONDAY, WEEK_MS) + FIRST_MONDAY;
  const date = new Date(instant);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** Open time of the candle after the one that opens then. */
export function nextOpen(openTime: UtcMs, interval: MarketInterval): UtcMs {
  if (isInterval(interval)) return openTime + intervalMs(interval);
  if (interval === '3d') return openTime + 3 * DAY_MS;
  if (interval === '1w') return openTime + WEEK_MS;
  const date = new Date(openTime);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

function floorTo(instant: UtcMs, length: number): UtcMs {
  return Math.floor(instant / length) * length;
}
