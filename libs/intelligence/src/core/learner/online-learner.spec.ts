import { isAppError } from '@slt/domain';
import { sigmoid } from './bayesian-logistic';
import { type LearnedWeight, OnlineLearner } from './online-learner';
import { Calibration } from '../calibration/calibration';
import {
  type Situation,
  signalStream,
  type StreamedSample,
  type StreamOptions,
} from '../testing/signal-stream';

const namesOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `f${i}`);

function learnedFrom(samples: readonly StreamedSample[]): OnlineLearner {
  const learner = new OnlineLearner(namesOf(samples[0]!.features.length));
  for (const sample of samples) learner.learn(sample);
  return learner;
}

const stream = (options: Partial<StreamOptions>): StreamedSample[] =>
  signalStream({ seed: 1, signals: 1_000, features: 4, probability: () => 1 / 3, ...options });

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (isAppError(error)) return error.code;
  }
  return 'none';
};

describe('the online learner', () => {
  it('expects the costs of a market that it knows nothing of', () => {
    const [question] = stream({ signals: 1 });
    const { probability, expectedR, lowerBound, contributions } = new OnlineLearner(namesOf(4)).predict(
      question!,
    );
    // a third, drawn towards one half by not knowing
    expect(probability).toBeGreaterThan(1 / 3);
    expect(probability).toBeLessThan(0.4);
    // a win is presumed to pay 0.9 · 2
    expect(expectedR).toBeCloseTo(probability * 1.8 - (1 - probability) - 0.1, 12);
    expect(lowerBound).toBeLessThan(-0.5);
    expect(contributions).toEqual([]);
  });

  it('finds what matters, names it, and leaves the rest at nothing', () => {
    const learner = learnedFrom(
      stream({ signals: 3_000, probability: ({ features }) => sigmoid(-0.7 + Math.tanh(features[2]!)) }),
    );
    const weights = new Map(learner.weights().map(({ feature, weight }) => [feature, weight]));
    expect([...weights.keys()]).toEqual([
      'f0',
      'f1',
      'f2',
      'f3',
      'setup:sweep-reversal',
      'setup:block-retest',
      'setup:gap-continuation',
      'intercept',
    ]);
    expect(weights.get('f2')).toBeCloseTo(1, 0);
    for (const idle of ['f0', 'f1', 'f3']) expect(Math.abs(weights.get(idle)!)).toBeLessThan(0.15);
    const question = { ...stream({ signals: 1 })[0]!, features: [0.1, NaN, -2, 0.1] };
    const [first, ...others] = learner.predict(question).contributions;
    expect(first).toMatchObject({ feature: 'f2', value: -2 });
    // tanh of two deviations below the mean
    expect(first!.weight / weights.get('f2')!).toBeCloseTo(Math.tanh(-2), 1);
    expect(others.some(({ feature }) => feature === 'f1')).toBe(false);
  });

  it('knows set-ups apart', () => {
    const learner = learnedFrom(
      stream({ signals: 3_000, probability: ({ setup }) => (setup === 'block-retest' ? 0.6 : 1 / 3) }),
    );
    const [question] = stream({ signals: 1, seed: 9 });
    const good = learner.predict({ ...question!, setup: 'block-retest' });
    const bad = learner.predict({ ...question!, setup: 'gap-continuation' });
    expect(good.probability).toBeCloseTo(0.6, 1);
    expect(good.lowerBound).toBeGreaterThan(0.4);
    // 0.6 · 2 − 0.4 − 0.1
    expect(good.expectedR).toBeCloseTo(0.7, 0);
    expect(bad.probability).toBeCloseTo(1 / 3, 1);
    expect(bad.lowerBound).toBeLessThan(0);
  });

  it('goes bail for what it says', () => {
    const samples = stream({
      signals: 2_500,
      features: 8,
      probability: ({ features }) =>
        sigmoid(-0.6 + 0.7 * Math.tanh(features[0]!) - 0.4 * Math.tanh(features[1]!)),
    });
    const learner = learnedFrom(samples.slice(0, 1_500));
    const held = samples.slice(1_500).filter((sample) => {
      // what the truth is worth: p · 2 − (1 − p) − 0.1
      return learner.predict(sample).lowerBound <= 3 * sample.probability - 1.1;
    });
    expect(held.length / 1_000).toBeGreaterThan(0.93);
  });

  it('reckons with a target farther away that fewer reach it', () => {
    const learner = learnedFrom(stream({ signals: 1_000 }));
    const [question] = stream({ signals: 1 });
    const near = learner.predict({ ...question!, rewardR: 2 });
    const far = learner.predict({ ...question!, rewardR: 6 });
    expect(near.probability / far.probability).toBeGreaterThan(1.7);
    // 1 ÷ 3 against 1 ÷ 7
    expect(far.probability).toBeLessThan(0.2);
  });

  it('takes costs off what it expects', () => {
    const learner = learnedFrom(stream({}));
    const [question] = stream({ signals: 1 });
    const cheap = learner.predict({ ...question!, costR: 0.05 });
    const dear = learner.predict({ ...question!, costR: 0.3 });
    expect(cheap.expectedR - dear.expectedR).toBeCloseTo(0.25, 12);
    expect(dear.probability).toBe(cheap.probability);
  });

  const TRUTHS: readonly [string, StreamOptions['probability']][] = [
    ['as the model thinks', ({ features: [a, b] }) => sigmoid(-0.7 + 0.6 * a! - 0.4 * b!)],
    ['a step', ({ features: [a] }) => (a! > 0 ? 0.5 : 0.2)],
    [
      'a product and a magnitude',
      ({ features: [a, b, c] }) => sigmoid(-0.7 + 0.8 * a! * b! + 0.6 * Math.abs(c!)),
    ],
  ];
  it.each(TRUTHS)(
    'is calibrated on what it has not seen: %s',
    (_, probability: (situation: Situation) => number) => {
      const samples = stream({ signals: 10_000, features: 5, seed: 4, probability });
      const learner = learnedFrom(samples.slice(0, 5_000));
      const calibration = new Calibration();
      for (const sample of samples.slice(5_000))
        calibration.add(learner.predict(sample).probability, sample.r > 0);
      expect(calibration.report().ece!).toBeLessThanOrEqual(0.03);
    },
  );

  it('doubts what it knew when it is told that the market has changed', () => {
    const planted = ({ setup }: Situation): number => (setup === 'block-retest' ? 0.6 : 1 / 3);
    const learner = learnedFrom(stream({ signals: 3_000, probability: planted }));
    const question = { ...stream({ signals: 1 })[0]!, setup: 'block-retest' } as const;
    const before = learner.predict(question);
    learner.inflate(10);
    const after = learner.predict(question);
    expect(after.expectedR - after.lowerBound).toBeGreaterThan(2 * (before.expectedR - before.lowerBound));
    expect(Math.abs(after.probability - before.probability)).toBeLessThan(0.1);
    const doubted = learner.snapshot();
    for (const factor of [1, 0, NaN]) learner.inflate(factor);
    expect(learner.snapshot()).toEqual(doubted);
    for (const sample of stream({ seed: 5, signals: 400, probability: () => 0.2 })) learner.learn(sample);
    expect(learner.predict(question).expectedR).toBeLessThan(0);
  });

  it('counts what it has learned', () => {
    expect(learnedFrom(stream({ signals: 17 })).outcomes).toBe(17);
  });

  it('takes no sample of other features or without an outcome', () => {
    const learner = new OnlineLearner(namesOf(4));
    const [sample] = stream({ signals: 1 });
    expect(codeOf(() => learner.predict({ ...sample!, features: [1, 2, 3] }))).toBe('MODEL.FEATURE_COUNT');
    expect(codeOf(() => learner.learn({ ...sample!, features: [1, 2, 3] }))).toBe('MODEL.FEATURE_COUNT');
    for (const r of [NaN, Infinity])
      expect(codeOf(() => learner.learn({ ...sample!, r }))).toBe('MODEL.BAD_SAMPLE');
    expect(learner.snapshot()).toEqual(new OnlineLearner(namesOf(4)).snapshot());
  });

  describe('is not read from a snapshot', () => {
    const written = learnedFrom(stream({ signals: 250 })).snapshot() as Record<string, unknown>;
    const logistic = written['logistic'] as Record<string, number[]>;
    const cases: readonly [string, unknown][] = [
      ['that is none', null],
      ['of another version', { ...written, version: 2 }],
      ['with an outcome too little', { ...written, outcomes: -1 }],
      ['with a part missing', { ...written, standardiser: undefined }],
      ['with a name too many', { ...written, names: [...namesOf(4), 'f4'] }],
      ['with names that are none', { ...written, names: [1, 2, 3, 4] }],
      ['with a payoff missing', { ...written, payoffs: [] }],
      [
        'with a weight that is no number',
        { ...written, logistic: { ...logistic, mean: [null, 0, 0, 0, 0, 0, 0, 0] } },
      ],
      ['with a prior of nothing', { ...written, logistic: { ...logistic, prior: [0, 1, 1, 1, 1, 1, 1, 1] } }],
      [
        'whose covariance is none',
        { ...written, logistic: { ...logistic, covariance: logistic['covariance']!.map((value) => -value) } },
      ],
      ['with a probability beyond one', { ...written, window: { probabilities: [1.2], wins: [1] } }],
      ['with an unknown calibrator', { ...written, calibrator: { kind: 'other' } }],
    ];
    it.each(cases)('%s', (_, state) => {
      expect(codeOf(() => OnlineLearner.restore(state))).toBe('MODEL.BAD_STATE');
    });

    it('of other features than there are today', () => {
      expect(OnlineLearner.restore(written, namesOf(4)).outcomes).toBe(250);
      expect(codeOf(() => OnlineLearner.restore(written, ['f0', 'f1', 'f3', 'f2']))).toBe('MODEL.BAD_STATE');
      expect(codeOf(() => OnlineLearner.restore(written, namesOf(5)))).toBe('MODEL.BAD_STATE');
    });
  });

  it('says its weights as numbers from the start', () => {
    const weights: LearnedWeight[] = new OnlineLearner(['a']).weights();
    expect(weights.map(({ weight }) => weight)).toEqual([0, 0, 0, 0, 0]);
  });
});
