/**
 * Bayesian logistic regression, one sample at a time: a Gaussian belief about the weights, moved to the mode of its
 * posterior and given the curvature there (recursive Laplace approximation; Spiegelhalter & Lauritzen 1990, the extended
 * Kalman filter of a Bernoulli). Weights may drift: before each sample the belief goes a little way back to the prior
 * (an Ornstein–Uhlenbeck process), so that its covariance never exceeds the prior's and always stays positive definite.
 */
import type { Json } from '../model';
import { plainNumbers, type StateFields, badState } from './state-fields';
import { choleskyOf, dot, inverseOf, multiply } from './symmetric-matrix';

/**
 * Share of the way back to the prior, a sample. The belief then stands on about 1 ÷ √(share · prior variance ·
 * information) samples: 4,000 at variance 0.25 and 0.2 of information.
 */
const RETURN = 1.25e-6;
const NEWTON_STEPS = 30;
/** Degrees of freedom ÷ 2 of the Student's t that weights are presumed to come from: heavy tails, most near zero. */
const SHAPE = 1;
/** Of a prior: a deviation of 0.02 in log-odds is as good as none. */
const LEAST_VARIANCE = 0.0004;

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
  private readonly covariance: Float64Array;
  private readonly gain: Float64Array;

  private readonly priorVariances: Float64Array;

  /** @param prior variances of the weights, above zero */
  constructor(private readonly prior: Float64Array) {
    this.priorVariances = prior.slice();
    const priorVariances = prior;
    this.size = priorVariances.length;
    this.mean = new Float64Array(this.size);
    this.covariance = new Float64Array(this.size * this.size);
    this.gain = new Float64Array(this.size);
    for (let i = 0; i < this.size; i++) this.covariance[i * this.size + i] = priorVariances[i]!;
  }

  /** @param offset log-odds that are given, beside those of the row */
  believe(row: Float64Array, offset: number): LogitBelief {
    multiply(this.covariance, row, this.gain);
    return { mean: offset + dot(this.mean, row), variance: Math.max(0, dot(this.gain, row)) };
  }

  learn(row: Float64Array, offset: number, isTrue: boolean): void {
    const { size, mean, covariance, gain, priorVariances } = this;
    multiply(covariance, row, gain);
    for (let i = 0; i < size; i++) {
      gain[i] = (1 - RETURN) * gain[i]! + RETURN * priorVariances[i]! * row[i]!;
      mean[i]! *= Math.sqrt(1 - RETURN);
    }
    const variance = Math.max(0, dot(gain, row));
    const logit = offset + dot(mean, row);
    const pull = pullOf(logit, variance, isTrue);
    const probability = sigmoid(logit + variance * pull);
    const information = probability * (1 - probability);
    const shrink = information / (1 + information * variance);
    for (let i = 0; i < size; i++) {
      const gained = shrink * gain[i]!;
      mean[i]! += pull * gain[i]!;
      for (let j = i; j < size; j++) {
        const value = (1 - RETURN) * covariance[i * size + j]! - gained * gain[j]!;
        covariance[i * size + j] = covariance[j * size + i] = value;
      }
      covariance[i * size + i]! += RETURN * priorVariances[i]!;
    }
  }

  /** Takes what was learned for 1 ÷ `factor` of the evidence that it is; the prior stays. @param factor at least 1 */
  inflate(factor: number): void {
    const { size, mean, covariance, priorVariances } = this;
    const precision = inverseOf(covariance, size);
    if (precision === undefined || !(factor > 1)) return;
    const information = new Float64Array(size);
    multiply(precision, mean, information);
    for (let i = 0; i < precision.length; i++) precision[i]! /= factor;
    for (let i = 0; i < size; i++) {
      information[i]! /= factor;
      precision[i * size + i]! += (1 - 1 / factor) / priorVariances[i]!;
    }
    const inflated = inverseOf(precision, size);
    if (inflated === undefined) return;
    covariance.set(inflated);
    multiply(covariance, information, mean);
  }

  /**
   * Fits the prior of each of the first `count` weights to it: the mode of Student's t in the place of a Gaussian
   * (variational, as in Tipping's sparse Bayesian learning, 2001). A weight that proved itself is let go, the others are held closer.
   */
  adapt(count: number): void {
    const { size, mean, covariance, prior, priorVariances } = this;
    const precision = inverseOf(covariance, size);
    if (precision === undefined) return;
    const information = new Float64Array(size);
    multiply(precision, mean, information);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += 1 / priorVariances[i]!;
    const scale = Math.max(LEAST_VARIANCE, count / sum);
    for (let i = 0; i < count; i++) {
      const square = mean[i]! ** 2 + covariance[i * size + i]!;
      const adapted = (SHAPE * scale + square / 2) / (SHAPE + 0.5);
      precision[i * size + i]! += 1 / adapted - 1 / priorVariances[i]!;
      priorVariances[i] = adapted;
    }
    const adapted = inverseOf(precision, size);
    if (adapted === undefined) return;
    covariance.set(adapted);
    multiply(covariance, information, mean);
  }

  /** Row by row. */
  covarianceMatrix(): Float64Array {
    return this.covariance.slice();
  }

  snapshot(): Json {
    const { size, covariance } = this;
    const upper = new Float64Array((size * (size + 1)) / 2);
    for (let i = 0, at = 0; i < size; i++)
      for (let j = i; j < size; j++) upper[at++] = covariance[i * size + j]!;
    return { mean: plainNumbers(this.mean), covariance: plainNumbers(upper) };
  }

  static restore(fields: StateFields, priorVariances: Float64Array): BayesianLogistic {
    const restored = new BayesianLogistic(priorVariances);
    const { size, covariance } = restored;
    restored.mean.set(fields.numbers('mean', size));
    const upper = fields.numbers('covariance', (size * (size + 1)) / 2);
    for (let i = 0, at = 0; i < size; i++)
      for (let j = i; j < size; j++) covariance[i * size + j] = covariance[j * size + i] = upper[at++]!;
    if (choleskyOf(covariance, size) === undefined) {
      throw badState(fields.at('covariance'), 'not positive definite');
    }
    return restored;
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
