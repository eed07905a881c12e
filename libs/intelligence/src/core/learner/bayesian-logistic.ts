/**
 * Bayesian logistic regression, one sample at a time: a Gaussian belief about the weights, moved to the mode of its
 * posterior and given the curvature there (recursive Laplace approximation; Spiegelhalter & Lauritzen 1990, the extended
 * Kalman filter of a Bernoulli). Weights may drift: before each sample the belief goes a little way back to the prior
 * (an Ornstein–Uhlenbeck process), so that its covariance never exceeds the prior's and always stays positive definite.
 */
import type { Json } from '../model';
import { badState, plainNumbers, type StateFields } from './state-fields';
import { choleskyOf, dot, inverseOf, multiply, reduce, triangleSize } from './symmetric-matrix';

/**
 * Share of the way back to the prior, a sample. The belief then stands on about 1 ÷ √(share · prior variance ·
 * information) samples: 4,000 at variance 0.25 and 0.2 of information.
 */
const RETURN = 1.25e-6;
const STAY = 1 - RETURN;
const ROOT_OF_STAY = Math.sqrt(STAY);
const NEWTON_STEPS = 30;
/** Degrees of freedom ÷ 2 of the Student's t that weights are presumed to come from: heavy tails, most near zero. */
const SHAPE = 1;
/** Of a prior: a deviation of 0.02 in log-odds is as good as none. */
const LEAST_VARIANCE = 0.0004;

/** Place of an entry in the triangle. @param column not above the row */
const entryOf = (row: number, column: number): number => triangleSize(row) + column;
const diagonalOf = (row: number): number => entryOf(row, row);

export const sigmoid = (logit: number): number =>
  logit >= 0 ? 1 / (1 + Math.exp(-logit)) : Math.exp(logit) / (1 + Math.exp(logit));

/** Log-odds of a row, with their variance. */
export interface LogitBelief {
  readonly mean: number;
  readonly variance: number;
}

export class BayesianLogistic {
  readonly size: number;
  /** Of the weights. The prior's is 0. */
  readonly mean: Float64Array;
  /** Its lower triangle. */
  private readonly covariance: Float64Array;
  private readonly gain: Float64Array;
  private readonly gained: Float64Array;
  private readonly priorVariances: Float64Array;

  /** @param prior variances of the weights, above zero */
  constructor(prior: Float64Array) {
    this.priorVariances = prior.slice();
    this.size = prior.length;
    this.mean = new Float64Array(this.size);
    this.covariance = new Float64Array(triangleSize(this.size));
    this.gain = new Float64Array(this.size);
    this.gained = new Float64Array(this.size);
    for (let i = 0; i < this.size; i++) this.covariance[diagonalOf(i)] = prior[i]!;
  }

  /** @param offset log-odds that are given, beside those of the row */
  believe(row: Float64Array, offset: number): LogitBelief {
    multiply(this.covariance, row, this.gain);
    return { mean: offset + dot(this.mean, row), variance: Math.max(0, dot(this.gain, row)) };
  }

  /** @returns what was believed of the row before */
  learn(row: Float64Array, offset: number, isTrue: boolean): LogitBelief {
    const { size, mean, covariance, gain, gained, priorVariances } = this;
    multiply(covariance, row, gain);
    for (let i = 0; i < size; i++) {
      gain[i] = STAY * gain[i]! + RETURN * priorVariances[i]! * row[i]!;
      mean[i]! *= ROOT_OF_STAY;
    }
    const variance = Math.max(0, dot(gain, row));
    const logit = offset + dot(mean, row);
    const pull = pullOf(logit, variance, isTrue);
    const probability = sigmoid(logit + variance * pull);
    const information = probability * (1 - probability);
    const shrink = information / (1 + information * variance);
    for (let i = 0; i < size; i++) {
      gained[i] = shrink * gain[i]!;
      mean[i]! += pull * gain[i]!;
    }
    reduce(covariance, STAY, gained, gain);
    for (let i = 0; i < size; i++) covariance[diagonalOf(i)]! += RETURN * priorVariances[i]!;
    return { mean: logit, variance };
  }

  /** Takes what was learned for 1 ÷ `factor` of the evidence that it is; the prior stays. @param factor at least 1 */
  inflate(factor: number): void {
    if (factor > 1) this.rebuild(factor, this.priorVariances);
  }

  /**
   * Fits the priors of the first `count` weights to what they have come to, as if they were drawn from Student's t of a
   * common scale (variational; Tipping, "Sparse Bayesian learning", 2001): a weight that proved itself is let go, the
   * others are held the closer, the fewer there are that did.
   */
  adapt(count: number): void {
    const { mean, covariance, priorVariances } = this;
    let precisions = 0;
    for (let i = 0; i < count; i++) precisions += 1 / priorVariances[i]!;
    const scale = Math.max(LEAST_VARIANCE, count / precisions);
    const priors = priorVariances.slice();
    for (let i = 0; i < count; i++) {
      const square = mean[i]! ** 2 + covariance[diagonalOf(i)]!;
      priors[i] = (SHAPE * scale + square / 2) / (SHAPE + 0.5);
    }
    this.rebuild(1, priors);
  }

  /** Row by row. */
  covarianceMatrix(): Float64Array {
    const { size, covariance } = this;
    return Float64Array.from({ length: size * size }, (_, at) => {
      const [i, j] = [Math.floor(at / size), at % size];
      return covariance[i < j ? entryOf(j, i) : entryOf(i, j)]!;
    });
  }

  snapshot(): Json {
    const { size, covariance, priorVariances } = this;
    const upper = new Float64Array(covariance.length);
    for (let i = 0, at = 0; i < size; i++)
      for (let j = i; j < size; j++) upper[at++] = covariance[entryOf(j, i)]!;
    return {
      prior: plainNumbers(priorVariances),
      mean: plainNumbers(this.mean),
      covariance: plainNumbers(upper),
    };
  }

  /** @throws AppError invalid, `MODEL.BAD_STATE` */
  static restore(fields: StateFields, size: number): BayesianLogistic {
    const restored = new BayesianLogistic(fields.numbers('prior', size, { min: Number.MIN_VALUE }));
    const { covariance } = restored;
    restored.mean.set(fields.numbers('mean', size));
    const upper = fields.numbers('covariance', covariance.length);
    for (let i = 0, at = 0; i < size; i++)
      for (let j = i; j < size; j++) covariance[entryOf(j, i)] = upper[at++]!;
    if (choleskyOf(covariance, size) === undefined) {
      throw badState(fields.at('covariance'), 'not positive definite');
    }
    return restored;
  }

  /** The evidence, ÷ `discount`, with other priors. Where rounding leaves no inverse, all stays as it is. */
  private rebuild(discount: number, priors: Float64Array): void {
    const { size, mean, covariance, priorVariances } = this;
    const precision = inverseOf(covariance, size);
    if (precision === undefined) return;
    const information = new Float64Array(size);
    multiply(precision, mean, information);
    for (let i = 0; i < precision.length; i++) precision[i]! /= discount;
    for (let i = 0; i < size; i++) {
      information[i]! /= discount;
      precision[diagonalOf(i)]! += 1 / priors[i]! - 1 / (discount * priorVariances[i]!);
    }
    const rebuilt = inverseOf(precision, size);
    if (rebuilt === undefined) return;
    priorVariances.set(priors);
    covariance.set(rebuilt);
    multiply(covariance, information, mean);
  }
}

/**
 * How far the outcome pulls along the gain: the root of outcome − σ(logit + variance · pull) = pull, which lies between
 * 0 and the outcome's surprise. Newton, held within the bracket.
 */
function pullOf(logit: number, variance: number, isTrue: boolean): number {
  const outcome = isTrue ? 1 : 0;
  const surprise = outcome - sigmoid(logit);
  let [from, to] = [Math.min(0, surprise), Math.max(0, surprise)];
  let pull = surprise / (1 + variance / 4);
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const probability = sigmoid(logit + variance * pull);
    const excess = pull - outcome + probability;
    if (excess > 0) to = pull;
    else from = pull;
    let next = pull - excess / (1 + variance * probability * (1 - probability));
    if (!(next > from && next < to)) next = (from + to) / 2;
    if (Math.abs(next - pull) <= 1e-14) return next;
    pull = next;
  }
  return pull;
}
