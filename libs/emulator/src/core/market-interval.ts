/** Candle intervals as the exchange cuts time: fixed lengths since the epoch, weeks from Monday, calendar months in UTC. */
import {
  dateOf,
  DAY_MS,
  dayOf,
  dayOfDate,
  type DurationMs,
  intervalMs,
  isInterval,
  MINUTE_MS,
  type UtcMs,
} from '@slt/domain';
import type { MarketInterval } from './market';

const { floor } = Math;

const MONDAY = 4 * DAY_MS; // 1970-01-05

export function isMarketInterval(text: string): text is MarketInterval {
  return isInterval(text) || text === '3d' || text === '1w' || text === '1M';
}

/** Open time of the candle that contains the instant. */
export function bucketOf(instant: UtcMs, interval: MarketInterval): UtcMs {
  if (interval === '1M') return monthStart(monthOf(instant));
  const length = lengthOf(interval);
  const shift = interval === '1w' ? MONDAY : 0;
  return floor((instant - shift) / length) * length + shift;
}

/** Open time of the candle so many places after (or before) the one that opens then. */
export function stepBucket(openTime: UtcMs, interval: MarketInterval, places: number): UtcMs {
  if (interval === '1M') return monthStart(monthOf(openTime) + places);
  return openTime + places * lengthOf(interval);
}

/** Last millisecond of the candle that opens then. */
export function closeTimeOf(openTime: UtcMs, interval: MarketInterval): UtcMs {
  if (interval === '1m') return openTime + MINUTE_MS - 1;
  return stepBucket(openTime, interval, 1) - 1;
}

/** Exact but for months, where it is the greatest. */
export function longestOf(interval: MarketInterval): DurationMs {
  return interval === '1M' ? 31 * DAY_MS : lengthOf(interval);
}

function lengthOf(interval: Exclude<MarketInterval, '1M'>): DurationMs {
  if (interval === '3d') return 3 * DAY_MS;
  return interval === '1w' ? 7 * DAY_MS : intervalMs(interval);
}

/** Months since January of year 0. */
export function monthOf(instant: UtcMs): number {
  const { year, month } = dateOf(dayOf(instant));
  return year * 12 + month - 1;
}

/** First instant of a month as monthOf() counts them. */
export function monthStart(month: number): UtcMs {
  const year = floor(month / 12);
  return dayOfDate({ year, month: month - year * 12 + 1, day: 1 }) * DAY_MS;
}
