import fc from 'fast-check';
import { normalFrom, uniformFrom } from '../testing/signal-stream';
import { Standardiser } from './standardiser';
import { StateFields } from './state-fields';

function told(values: readonly number[]): Standardiser {
  const standardiser = new Standardiser(1);
  for (const value of values) standardiser.observe([value]);
  return standardiser;
}

const normals = (count: number, seed = 1): number[] => {
  const normal = normalFrom(uniformFrom(seed));
  return Array.from({ length: count }, normal);
};

describe('the standardiser', () => {
  it('is tanh of the distance from the mean in deviations', () => {
    const standardiser = told([1, 3]);
    // Weights 0.9999 and 1: mean 2.00005, deviation 1 to four digits
    expect(standardiser.standardised(0, 3)).toBeCloseTo(Math.tanh(1), 3);
    expect(standardiser.standardised(0, 2)).toBeCloseTo(0, 3);
  });

  it('takes what is not known for the mean, and learns nothing from it', () => {
    const standardiser = told([1, NaN, 3, Infinity, -Infinity]);
    expect(standardiser.snapshot()).toEqual(told([1, 3]).snapshot());
    for (const value of [NaN, Infinity, -Infinity]) expect(standardiser.standardised(0, value)).toBe(0);
  });

  it('makes nothing of a constant, be it a large one or none', () => {
    for (const value of [0, 0.1, 1e9 / 3, -1e300]) {
      const standardiser = told(Array.from({ length: 100 }, () => value));
      expect(standardiser.standardised(0, value)).toBeCloseTo(0, 12);
      expect(standardiser.standardised(0, value * 2 + 1)).toBe(0);
    }
  });

  it('says the same of a feature in other units, to the last bit for powers of two', () => {
    const values = normals(300);
    const scaled = values.map((value) => value * 1024);
    const [one, other] = [told(values), told(scaled)];
    for (const value of values.slice(0, 50)) {
      expect(other.standardised(0, value * 1024)).toBe(one.standardised(0, value));
    }
  });

  it('forgets: a feature that moved is at home where it is', () => {
    const standardiser = told([...normals(2_000), ...normals(40_000, 2).map((value) => 5 + 3 * value)]);
    expect(standardiser.standardised(0, 5)).toBeCloseTo(0, 1);
    expect(standardiser.standardised(0, 8)).toBeCloseTo(Math.tanh(1), 1);
  });

  it('is not drowned by one outlier', () => {
    const values = normals(500);
    const standardiser = told([...values, 1e90, ...values]);
    expect(standardiser.standardised(0, 1)).toBeCloseTo(Math.tanh(1), 1);
  });

  it('stays within ±1 and goes on from its snapshot, whatever it is told', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 60 }), fc.double(), (values, value) => {
        const standardiser = told(values);
        const z = standardiser.standardised(0, value);
        expect(Math.abs(z)).toBeLessThanOrEqual(1);
        const written: unknown = JSON.parse(JSON.stringify(standardiser.snapshot()));
        const restored = Standardiser.restore(new StateFields(written, 'standardiser'), 1);
        expect(restored.snapshot()).toEqual(standardiser.snapshot());
        expect(restored.standardised(0, value)).toBe(z);
      }),
    );
  });
});
