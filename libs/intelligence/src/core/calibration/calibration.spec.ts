import fc from 'fast-check';
import { Calibration } from './calibration';

function reported(outcomes: readonly (readonly [confidence: number, isWin: boolean])[]) {
  const calibration = new Calibration();
  for (const [confidence, isWin] of outcomes) calibration.add(confidence, isWin);
  return calibration.report();
}

describe('calibration', () => {
  it('is not known of nothing', () => {
    const { brier, ece, logLoss, bins } = reported([]);
    expect([brier, ece, logLoss]).toEqual([null, null, null]);
    expect(bins).toHaveLength(10);
    expect(bins[6]).toEqual({ from: 0.6, to: 0.7, count: 0, confidence: null, winRate: null });
  });

  it('is reckoned by hand', () => {
    const { brier, ece, logLoss, bins } = reported([
      [0.65, true],
      [0.65, false],
      [0.9, true],
    ]);
    // (0.35² + 0.65² + 0.1²) ÷ 3
    expect(brier).toBeCloseTo((0.1225 + 0.4225 + 0.01) / 3, 12);
    // two of three at 0.65 with half of them won, one at 0.9 that won
    expect(ece).toBeCloseTo((2 * 0.15 + 1 * 0.1) / 3, 12);
    expect(logLoss).toBeCloseTo(-(Math.log(0.65) + Math.log(0.35) + Math.log(0.9)) / 3, 12);
    expect(bins[6]).toEqual({ from: 0.6, to: 0.7, count: 2, confidence: 0.65, winRate: 0.5 });
  });

  it('takes a certainty that was wrong', () => {
    const { brier, logLoss } = reported([
      [1, false],
      [0, true],
    ]);
    expect(brier).toBe(1);
    expect(logLoss).toBeCloseTo(-Math.log(1e-15), 6);
  });

  it('has an error of nothing where each bin won as often as it said', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 30 }), (tenths) => {
        const outcomes = tenths.flatMap((wins) =>
          Array.from({ length: 10 }, (_, i) => [wins / 10, i < wins] as const),
        );
        expect(reported(outcomes).ece).toBeCloseTo(0, 9);
      }),
    );
  });
});
