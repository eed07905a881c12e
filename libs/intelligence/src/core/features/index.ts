/**
 * A signal as a vector of numbers, fixed in order and meaning by a version. Known at the close of the signal's candle, made
 * from a window of fixed length, and only when asked for. docs/learning-features.md tells of each.
 */
import type { ScoreInput } from '@slt/trading';
import type { MarketFacts } from '../market-facts';
import { type Feature, valueOf } from './feature';
import { MARKET_FEATURES } from './market-features';
import { SIGNAL_FEATURES } from './signal-features';
import { Situation } from './situation';
import { STRUCTURE_FEATURES } from './structure-features';

export type { Feature } from './feature';
export { FRAME_LENGTH, LEAST_SERIES } from './frame';

/** Of all that is stored with features: another order or meaning is another version. */
export const FEATURE_VERSION = 1;

export const FEATURES: readonly Feature[] = Object.freeze([
  ...STRUCTURE_FEATURES,
  ...SIGNAL_FEATURES,
  ...MARKET_FEATURES,
]);

/**
 * The signal's features, in the order of `FEATURES`, each within its range.
 * @param facts as they were known at the signal's close
 * @returns NaN where one is not known; all that need candles where the series is shorter than `FRAME_LENGTH`
 */
export function featuresOf(input: ScoreInput, facts: MarketFacts): number[] {
  const situation = new Situation(input, facts);
  const values = new Array<number>(FEATURES.length);
  for (let i = 0; i < FEATURES.length; i++) values[i] = valueOf(FEATURES[i]!, situation);
  return values;
}
