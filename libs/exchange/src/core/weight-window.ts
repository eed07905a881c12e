/**
 * Arithmetic of the weight budget. Binance counts request weight per IP in calendar windows of its own time; a counter
 * shared by all our processes holds what is reserved in the window.
 *
 * Why it never exceeds: the counter is raised first and looked at after. Whoever raised it from P to P + n may keep
 * what fits between P and the cap, and takes the rest back. P is never below what others keep, so all that is kept
 * stays within the cap, whatever the order.
 */
import type { DurationMs, UtcMs } from '@slt/domain';

export type WeightPurpose = 'market' | 'trading';

/** Share of the limit that market data may use; the rest is left for trading. */
export const MARKET_SHARE = 0.9;
/** Share of a cap that one process may use while it cannot see the shared counter: two of them still fit. */
export const BLIND_SHARE = 0.5;

export interface WeightWindow {
  /** Which window since the epoch. */
  readonly index: number;
  readonly endsAt: UtcMs;
}

export function weightWindowAt(now: UtcMs, period: DurationMs): WeightWindow {
  const index = Math.floor(now / period);
  return { index, endsAt: (index + 1) * period };
}

/**
 * How long to wait because the exchange's window may not be ours: within `uncertainty` of a boundary nobody knows
 * which window a call will count in. 0 when it is clear.
 */
export function boundaryWait(now: UtcMs, period: DurationMs, uncertainty: DurationMs): DurationMs {
  const guard = Math.min(uncertainty, period / 20);
  const phase = now - Math.floor(now / period) * period;
  if (phase < guard) return guard - phase;
  return phase > period - guard ? period - phase + guard : 0;
}

/** The most that the counter may show after a reservation for the purpose. */
export function capOf(limit: number, purpose: WeightPurpose, isBlind: boolean): number {
  const share = (purpose === 'market' ? MARKET_SHARE : 1) * (isBlind ? BLIND_SHARE : 1);
  return Math.floor(limit * share);
}

export interface Settlement {
  /** For each demand, in order, whether it is granted. */
  readonly granted: readonly boolean[];
  /** To be taken off the counter again. */
  readonly refund: number;
}

/**
 * Which demands fit, first come first served; a smaller one may pass a bigger one that does not fit.
 * @param demands weights that the counter was raised by, together
 * @param raisedTo what the counter showed after raising it
 */
export function settle(demands: readonly number[], raisedTo: number, cap: number): Settlement {
  const asked = demands.reduce((sum, weight) => sum + weight, 0);
  let room = Math.min(asked, cap - (raisedTo - asked));
  let kept = 0;
  const granted = demands.map((weight) => {
    if (weight > room) return false;
    room -= weight;
    kept += weight;
    return true;
  });
  return { granted, refund: asked - kept };
}

/** How many demands from the front to ask for at once: as many as fit into the room, at least one. */
export function batchSize(demands: readonly number[], room: number): number {
  let sum = 0;
  let count = 0;
  while (count < demands.length && (count === 0 || sum + demands[count]! <= room)) sum += demands[count++]!;
  return count;
}
