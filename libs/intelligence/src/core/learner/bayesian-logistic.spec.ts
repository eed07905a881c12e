import { normalFrom, uniformFrom } from '../testing/signal-stream';
import { BayesianLogistic, sigmoid } from './bayesian-logistic';
import { StateFields } from './state-fields';

const OFFSET = -0.7;

interface Observation {
  readonly row: Float64Array;
  readonly isTrue: boolean;
}

function observations(count: number, truth: readonly number[], seed: number): Observation[] {
  const uniform = uniformFrom(seed);
  const normal = normalFrom(uniform);
  return Array.from({ length: count }, () => {
    const row = Float64Array.from(truth, (_, i) => (i === truth.length - 1 ? 1 : normal()));
    const logit = OFFSET + row.reduce((sum, value, i) => sum + value * truth[i]!, 0);
    return { row, isTrue: uniform() < sigmoid(logit) };
  });
}

function learnedFrom(seen: readonly Observation[], prior: Float64Array): BayesianLogistic {
  const logistic = new BayesianLogistic(prior);
  for (const { row, isTrue } of seen) logistic.learn(row, OFFSET, isTrue);
  return logistic;
}

/** Mode of the posterior of all observations at once, by gradient descent with a step below 1 ÷ curvature. */
function batchMode(seen: readonly Observation[], prior: Float64Array): Float64Array {
  const mode = new Float64Array(prior.length);
  for (let round = 0; round < 60; round++) {
    const gradient = mode.map((weight, i) => weight / prior[i]!);
    for (const { row, isTrue } of seen) {
      const logit = OFFSET + row.reduce((sum, value, i) => sum + value * mode[i]!, 0);
      const error = sigmoid(logit) - (isTrue ? 1 : 0);
      row.forEach((value, i) => (gradient[i]! += error * value));
    }
    mode.forEach((_, i) => (mode[i]! -= gradient[i]! / (0.3 * seen.length)));
  }
  return mode;
}

describe('Bayesian logistic regression', () => {
  it('moves to the mode of the posterior of one outcome', () => {
    const logistic = learnedFrom([{ row: Float64Array.of(1, 2), isTrue: true }], Float64Array.of(0.5, 0.5));
    const [a, b] = [logistic.mean[0]!, logistic.mean[1]!];
    // there the prior's pull, weight ÷ variance, is the outcome's: (1 − probability) · value
    const surprise = 1 - sigmoid(OFFSET + a + 2 * b);
    expect(a / 0.5).toBeCloseTo(surprise, 4);
    expect(b / 0.5).toBeCloseTo(2 * surprise, 4);
  });

  it.each([1, 2])('comes to what all outcomes at once would say (seed %i)', (seed) => {
    const prior = Float64Array.of(0.5, 0.5, 0.5, 0.5);
    const seen = observations(1_500, [0.8, -0.4, 0, 0.3], seed);
    const logistic = learnedFrom(seen, prior);
    const mode = batchMode(seen, prior);
    const covariance = logistic.covarianceMatrix();
    mode.forEach((weight, i) => {
      const deviation = Math.sqrt(covariance[i * 4 + i]!);
      // within a fifth of a standard error of the weight
      expect(Math.abs(logistic.mean[i]! - weight)).toBeLessThan(0.2 * deviation);
    });
  });

  it('covers the truth as often as it says', () => {
    const truth = [0.5, -0.3, 0.2];
    let covered = 0;
    for (let seed = 0; seed < 60; seed++) {
      const logistic = learnedFrom(observations(400, truth, seed), Float64Array.of(0.5, 0.5, 0.5));
      const covariance = logistic.covarianceMatrix();
      truth.forEach((weight, i) => {
        if (Math.abs(logistic.mean[i]! - weight) <= 1.96 * Math.sqrt(covariance[i * 3 + i]!)) covered++;
      });
    }
    // 180 intervals of 95 %: 171 ± 3
    expect(covered).toBeGreaterThanOrEqual(160);
  });

  it('keeps a covariance that is positive definite and not above the prior', () => {
    const prior = Float64Array.of(0.5, 0.04, 0.5, 0.5);
    const logistic = new BayesianLogistic(prior);
    const uniform = uniformFrom(5);
    for (let i = 0; i < 50_000; i++) {
      // the second never varies, the third copies the first: directions without information
      const value = 2 * uniform() - 1;
      logistic.learn(Float64Array.of(value, 0, value, 1), 0, uniform() < 0.5);
    }
    const covariance = logistic.covarianceMatrix();
    // It would not be read otherwise.
    expect(() => BayesianLogistic.restore(new StateFields(logistic.snapshot(), 'logistic'), 4)).not.toThrow();
    for (let i = 0; i < 4; i++) expect(covariance[i * 4 + i]!).toBeLessThanOrEqual(prior[i]! * (1 + 1e-9));
    // nothing was told of the second: it is as it was; of the first and the third only the sum is known
    expect(covariance[5]).toBeCloseTo(0.04, 9);
    expect(covariance[0]! + covariance[10]! + 2 * covariance[2]!).toBeLessThan(0.05);
    expect(covariance[0]! + covariance[10]! - 2 * covariance[2]!).toBeCloseTo(1, 3);
  });

  it('follows weights that change', () => {
    const seen = [...observations(4_000, [1, 0], 1), ...observations(12_000, [-1, 0], 2)];
    expect(learnedFrom(seen, Float64Array.of(0.5, 0.5)).mean[0]).toBeLessThan(-0.5);
  });

  it('takes its evidence for a tenth when told to', () => {
    const prior = Float64Array.of(0.5, 0.5);
    const logistic = learnedFrom(observations(2_000, [0.8, 0.2], 4), prior);
    const before = { mean: logistic.mean.slice(), covariance: logistic.covarianceMatrix() };
    logistic.inflate(10);
    const after = logistic.covarianceMatrix();
    // precision of the evidence: 1 ÷ covariance − 1 ÷ prior, where the two weights hardly share any
    const evidence = (matrix: Float64Array, i: number): number => 1 / matrix[i * 3]! - 2;
    expect(evidence(after, 0) / evidence(before.covariance, 0)).toBeCloseTo(0.1, 1);
    expect(logistic.mean[0]! / before.mean[0]!).toBeGreaterThan(0.9);
    const unchanged = logistic.covarianceMatrix();
    logistic.inflate(1);
    logistic.inflate(NaN);
    expect(logistic.covarianceMatrix()).toEqual(unchanged);
  });

  it('lets go what proves itself, and holds the others', () => {
    const truth = [1, ...Array.from({ length: 11 }, () => 0)];
    const seen = observations(2_000, truth, 7);
    const logistic = new BayesianLogistic(new Float64Array(12).fill(0.005));
    seen.forEach(({ row, isTrue }, i) => {
      logistic.learn(row, OFFSET, isTrue);
      if (i % 20 === 0) logistic.adapt(11);
    });
    const fixed = learnedFrom(seen, new Float64Array(12).fill(0.005));
    expect(logistic.mean[0]! - fixed.mean[0]!).toBeGreaterThan(0.1);
    const spread = (model: BayesianLogistic): number =>
      Math.hypot(...Array.from({ length: 10 }, (_, i) => Math.sqrt(model.covarianceMatrix()[(i + 1) * 13]!)));
    expect(spread(logistic)).toBeLessThan(0.8 * spread(fixed));
  });

  it('is not read from a matrix that no covariance can be', () => {
    const state = { prior: [1, 1], mean: [0, 0], covariance: [1, 2, 1] };
    expect(() => BayesianLogistic.restore(new StateFields(state, 'logistic'), 2)).toThrow(
      'not positive definite',
    );
  });
});
