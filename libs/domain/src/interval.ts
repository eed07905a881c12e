/** Candle intervals of a fixed length, in Binance's notation. Candles open at whole multiples of it since the epoch. */
import { AppError } from './app-error';
import { DAY_MS, HOUR_MS, MINUTE_MS, type DurationMs, type UtcMs } from './time';

const LENGTHS = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
} as const;

export type Interval = keyof typeof LENGTHS;

/** Shortest first. */
export const INTERVALS = Object.keys(LENGTHS) as readonly Interval[];

export function isInterval(text: unknown): text is Interval {
  return typeof text === 'string' && Object.hasOwn(LENGTHS, text);
}

/** @throws AppError invalid, `INTERVAL.UNKNOWN` */
export function parseInterval(text: string): Interval {
  if (isInterval(text)) return text;
  throw new AppError(
    'invalid',
    'INTERVAL.UNKNOWN',
    `"${text}" is no candle interval; known are ${INTERVALS.join(', ')}`,
  );
}

export function intervalMs(interval: Interval): DurationMs {
  return LENGTHS[interval];
}

/** Open time of the candle that contains the instant. */
export function openTimeOf(instant: UtcMs, interval: Interval): UtcMs {
  const length = LENGTHS[interval];
  return Math.floor(instant / length) * length;
}

/** Open time of the newest candle that is closed at the instant: a candle closes when the next one opens. */
export function lastClosedOpenTime(now: UtcMs, interval: Interval): UtcMs {
  return openTimeOf(now, interval) - LENGTHS[interval];
}

/** How many candles open in [from, to], both ends being open times; 0 when to < from. */
export function countOpenTimes(from: UtcMs, to: UtcMs, interval: Interval): number {
  return to < from ? 0 : Math.round((to - from) / LENGTHS[interval]) + 1;
}
