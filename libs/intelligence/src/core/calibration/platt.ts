/**
 * Platt scaling: a logistic curve over the log-odds that were said (Platt 1999), drawn to "as it was said" by a Gaussian
 * prior, so that few outcomes change little.
 */

/** log-odds ↦ slope · log-odds + offset. */
export interface PlattCurve {
  /** Not negative: the order of what was said stays. */
  readonly slope: number;
  readonly offset: number;
}

/** Outcomes of which the same was said. */
export interface ToldLogit {
  readonly logit: number;
  readonly wins: number;
  readonly total: number;
}

/** Log-odds that a certainty counts for. */
const REACH = 12;
/** 1 ÷ variance of the prior of slope and offset: a deviation of 0.5 each. */
const PRIOR = 4;
const STEPS = 50;

/** Within ±12, so that a certainty has log-odds too. */
export function logitOf(probability: number): number {
  return Math.min(REACH, Math.max(-REACH, Math.log(probability / (1 - probability))));
}

export const plattAt = ({ slope, offset }: PlattCurve, probability: number): number =>
  1 / (1 + Math.exp(-(slope * logitOf(probability) + offset)));

/** The mode of the posterior, by Newton's method; convex, so there is one. */
export function plattOf(told: readonly ToldLogit[]): PlattCurve {
  const free = descend(told, true);
  return free.slope >= 0 ? free : descend(told, false);
}

function descend(told: readonly ToldLogit[], isSlopeFree: boolean): PlattCurve {
  let curve: PlattCurve = { slope: isSlopeFree ? 1 : 0, offset: 0 };
  let cost = costOf(curve, told);
  for (let step = 0; step < STEPS; step++) {
    const move = newtonStep(curve, told, isSlopeFree);
    let size = 1;
    let next = curve;
    let nextCost = Infinity;
    for (; size > 1e-6 && !(nextCost <= cost); size /= 2) {
      next = { slope: curve.slope - size * move.slope, offset: curve.offset - size * move.offset };
      nextCost = costOf(next, told);
    }
    if (!(nextCost <= cost)) return curve;
    const isDone = cost - nextCost <= 1e-10 * (1 + cost);
    [curve, cost] = [next, nextCost];
    if (isDone) return curve;
  }
  return curve;
}

function newtonStep(
  { slope, offset }: PlattCurve,
  told: readonly ToldLogit[],
  isSlopeFree: boolean,
): PlattCurve {
  let [gs, go, ss, so, oo] = [PRIOR * (slope - 1), PRIOR * offset, PRIOR, 0, PRIOR];
  for (const { logit, wins, total } of told) {
    const probability = 1 / (1 + Math.exp(-(slope * logit + offset)));
    const error = total * probability - wins;
    const weight = total * probability * (1 - probability);
    gs += error * logit;
    go += error;
    ss += weight * logit * logit;
    so += weight * logit;
    oo += weight;
  }
  if (!isSlopeFree) return { slope: 0, offset: go / oo };
  const determinant = ss * oo - so * so;
  return { slope: (oo * gs - so * go) / determinant, offset: (ss * go - so * gs) / determinant };
}

function costOf({ slope, offset }: PlattCurve, told: readonly ToldLogit[]): number {
  let cost = (PRIOR / 2) * ((slope - 1) ** 2 + offset ** 2);
  for (const { logit, wins, total } of told) {
    const corrected = slope * logit + offset;
    // ln(1 + e^x), without overflow
    cost += total * (Math.log1p(Math.exp(-Math.abs(corrected))) + Math.max(0, corrected)) - wins * corrected;
  }
  return cost;
}
