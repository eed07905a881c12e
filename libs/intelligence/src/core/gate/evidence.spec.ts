import { HOUR_MS, MINUTE_MS } from '@slt/domain';
import { StateFields } from '../learner/state-fields';
import { uniformFrom } from '../testing/signal-stream';
import { Evidence, type Outcome } from './evidence';

/** `size` outcomes a moment, all won or all lost together with the given chance, else each by itself. */
function told(moments: number, size: number, together: number, seed = 1): Outcome[] {
  const uniform = uniformFrom(seed);
  return Array.from({ length: moments }, (_, moment) => {
    const common = uniform() < 1 / 3;
    return Array.from({ length: size }, () => {
      const isWon = uniform() < together ? common : uniform() < 1 / 3;
      const at = moment * 3 * HOUR_MS;
      return { at, closedAt: at + 20 * MINUTE_MS, r: isWon ? 1.9 : -1.1 };
    });
  }).flat();
}

function evidenceOf(outcomes: readonly Outcome[]): Evidence {
  const evidence = new Evidence();
  for (const outcome of outcomes) evidence.add(outcome);
  return evidence;
}

describe('evidence', () => {
  it('is none of nothing', () => {
    expect(new Evidence().findings()).toBeUndefined();
  });

  it('is a mean with its error where outcomes stand alone', () => {
    const outcomes = told(200, 1, 0);
    const { mean, standardError, effective, moments } = evidenceOf(outcomes).findings()!;
    const plain = outcomes.reduce((sum, { r }) => sum + r, 0) / outcomes.length;
    // 200 moments of which the oldest count for 0.997^200 = 0.55
    expect(Math.abs(mean - plain)).toBeLessThan(0.05);
    expect(standardError).toBeCloseTo(1.414 / Math.sqrt(200), 2);
    expect(moments).toBeGreaterThan(190);
    expect(effective).toBeGreaterThan(170);
  });

  it('is one outcome a moment where all of a moment come out alike', () => {
    const { effective, standardError } = evidenceOf(told(100, 20, 1)).findings()!;
    expect(effective).toBeGreaterThan(70);
    expect(effective).toBeLessThan(130);
    // of 100, not of 2,000
    expect(standardError).toBeGreaterThan(0.1);
  });

  it('lies between where they share a part', () => {
    // correlation 0.25: twenty tell as much as 20 ÷ (1 + 19 · 0.25) = 3.5
    const { effective } = evidenceOf(told(300, 20, 0.5)).findings()!;
    expect(effective / 300).toBeGreaterThan(2);
    expect(effective / 300).toBeLessThan(6);
  });

  it('counts for one moment what was open within an hour', () => {
    const at = (minute: number): Outcome => ({
      at: minute * MINUTE_MS,
      closedAt: (minute + 1) * MINUTE_MS,
      r: 1,
    });
    expect(evidenceOf([at(0), at(30), at(59)]).findings()!.moments).toBeCloseTo(1, 9);
    expect(evidenceOf([at(0), at(60), at(120)]).findings()!.moments).toBeCloseTo(3, 3);
    // the first one is open for two hours
    const long = { at: 0, closedAt: 2 * HOUR_MS, r: 1 };
    expect(evidenceOf([long, at(60), at(119)]).findings()!.moments).toBeCloseTo(1, 9);
  });

  it('is not sure of what never varied yet', () => {
    const alike = told(12, 1, 0).map((outcome) => ({ ...outcome, r: 1.9 }));
    expect(evidenceOf(alike).findings()!.standardError).toBeGreaterThan(0.2);
  });

  it('forgets', () => {
    const outcomes = told(4_000, 1, 0).map((outcome, i) => ({ ...outcome, r: i < 2_000 ? 5 : outcome.r }));
    expect(evidenceOf(outcomes).findings()!.mean).toBeLessThan(0.1);
  });

  it('goes on from its snapshot', () => {
    const outcomes = told(50, 3, 0.3);
    for (const split of [0, 1, 77]) {
      const first = evidenceOf(outcomes.slice(0, split));
      const written: unknown = JSON.parse(JSON.stringify(first.snapshot()));
      const restored = Evidence.restore(new StateFields(written, 'evidence'));
      for (const outcome of outcomes.slice(split)) restored.add(outcome);
      expect(restored.snapshot()).toEqual(evidenceOf(outcomes).snapshot());
    }
  });
});
