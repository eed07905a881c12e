/** From a probability and what wins and losses pay to an expected R with its bound. All after costs. */
import type { Estimate } from './payoff';

/** One-sided 95 % of a normal distribution. */
export const Z95 = 1.6448536269514722;

export interface Stakes {
  /** Of a win: a share of `rewardR`. */
  readonly winShare: Estimate;
  /** Of a loss: R, before costs. */
  readonly loss: Estimate;
  readonly rewardR: number;
  readonly costR: number;
}

export interface Expectation {
  readonly expectedR: number;
  readonly lowerBound: number;
}

/**
 * What is unsure of the probability and of both payoffs is taken for independent, to the first order.
 * @param doubt how far the probability may lie lower at 95 %
 */
export function expectationOf(probability: number, doubt: number, stakes: Stakes): Expectation {
  const { rewardR, costR, loss } = stakes;
  const win = stakes.winShare.mean * rewardR;
  const expected = probability * win + (1 - probability) * loss.mean - costR;
  const byProbability = doubt * Math.abs(win - loss.mean);
  const byPayoffs =
    (probability * rewardR) ** 2 * stakes.winShare.variance + (1 - probability) ** 2 * loss.variance;
  const expectedR = Math.min(expected, rewardR);
  return { expectedR, lowerBound: expectedR - Math.sqrt(byProbability ** 2 + Z95 * Z95 * byPayoffs) };
}
