/** When the market is warm enough to act on. */
import type { DurationMs, UtcMs } from '@slt/domain';

/** Intervals the newest candle may be behind before its symbol counts as silent. */
const FRESH_INTERVALS = 2;

/**
 * Whether a series keeps up with the exchange.
 * @param next open time of the candle it waits for, which is the close of the newest it has
 * @param graceMs how long closing frames and repairs may take on top
 */
export function isFresh(next: UtcMs, step: DurationMs, now: UtcMs, graceMs: DurationMs): boolean {
  return now - next <= FRESH_INTERVALS * step + graceMs;
}

export interface Readiness {
  readonly ready: boolean;
  /** What is lacking; absent when ready. */
  readonly reason?: string;
}

/** @param minShare of all symbols, 0 to 1 */
export function assessReadiness(
  facts: { total: number; ready: number; subscribed: boolean },
  minShare: number,
): Readiness {
  const { total, ready, subscribed } = facts;
  if (total === 0)
    return { ready: false, reason: 'no symbol is followed: nothing trades, or SYMBOLS leaves nothing' };
  if (!subscribed) return { ready: false, reason: 'the streams are not subscribed yet' };
  const needed = Math.ceil(total * minShare - 1e-9);
  if (ready >= needed) return { ready: true };
  return {
    ready: false,
    reason: `${ready} of ${total} symbols are whole and streaming, ${needed} are needed`,
  };
}
