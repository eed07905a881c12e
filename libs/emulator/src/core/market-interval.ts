/** Candle intervals as the exchange cuts time: fixed lengths since the epoch, weeks from Monday, calendar months in UTC. */
import { DAY_MS, type DurationMs, intervalMs, isInterval, MINUTE_MS, type UtcMs } from '@slt/domain';
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

/** Months since January of year 0 (civil calendar, after Howard Hinnant's days_from_civil). */
export function monthOf(instant: UtcMs): number {
  const days = floor(instant / DAY_MS) + 719_468;
  const era = floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = floor(
    (dayOfEra - floor(dayOfEra / 1460) + floor(dayOfEra / 36_524) - floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + floor(yearOfEra / 4) - floor(yearOfEra / 100));
  const shifted = floor((5 * dayOfYear + 2) / 153); // March is 0
  const month = shifted < 10 ? shifted + 2 : shifted - 10; // January is 0
  return (yearOfEra + era * 400 + (month <= 1 ? 1 : 0)) * 12 + month;
}

/** First instant of a month as monthOf() counts them. */
export function monthStart(month: number): UtcMs {
  const year = floor(month / 12);
  const monthOfYear = month - year * 12;
  const shiftedYear = monthOfYear <= 1 ? year - 1 : year;
  const era = floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = floor((153 * (monthOfYear > 1 ? monthOfYear - 2 : monthOfYear + 10) + 2) / 5);
  const dayOfEra = yearOfEra * 365 + floor(yearOfEra / 4) - floor(yearOfEra / 100) + dayOfYear;
  return (era * 146_097 + dayOfEra - 719_468) * DAY_MS;
}
