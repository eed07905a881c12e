/** What a feature is: a number of a signal with a name, a unit, a range and a sentence; docs/learning-features.md lists all. */
import type { Situation } from './situation';

export interface Feature {
  readonly name: string;
  readonly unit: string;
  /** What is measured beyond the range counts as its nearer end; both ends belong to it. */
  readonly min: number;
  readonly max: number;
  /** What it measures, for the reader of docs/learning-features.md. */
  readonly sentence: string;
  /** NaN where it is not known; ±Infinity and what lies beyond the range are brought into it by `valueOf`. */
  readonly measure: (situation: Situation) => number;
}

/** Within the range of the feature, or NaN. */
export function valueOf({ measure, min, max }: Feature, situation: Situation): number {
  const measured = measure(situation);
  // −0 is 0: they are one number, but not one text.
  return measured < min ? min : measured > max ? max : measured + 0;
}
