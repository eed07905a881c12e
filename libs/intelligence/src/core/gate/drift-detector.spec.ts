import { StateFields } from '../learner/state-fields';
import { uniformFrom } from '../testing/signal-stream';
import { DriftDetector, thresholdOf } from './drift-detector';

const COST = 0.1;
/** 60 % at 2 R, as the gate knows it. */
const EDGE = { mean: 0.6 * 2 - 0.4 - COST, deviation: 1.47 };

/** Outcomes until it is told; as many as were given where it never was. */
function toldAfter(probability: number, outcomes: number, seed: number): number {
  const detector = new DriftDetector();
  const uniform = uniformFrom(seed);
  for (let n = 1; n <= outcomes; n++) {
    const r = (uniform() < probability ? 2 : -1) - COST;
    if (detector.observe(r, EDGE) === 'drifted') return n;
  }
  return outcomes;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const seeds = Array.from({ length: 20 }, (_, seed) => seed);

describe('the drift detector', () => {
  it('solves for the run length that is asked for', () => {
    for (const allowance of [0.01, 0.1, 0.25, 1]) {
      const exponent = 2 * allowance * (thresholdOf(allowance) + 1.166);
      const length = (Math.exp(exponent) - exponent - 1) / (2 * allowance ** 2);
      // unless even a threshold of one would be enough
      expect(thresholdOf(allowance) === 1 || Math.abs(length / 10_000 - 1) < 1e-6).toBe(true);
    }
  });

  it('lets an edge be that stays as it was', () => {
    // 10,000 between false alarms, of which at most 5,000 are seen
    expect(mean(seeds.map((seed) => toldAfter(0.6, 5_000, seed)))).toBeGreaterThan(3_000);
  });

  it('tells within some dozens of outcomes that an edge has turned, and later that it has gone', () => {
    const turned = mean(seeds.map((seed) => toldAfter(0.2, 5_000, seed)));
    const gone = mean(seeds.map((seed) => toldAfter(1 / 3, 5_000, seed)));
    expect(turned).toBeLessThan(40);
    expect(gone).toBeLessThan(80);
    expect(turned).toBeLessThan(gone);
  });

  it('warns half-way', () => {
    const detector = new DriftDetector();
    const states: string[] = [];
    while (states.at(-1) !== 'drifted') states.push(detector.observe(-1.1, EDGE));
    expect([...new Set(states)]).toEqual(['none', 'warning', 'drifted']);
    detector.reset();
    expect(detector.state).toBe('none');
  });

  it('has more patience with a small edge', () => {
    const losses = (expected: { mean: number; deviation: number }): number => {
      const detector = new DriftDetector();
      let count = 1;
      while (detector.observe(-1.1, expected) !== 'drifted') count++;
      return count;
    };
    expect(losses({ mean: 0.1, deviation: 1.47 })).toBeGreaterThan(2 * losses(EDGE));
    // outcomes that are alike tell less
    expect(losses({ mean: 0.7, deviation: 6 })).toBeGreaterThan(3 * losses(EDGE));
  });

  it('goes on from its snapshot', () => {
    const detector = new DriftDetector();
    for (const r of [-1.1, 1.9, -1.1, -1.1]) detector.observe(r, EDGE);
    for (const each of [detector, new DriftDetector()]) {
      const written: unknown = JSON.parse(JSON.stringify(each.snapshot()));
      const restored = DriftDetector.restore(new StateFields(written, 'detector'));
      expect(restored.observe(-1.1, EDGE)).toBe(each.observe(-1.1, EDGE));
      expect(restored.snapshot()).toEqual(each.snapshot());
    }
  });
});
