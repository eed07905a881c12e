/** Which open times a run asks the exchange for. */
import type { Hole, Interval } from '@slt/domain';
import { uniteHoles } from './coverage';
import { planPages } from './page-planner';

/** What a second look at known holes may cost beyond the pages that are needed anyway. */
const RETRY_WEIGHT = 2;

/**
 * The missing runs, and as many known holes as cost next to nothing: all of them, else one, a different one each turn.
 * @param turn any number that changes from run to run
 */
export function withKnownHoles(
  missing: readonly Hole[],
  known: readonly Hole[],
  options: { interval: Interval; turn: number },
): readonly Hole[] {
  const { interval, turn } = options;
  if (missing.length === 0 || known.length === 0) return missing;
  const budget = weightOf(missing, interval) + RETRY_WEIGHT;
  const all = uniteHoles(missing, known, interval);
  if (weightOf(all, interval) <= budget) return all;
  const one = uniteHoles(missing, [known[turn % known.length]!], interval);
  return weightOf(one, interval) <= budget ? one : missing;
}

/** Of two ways to ask, the one of less weight; the second when they are equal. */
export function cheaper(a: readonly Hole[], b: readonly Hole[], interval: Interval): readonly Hole[] {
  return weightOf(a, interval) < weightOf(b, interval) ? a : b;
}

export function weightOf(holes: readonly Hole[], interval: Interval): number {
  return planPages(holes, interval).reduce((sum, page) => sum + page.weight, 0);
}
