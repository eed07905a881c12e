/** Makes probabilities mean what they say: by Platt scaling from few outcomes, by isotonic regression from many. */
import { badState, type StateFields } from '../learner/state-fields';
import { interpolated, isotonicOf, type Monotone, type WeightedPoint } from './isotonic';
import { logitOf, plattAt, type PlattCurve, plattOf } from './platt';

/** Plain data: it survives JSON. Never decreasing in what it is given. */
export type Calibrator =
  | { readonly kind: 'identity' }
  | ({ readonly kind: 'platt' } & PlattCurve)
  | ({ readonly kind: 'isotonic' } & Monotone);

export const UNCALIBRATED: Calibrator = { kind: 'identity' };

/** What was said of a signal that the model had not learned from, and what came. */
export interface CalibrationRow {
  /** In [0, 1]. */
  readonly probability: number;
  readonly isWin: boolean;
}

/** Fewer than these tell nothing. */
const LEAST = 30;
/** From here on there is enough for a free form. */
const MANY = 1000;
/** Isotonic regression is told the means of bins of about so many: a single outcome at an end must not become a certainty. */
const BIN = 100;
const MOST_BINS = 40;
/** Log loss that a calibrator has to save for being less simple. */
const HANDICAP = 0.001;
const CERTAIN = 1e-9;

/**
 * The simplest calibrator that nothing else beats on the newest third of the rows, fitted to all of them. In O(n log n).
 * @param rows in the order of time
 */
export function fitCalibrator(rows: readonly CalibrationRow[]): Calibrator {
  if (rows.length < LEAST) return UNCALIBRATED;
  const fits = rows.length < MANY ? [fitPlatt] : [fitPlatt, fitIsotonic];
  const split = Math.floor((2 * rows.length) / 3);
  const [older, newest] = [rows.slice(0, split), rows.slice(split)];
  let best = UNCALIBRATED;
  let least = lossOf(UNCALIBRATED, newest);
  for (const fit of fits) {
    const loss = lossOf(fit(older), newest) + HANDICAP;
    if (loss >= least) continue;
    best = fit(rows);
    least = loss;
  }
  return best;
}

/** Mean log loss. */
function lossOf(calibrator: Calibrator, rows: readonly CalibrationRow[]): number {
  let sum = 0;
  for (const { probability, isWin } of rows) {
    const said = Math.min(1 - CERTAIN, Math.max(CERTAIN, calibrated(calibrator, probability)));
    sum -= Math.log(isWin ? said : 1 - said);
  }
  return sum / rows.length;
}

export function fitPlatt(rows: readonly CalibrationRow[]): Calibrator {
  const logits = Float64Array.from(rows, ({ probability }) => logitOf(probability));
  const wins = Uint8Array.from(rows, ({ isWin }) => (isWin ? 1 : 0));
  return { kind: 'platt', ...plattOf(logits, wins) };
}

/** @param rows at least one */
export function fitIsotonic(rows: readonly CalibrationRow[]): Calibrator {
  const sorted = rows.toSorted((a, b) => a.probability - b.probability);
  const bins = Math.max(1, Math.min(MOST_BINS, Math.floor(rows.length / BIN)));
  const points = Array.from({ length: bins }, (_, bin) => {
    const from = Math.floor((bin * rows.length) / bins);
    return centreOf(sorted, from, Math.floor(((bin + 1) * rows.length) / bins));
  });
  return { kind: 'isotonic', ...isotonicOf(points) };
}

function centreOf(rows: readonly CalibrationRow[], from: number, to: number): Required<WeightedPoint> {
  let said = 0;
  let wins = 0;
  for (let i = from; i < to; i++) {
    said += rows[i]!.probability;
    if (rows[i]!.isWin) wins++;
  }
  // Half a win and half a loss more than there were: nothing is certain.
  return { x: said / (to - from), y: (wins + 0.5) / (to - from + 1), weight: to - from };
}

/** @returns in [0, 1] */
export function calibrated(calibrator: Calibrator, probability: number): number {
  switch (calibrator.kind) {
    case 'identity':
      return probability;
    case 'platt':
      return plattAt(calibrator, probability);
    case 'isotonic':
      return interpolated(calibrator, probability);
  }
}

/** @throws AppError invalid, `MODEL.BAD_STATE` */
export function readCalibrator(fields: StateFields): Calibrator {
  const kind = fields.oneOf('kind', ['identity', 'platt', 'isotonic']);
  switch (kind) {
    case 'identity':
      return UNCALIBRATED;
    case 'platt':
      return { kind, slope: fields.number('slope', { min: 0 }), offset: fields.number('offset') };
    case 'isotonic': {
      const xs = Array.from(fields.numbers('xs', undefined, { min: 0, max: 1 }));
      const ys = Array.from(fields.numbers('ys', xs.length, { min: 0, max: 1 }));
      if (xs.length === 0) throw badState(fields.at('xs'), 'empty');
      if (xs.some((x, i) => i > 0 && x <= xs[i - 1]!)) throw badState(fields.at('xs'), 'not ascending');
      if (ys.some((y, i) => i > 0 && y < ys[i - 1]!)) throw badState(fields.at('ys'), 'falling');
      return { kind, xs, ys };
    }
  }
}
