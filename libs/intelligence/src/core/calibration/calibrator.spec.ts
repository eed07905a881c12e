import { isAppError } from '@slt/domain';
import fc from 'fast-check';
import { StateFields } from '../learner/state-fields';
import { uniformFrom } from '../testing/signal-stream';
import { Calibration } from './calibration';
import {
  calibrated,
  type CalibrationRow,
  type Calibrator,
  fitCalibrator,
  fitIsotonic,
  fitPlatt,
  readCalibrator,
} from './calibrator';

/** Probabilities evenly from 0 to 1, with wins by `truth` of them. */
function told(count: number, truth: (said: number) => number, seed = 3): CalibrationRow[] {
  const uniform = uniformFrom(seed);
  return Array.from({ length: count }, () => {
    const probability = uniform();
    return { probability, isWin: uniform() < truth(probability) };
  });
}

function errorOf(calibrator: Calibrator, rows: readonly CalibrationRow[]): number {
  const calibration = new Calibration();
  for (const { probability, isWin } of rows) calibration.add(calibrated(calibrator, probability), isWin);
  return calibration.report().ece!;
}

const timid = (said: number): number => 0.3 + 0.4 * said;
/** No logistic curve is like it. */
const stepped = (said: number): number => (said > 0.3 ? 0.6 : 0.1);

describe('a calibrator', () => {
  it('is nothing where there is nothing to go by', () => {
    expect(fitCalibrator(told(29, timid)).kind).toBe('identity');
  });

  it('leaves alone what is calibrated', () => {
    expect(fitCalibrator(told(2_000, (said) => said)).kind).toBe('identity');
  });

  it('is a logistic curve of few outcomes, and free of many', () => {
    expect(fitCalibrator(told(600, timid)).kind).toBe('platt');
    expect(fitCalibrator(told(4_000, stepped)).kind).toBe('isotonic');
  });

  it.each([1, 2])('makes probabilities true that nobody had told it (seed %i)', (seed) => {
    for (const truth of [timid, stepped, (said: number) => said ** 2]) {
      const unseen = told(5_000, truth, seed + 100);
      expect(errorOf({ kind: 'identity' }, unseen)).toBeGreaterThan(0.08);
      expect(errorOf(fitCalibrator(told(4_000, truth, seed)), unseen)).toBeLessThanOrEqual(0.03);
    }
  });

  it('does not take what was never said for the nearest that was', () => {
    const high = told(4_000, stepped).filter(({ probability }) => probability > 0.5);
    for (const calibrator of [fitIsotonic(high), fitPlatt(high)]) {
      expect(calibrated(calibrator, 0.6)).toBeCloseTo(0.6, 1);
      // six of ten at 0.5: odds of 3 : 2 where 1 : 1 was said; a half of them at odds of 1 : 2
      expect(calibrated(calibrator, 1 / 3)).toBeCloseTo(0.75 / 1.75, 1);
      expect(calibrated(calibrator, 0)).toBeLessThan(1e-4);
    }
  });

  it('keeps the order and the bounds of whatever it is fitted to', () => {
    const row = fc.record({ probability: fc.double({ min: 0, max: 1, noNaN: true }), isWin: fc.boolean() });
    const rows = fc.oneof(
      fc.array(row, { maxLength: 200 }),
      fc.array(row, { minLength: 1_000, maxLength: 1_010 }),
    );
    fc.assert(
      fc.property(rows, (told) => {
        const calibrator = fitCalibrator(told);
        const said = Array.from({ length: 101 }, (_, i) => calibrated(calibrator, i / 100));
        expect(said).toEqual(said.toSorted((a, b) => a - b));
        expect(Math.min(...said)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...said)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps the order where what it was fitted to ends so low that nothing can be moved', () => {
    const calibrator: Calibrator = {
      kind: 'platt',
      slope: 0,
      offset: -0.023530480378133982,
      from: 5.725941421806568e-308,
      to: 0.4,
    };
    expect(calibrated(calibrator, 0)).toBeLessThanOrEqual(calibrated(calibrator, 0.01));
  });

  it('is read as it was written', () => {
    const fits = [fitCalibrator([]), fitCalibrator(told(600, timid)), fitCalibrator(told(4_000, stepped))];
    for (const fit of fits) {
      const written: unknown = JSON.parse(JSON.stringify(fit));
      expect(readCalibrator(new StateFields(written, 'calibrator'))).toEqual(fit);
    }
  });

  it.each([
    { kind: 'magic' },
    { kind: 'platt', slope: -1, offset: 0, from: 0, to: 1 },
    { kind: 'platt', slope: 1, offset: 0, from: 0.6, to: 0.5 },
    { kind: 'platt', slope: 1, offset: 0 },
    { kind: 'platt', slope: 1 },
    { kind: 'isotonic', xs: [], ys: [] },
    { kind: 'isotonic', xs: [0.5, 0.4], ys: [0.1, 0.2] },
    { kind: 'isotonic', xs: [0.4, 0.5], ys: [0.3, 0.2] },
    { kind: 'isotonic', xs: [0.4, 0.5], ys: [0.3] },
    { kind: 'isotonic', xs: [0.4, 0.5], ys: [0.3, 1.2] },
    { kind: 'isotonic', xs: [0.4, null], ys: [0.3, 0.4] },
  ])('is not read from %j', (written) => {
    const read = (): unknown => {
      try {
        return readCalibrator(new StateFields(written, 'calibrator'));
      } catch (error) {
        return isAppError(error, 'MODEL.BAD_STATE');
      }
    };
    expect(read()).toBe(true);
  });
});
