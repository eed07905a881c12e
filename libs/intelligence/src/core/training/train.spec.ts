import { createHash } from 'node:crypto';
import { HOUR_MS, MINUTE_MS } from '@slt/domain';
import { OnlineLearner } from '../learner/online-learner';
import type { Outlook, Prediction } from '../model';
import { ForestPredictor } from './forest-predictor';
import { BY_EDGE, NO_EDGE, SPEC_FEATURES, SPEC_START, specSamples } from './spec-samples';
import { canBePromoted, train, type TrainingRequest, tryOut } from './train';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A market in which the edge is not monotone: two thresholds, which log-odds that are linear cannot tell. */
const WINDOW = (edge: number): number => (Math.abs(edge) < 0.5 ? 0.62 : 0.14);

const request = (overrides: Partial<TrainingRequest>): TrainingRequest => ({
  samples: [],
  features: SPEC_FEATURES,
  featureVersion: 1,
  seed: 1,
  now: SPEC_START + 1_000 * HOUR_MS,
  newLearner: () => new OnlineLearner(SPEC_FEATURES),
  digest,
  options: { trees: 6, folds: 3 },
  ...overrides,
});

const samplesOf = (seed: number, winRate: (edge: number) => number, count = 1_200) =>
  specSamples({ seed, count, winRate });

describe('a training', () => {
  const samples = samplesOf(1, WINDOW);
  const result = train(request({ samples }));

  it('makes a model that beats the online learner where it can know more', () => {
    const { challenger, comparison, online } = result;
    expect(comparison.verdict).toBe('better');
    expect(online).toBeNull();
    expect(challenger.metrics.expectancyR!).toBeGreaterThan(0.3);
    expect(challenger.metrics.ece!).toBeLessThan(0.1);
    expect(challenger.trainedOn).toEqual({
      from: samples[0]!.at,
      to: Math.max(...samples.map(({ closedAt }) => closedAt)),
      samples: 1_200,
    });
  });

  it('gives the same model from the same samples and seed, in whatever order they come', () => {
    const again = train(request({ samples: samples.toReversed() }));
    expect(again).toEqual(result);
    const other = train(request({ samples, seed: 2 }));
    expect(other.challenger.id).not.toBe(result.challenger.id);
  });

  it('is restored from JSON as the very same model', () => {
    const state: unknown = JSON.parse(JSON.stringify(result.challenger.state));
    const restored = ForestPredictor.restore(state);
    const fresh = ForestPredictor.restore(result.challenger.state);
    for (const sample of samples.slice(0, 50))
      expect(restored.predict(sample)).toEqual(fresh.predict(sample));
    expect(JSON.stringify(result.challenger.state).length).toBeLessThan(100_000);
  });

  it('knows what mattered, and names it first', () => {
    const model = ForestPredictor.restore(result.challenger.state);
    const asked = (edge: number): Prediction =>
      model.predict({ ...samples[0]!, features: [edge, 0.5, 0.5, NaN] });
    expect(asked(0).probability).toBeGreaterThan(0.5);
    expect(asked(0).lowerBound).toBeGreaterThan(0);
    expect(asked(0.9).probability).toBeLessThan(0.3);
    expect(asked(0.9).lowerBound).toBeLessThan(asked(0.9).expectedR);
    expect(asked(0).contributions[0]).toMatchObject({ feature: 'edge', value: 0 });
    expect(asked(0).contributions[0]!.weight).toBeGreaterThan(0);
    expect(asked(0.9).contributions[0]!.weight).toBeLessThan(0);
  });

  it('trades nothing, and promotes nothing, where there is no edge', () => {
    for (const seed of [1, 2]) {
      const { comparison, challenger } = train(request({ samples: samplesOf(seed, NO_EDGE, 800), seed }));
      expect(comparison.verdict).toBe('not-better');
      expect(challenger.metrics.traded / challenger.metrics.samples).toBeLessThan(0.05);
    }
  });

  it('does not replace a learner that knows as much', () => {
    const { comparison } = train(request({ samples: samplesOf(2, BY_EDGE) }));
    expect(comparison.verdict).toBe('not-better');
  });

  it('holds a champion to what came after its own training, and the online learner as well', () => {
    const trainedTo = samples[600]!.closedAt;
    const wrong: Outlook = { probability: 0.95, expectedR: 1, lowerBound: 0.5 };
    const champion = { predictor: { outlook: () => wrong }, trainedTo };
    const { comparison, online } = train(request({ samples, champion }));
    const later = samples.filter(({ at }) => at > trainedTo + 30 * MINUTE_MS);
    expect(comparison).toMatchObject({ samples: later.length, verdict: 'better' });
    // It knows less than the forest, and yet more than the champion.
    expect(online!.samples).toBe(later.length);
    expect(online!.logLoss!.low).toBeGreaterThan(0);
    const fresh = { ...champion, trainedTo: samples[1_150]!.closedAt };
    expect(train(request({ samples, champion: fresh })).comparison.verdict).toBe('too-few-samples');
  });

  it('takes the word of the online learner where it was written down, of each that is judged', () => {
    const { comparison } = result;
    const wise: Outlook = { probability: 0.5, expectedR: 0, lowerBound: 0.1 };
    const said = jest.fn(() => wise);
    const learner = new OnlineLearner(SPEC_FEATURES);
    const told = tryOut(request({ samples, said, newLearner: () => learner }));
    expect(learner.outcomes).toBe(0);
    expect(told.champion.metrics.traded).toBe(comparison.samples);
    // One that is missing, and all of them are asked anew.
    const missing = samples[700]!.id;
    const most = ({ id }: { id: string }): Outlook | undefined => (id === missing ? undefined : wise);
    expect(train(request({ samples, said: most }))).toEqual(result);
  });

  it('knows beforehand where there is too little for a promotion', () => {
    for (const [count, everyMs] of [
      [500, 5 * MINUTE_MS],
      [600, MINUTE_MS],
      [600, 5 * MINUTE_MS],
      [1_200, MINUTE_MS],
    ] as const) {
      const few = specSamples({ seed: 3, count, winRate: WINDOW, everyMs });
      for (const compare of [{}, { minSamples: 400 }, { minBlocks: 40 }, { minBlocks: 80 }]) {
        const options = { trees: 1, folds: 3, compare: { ...compare, draws: 1 } };
        const { verdict } = tryOut(request({ samples: few, options })).comparison;
        expect(canBePromoted(few, options)).toBe(verdict !== 'too-few-samples');
      }
    }
  });

  it('refuses a feature that knows the outcome', () => {
    const leaking = samples.map((sample) => ({
      ...sample,
      features: sample.features.with(1, sample.r + 0.01 * sample.features[1]!),
    }));
    expect(() => train(request({ samples: leaking }))).toThrow(
      expect.objectContaining({
        code: 'LEARNING.LEAK',
        message: expect.stringMatching(/^noise /) as unknown,
      }),
    );
  });

  it('refuses too few samples, and samples that are none', () => {
    const code = (each: string) => expect.objectContaining({ code: each });
    expect(() => train(request({ samples: samples.slice(0, 499) }))).toThrow(
      code('LEARNING.TOO_FEW_SAMPLES'),
    );
    const bad = [{ r: NaN }, { featureVersion: 2 }, { features: [1] }, { closedAt: samples[3]!.at }];
    for (const wrong of bad) {
      const spoilt = samples.with(3, { ...samples[3]!, ...wrong });
      expect(() => train(request({ samples: spoilt }))).toThrow(code('LEARNING.BAD_SAMPLES'));
    }
  });
});

describe('the state of a forest', () => {
  const good = train(request({ samples: samplesOf(1, WINDOW, 500), options: { trees: 2, folds: 2 } }))
    .challenger.state as Record<string, unknown>;
  const trees = good['trees'] as Record<string, unknown>[];
  const tree = trees[0]!;

  it.each<[string, unknown]>([
    ['nothing', null],
    ['another version', { ...good, version: 2 }],
    ['no trees', { ...good, trees: [] }],
    ['a tree without nodes', { ...good, trees: [{ column: [], cut: [], right: [], share: [] }] }],
    ['a column that is not there', { ...good, trees: [{ ...tree, column: [99, -1, -1] }] }],
    [
      'a way back',
      {
        ...good,
        trees: [{ column: [0, -1, -1], cut: [1, null, null], right: [0, -1, -1], share: [0, 0, 0] }],
      },
    ],
    ['a share above 1', { ...good, trees: [{ column: [-1], cut: [null], right: [-1], share: [1.5] }] }],
    ['a cut that is text', { ...good, trees: [{ column: [-1], cut: ['1'], right: [-1], share: [0.5] }] }],
    ['a calibrator of no kind', { ...good, calibrator: { kind: 'magic' } }],
    ['no cells', { ...good, cells: [] }],
    ['cells that do not reach to 1', { ...good, cells: [{ upTo: 0.5, count: 3, wins: 1 }] }],
    ['a design effect below 1', { ...good, designEffect: 0 }],
    ['payoffs that lack a set-up', { ...good, payoffs: {} }],
  ])('is refused with %s', (_, state) => {
    expect(() => ForestPredictor.restore(state)).toThrow(
      expect.objectContaining({ code: 'MODEL.BAD_STATE' }),
    );
  });
});
