import { uniformFrom } from '../testing/signal-stream';
import { logitOf, plattAt, plattOf } from './platt';

/** Log-odds said, and wins that come by `slope` · log-odds + `offset`. */
function told(count: number, slope: number, offset: number) {
  const uniform = uniformFrom(7);
  const logits = Float64Array.from({ length: count }, () => 4 * uniform() - 2);
  const wins = Uint8Array.from(logits, (logit) =>
    uniform() < 1 / (1 + Math.exp(-slope * logit - offset)) ? 1 : 0,
  );
  return { logits, wins };
}

describe('Platt scaling', () => {
  it('finds the curve that the outcomes came from', () => {
    const { logits, wins } = told(20_000, 0.5, -0.7);
    const { slope, offset } = plattOf(logits, wins);
    expect(slope).toBeCloseTo(0.5, 1);
    expect(offset).toBeCloseTo(-0.7, 1);
  });

  it('ends where the posterior is flat', () => {
    const { logits, wins } = told(200, 2, 0.3);
    const { slope, offset } = plattOf(logits, wins);
    // the prior pulls with 4 · (slope − 1) and 4 · offset
    let [bySlope, byOffset] = [4 * (slope - 1), 4 * offset];
    logits.forEach((logit, i) => {
      const error = 1 / (1 + Math.exp(-slope * logit - offset)) - wins[i]!;
      bySlope += error * logit;
      byOffset += error;
    });
    expect(bySlope).toBeCloseTo(0, 3);
    expect(byOffset).toBeCloseTo(0, 3);
  });

  it('leaves what was said as it was where nothing speaks against it', () => {
    expect(plattOf(new Float64Array(), new Uint8Array())).toEqual({ slope: 1, offset: 0 });
    const { slope, offset } = plattOf(Float64Array.of(1), Uint8Array.of(1));
    expect(Math.abs(slope - 1) + Math.abs(offset)).toBeLessThan(0.2);
  });

  it('turns no order round, though the outcomes do', () => {
    const { logits, wins } = told(2_000, -1, 0);
    expect(plattOf(logits, wins).slope).toBe(0);
  });

  it('takes certainties', () => {
    expect([logitOf(0), logitOf(1), logitOf(0.5)]).toEqual([-12, 12, 0]);
    const curve = plattOf(Float64Array.of(12, 12, -12), Uint8Array.of(0, 0, 1));
    expect(plattAt(curve, 1)).toBeLessThan(1);
  });
});
