/** The reasons of a prediction: what weighed most in it. */
import type { Contribution } from '@slt/trading';

const MOST = 8;

/**
 * Largest first, at most eight; those of one size in the order of their places. What weighs nothing is no reason.
 * @param weights in log-odds, by place
 * @param valueAt as it was measured
 */
export function largestContributions(
  names: readonly string[],
  weights: Float64Array,
  valueAt: (place: number) => number,
): Contribution[] {
  const largest: number[] = [];
  for (let place = 0; place < weights.length; place++) {
    const size = Math.abs(weights[place]!);
    const isFull = largest.length === MOST;
    if (size === 0 || (isFull && size <= Math.abs(weights[largest[MOST - 1]!]!))) continue;
    let at = isFull ? MOST - 1 : largest.length;
    for (; at > 0 && Math.abs(weights[largest[at - 1]!]!) < size; at--) largest[at] = largest[at - 1]!;
    largest[at] = place;
  }
  return largest.map((place) => ({
    feature: names[place]!,
    value: valueAt(place),
    weight: weights[place]!,
  }));
}
