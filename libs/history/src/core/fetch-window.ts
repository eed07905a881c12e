/** What "whole" means for a series. */
import { type Interval, intervalMs, lastClosedOpenTime, openTimeOf, type UtcMs } from '@slt/domain';

/**
 * Open times of the last `limit` closed candles, or of all there are of a younger listing; both ends inclusive. Empty
 * (`to` < `from`) for a listing without a closed candle.
 */
export function fetchWindow(options: {
  now: UtcMs;
  interval: Interval;
  limit: number;
  /** When trading began; the candle that contains it is the first. */
  onboardTime?: UtcMs;
}): { from: UtcMs; to: UtcMs } {
  const { now, interval, limit, onboardTime = -Infinity } = options;
  const to = lastClosedOpenTime(now, interval);
  return { from: Math.max(to - (limit - 1) * intervalMs(interval), openTimeOf(onboardTime, interval)), to };
}
