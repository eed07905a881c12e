import { uniformFrom } from '../testing/signal-stream';
import { logitOf, plattAt, plattOf, type ToldLogit } from './platt';

/** Log-odds said, and wins that come by `slope` · log-odds + `offset`. */
function told(count: number, slope: number, offset: number): ToldLogit[] {
  const uniform = uniformFrom(7);
  return Array.from({ length: count }, () => {
    const logit = 4 * uniform() - 2;
    return { logit, wins: uniform() < 1 / (1 + Math.exp(-slope * logit - offset)) ? 1 : 0, total: 1 };
  });
}

describe('Platt scaling', () => {
  it('finds the curve that the outcomes came from', () => {
    const { slope, offset } = plattOf(told(20_000, 0.5, -0.7));
    expect(slope).toBeCloseTo(0.5, 1);
    expect(offset).toBeCloseTo(-0.7, 1);
  });

  it('ends where the posterior is flat', () => {
    const outcomes = told(200, 2, 0.3);
    const { slope, offset } = plattOf(outcomes);
    // the prior pulls with 4 · (slope − 1) and 4 · offset
    let [bySlope, byOffset] = [4 * (slope - 1), 4 * offset];
    for (const { logit, wins } of outcomes) {
      const error = 1 / (1 + Math.exp(-slope * logit - offset)) - wins;
      bySlope += error * logit;
      byOffset += error;
    }
    expect(bySlope).toBeCloseTo(0, 3);
    expect(byOffset).toBeCloseTo(0, 3);
  });

  it('leaves what was said as it was where nothing speaks against it', () => {
    expect(plattOf([])).toEqual({ slope: 1, offset: 0 });
    const { slope, offset } = plattOf([{ logit: 1, wins: 1, total: 1 }]);
    expect(Math.abs(slope - 1) + Math.abs(offset)).toBeLessThan(0.2);
  });

  it('turns no order round, though the outcomes do', () => {
    expect(plattOf(told(2_000, -1, 0)).slope).toBe(0);
  });

  it('takes certainties', () => {
    expect([logitOf(0), logitOf(1), logitOf(0.5)]).toEqual([-12, 12, 0]);
    const curve = plattOf([
      { logit: 12, wins: 0, total: 2 },
      { logit: -12, wins: 1, total: 1 },
    ]);
    expect(plattAt(curve, 1)).toBeLessThan(1);
  });
});
