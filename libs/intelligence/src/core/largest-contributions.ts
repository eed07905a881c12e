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
  const largest: Contribution[] = [];
  for (let place = 0; place < weights.length; place++) {
    const weight = weights[place]!;
    const isFull = largest.length === MOST;
    if (weight === 0 || (isFull && Math.abs(weight) <= Math.abs(largest[MOST - 1]!.weight))) continue;
    if (isFull) largest.pop();
    let at = largest.length;
    while (at > 0 && Math.abs(largest[at - 1]!.weight) < Math.abs(weight)) at--;
    largest.splice(at, 0, { feature: names[place]!, value: valueAt(place), weight });
  }
  return largest;
}
