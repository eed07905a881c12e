import type { Setup } from '@slt/trading';
import fc from 'fast-check';
import type { Question } from '../sample';
import { signalStream, uniformFrom } from '../testing/signal-stream';
import { type Lesson, OnlineLearner } from './online-learner';

const NAMES = ['a', 'b', 'c'];

const setup = fc.constantFrom<Setup>('sweep-reversal', 'block-retest', 'gap-continuation');
const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, NaN, Infinity, -Infinity),
  fc.double({ min: -3, max: 3, noNaN: true }),
);
const questions = fc.record({
  setup,
  direction: fc.constantFrom('long' as const, 'short' as const),
  features: fc.tuple(anyNumber, anyNumber, fc.constant(7)),
  rewardR: fc.oneof(fc.double({ min: 0.5, max: 10, noNaN: true }), anyNumber),
  costR: fc.oneof(fc.double({ min: 0, max: 0.5, noNaN: true }), anyNumber),
});
const lessons = fc
  .tuple(
    questions,
    fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.constantFrom(20, -20, 0, 1e300)),
  )
  .map(([question, r]): Lesson => ({ ...question, r }));

function learnedFrom(samples: readonly Lesson[], names: readonly string[] = NAMES): OnlineLearner {
  const learner = new OnlineLearner(names);
  for (const sample of samples) learner.learn(sample);
  return learner;
}

function expectSound(learner: OnlineLearner, question: Question): void {
  const { probability, expectedR, lowerBound, contributions } = learner.predict(question);
  expect(probability).toBeGreaterThanOrEqual(0);
  expect(probability).toBeLessThanOrEqual(1);
  expect(Number.isFinite(expectedR) && Number.isFinite(lowerBound)).toBe(true);
  expect(lowerBound).toBeLessThanOrEqual(expectedR);
  if (question.rewardR >= 0) expect(expectedR).toBeLessThanOrEqual(question.rewardR);
  expect(contributions.length).toBeLessThanOrEqual(8);
  const weights = contributions.map(({ weight }) => Math.abs(weight));
  expect(weights).toEqual(weights.toSorted((a, b) => b - a));
  expect(weights.every((weight) => Number.isFinite(weight) && weight > 0)).toBe(true);
}

const planted = (seed: number, signals: number) =>
  signalStream({ seed, signals, features: 3, probability: ({ features: [a] }) => (a! > 0 ? 0.5 : 0.25) });

describe('whatever it is told, the online learner', () => {
  it('says numbers that fit together', () => {
    fc.assert(
      fc.property(fc.array(lessons, { maxLength: 60 }), questions, (samples, question) => {
        expectSound(learnedFrom(samples), question);
      }),
    );
  });

  it.each([
    ['wins alone', 1.9],
    ['losses alone', -1.1],
    ['nothing but gaps', -20],
    ['nothing but luck', 20],
  ])('stays sound over %s', (_, r) => {
    const samples = planted(2, 1_500).map((sample) => ({ ...sample, r }));
    const learner = learnedFrom(samples);
    for (const sample of samples.slice(0, 100)) expectSound(learner, sample);
    expect(learner.predict(samples[0]!).probability > 0.5).toBe(r > 0);
  });

  it('goes on from a snapshot at any point as if nothing had been, to the last bit', () => {
    const stream = planted(3, 500);
    const whole = learnedFrom(stream);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: stream.length }), (split) => {
        const written = JSON.stringify(learnedFrom(stream.slice(0, split)).snapshot());
        const restored = OnlineLearner.restore(JSON.parse(written));
        for (const sample of stream.slice(split)) restored.learn(sample);
        expect(restored.snapshot()).toEqual(whole.snapshot());
        expect(restored.predict(stream[0]!)).toEqual(whole.predict(stream[0]!));
      }),
      { numRuns: 8 },
    );
  });

  it('goes on from a snapshot after odd samples too', () => {
    fc.assert(
      fc.property(fc.array(lessons, { maxLength: 40 }), fc.nat(40), questions, (samples, split, question) => {
        const written = JSON.stringify(learnedFrom(samples.slice(0, split)).snapshot());
        const restored = OnlineLearner.restore(JSON.parse(written), NAMES);
        for (const sample of samples.slice(split)) restored.learn(sample);
        expect(restored.predict(question)).toEqual(learnedFrom(samples).predict(question));
      }),
      { numRuns: 50 },
    );
  });

  it('does not mind the order of features', () => {
    const stream = planted(4, 600);
    const turned = stream.map((sample) => ({ ...sample, features: sample.features.toReversed() }));
    const [one, other] = [learnedFrom(stream), learnedFrom(turned, NAMES.toReversed())];
    stream.slice(0, 50).forEach((sample, i) => {
      const [a, b] = [one.predict(sample), other.predict(turned[i]!)];
      expect(b.probability).toBeCloseTo(a.probability, 9);
      expect(b.lowerBound).toBeCloseTo(a.lowerBound, 8);
      expect(b.contributions[0]!.feature).toBe(a.contributions[0]!.feature);
    });
  });

  it('does not mind the units of features, nor where they begin', () => {
    const stream = planted(5, 600);
    const moved = stream.map((sample) => ({
      ...sample,
      features: sample.features.map((value, i) => [1e6, -0.003, 40][i]! * value + [5e6, 0.2, -7][i]!),
    }));
    const [one, other] = [learnedFrom(stream), learnedFrom(moved)];
    stream.slice(0, 50).forEach((sample, i) => {
      const [a, b] = [one.predict(sample), other.predict(moved[i]!)];
      expect(b.probability).toBeCloseTo(a.probability, 6);
      expect(b.expectedR).toBeCloseTo(a.expectedR, 6);
    });
  });

  it('says the same twice, and changes nothing by saying it', () => {
    const stream = planted(6, 300);
    const learner = learnedFrom(stream);
    const before = learner.snapshot();
    expect(learner.predict(stream[0]!)).toEqual(learner.predict(stream[0]!));
    expect(learner.snapshot()).toEqual(before);
    expect(learnedFrom(stream).snapshot()).toEqual(before);
  });

  it('learns nothing from a feature that is never known', () => {
    const stream = planted(7, 400).map((sample) => ({
      ...sample,
      features: [...sample.features.slice(0, 2), NaN],
    }));
    const uniform = uniformFrom(1);
    const learner = learnedFrom(stream);
    const weight = learner.weights().find(({ feature }) => feature === 'c')!.weight;
    expect(weight).toBe(0);
    const { features, ...question } = stream[0]!;
    const known = learner.predict({ ...question, features: [...features.slice(0, 2), uniform()] });
    expect(known.probability).toBe(learner.predict(stream[0]!).probability);
  });
});
