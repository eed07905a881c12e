/** A question as a row of numbers that trees split: its features, which set-up it is, what it may earn and costs. */
import { SETUP_NAMES, SETUP_SLOTS } from '../learner/payoff';
import type { Question } from '../sample';

const EXTRAS = ['rewardR', 'costR'] as const;

/** @param features names, in their order */
export const columnNames = (features: readonly string[]): readonly string[] => [
  ...features,
  ...SETUP_NAMES.map((setup) => `setup:${setup}`),
  ...EXTRAS,
];

/**
 * Features that are not known stay NaN.
 * @param features how many there are
 */
export function rowOf(question: Question, features: number): Float64Array {
  const row = new Float64Array(features + SETUP_NAMES.length + EXTRAS.length);
  for (let i = 0; i < features; i++) row[i] = question.features[i] ?? NaN;
  row[features + SETUP_SLOTS[question.setup]] = 1;
  row[row.length - 2] = question.rewardR;
  row[row.length - 1] = question.costR;
  return row;
}
