import { normalFrom, uniformFrom } from '../testing/signal-stream';
import { sequenceDeviations, studentised } from './confidence-bound';

describe('a confidence sequence', () => {
  it('is wrong at any time in fewer cases than it says', () => {
    let wrong = 0;
    for (let seed = 0; seed < 200; seed++) {
      const normal = normalFrom(uniformFrom(seed));
      let total = 0;
      for (let n = 1; n <= 1_000; n++) {
        total += normal();
        if (n >= 10 && total / n - sequenceDeviations(n, 0.05) / Math.sqrt(n) > 0) {
          wrong++;
          break;
        }
      }
    }
    // 5 % of 200 are 10 if it went on for ever
    expect(wrong).toBeLessThanOrEqual(10);
    // a plain bound of 95 % would be wrong in a third of them
    expect(wrong).toBeGreaterThan(0);
  });

  it('asks for more where more is at stake, and never for less than a single look', () => {
    for (const effective of [1, 30, 200, 5_000]) {
      expect(sequenceDeviations(effective, 0.0125)).toBeGreaterThan(sequenceDeviations(effective, 0.05));
      expect(sequenceDeviations(effective, 0.05)).toBeGreaterThan(1.645);
    }
  });

  it('is tightest at two hundred outcomes', () => {
    const at = (effective: number): number => sequenceDeviations(effective, 0.0125);
    expect(at(200)).toBeLessThan(at(100));
    expect(at(200)).toBeLessThan(at(400));
  });
});

describe("Student's quantile", () => {
  it.each([
    // z of 95 % and of 99.9 %, with the tables' quantiles
    [1.6449, 10, 1.8125, 2],
    [1.6449, 30, 1.6973, 3],
    [3.0902, 10, 4.1437, 1],
    [3.0902, 60, 3.2317, 2],
  ])('of z = %d with %d degrees of freedom is %d', (z, freedom, quantile, digits) => {
    expect(studentised(z, freedom)).toBeCloseTo(quantile, digits);
  });
});
