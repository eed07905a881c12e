/** Makes probabilities mean what they say: by Platt scaling from few outcomes, by isotonic regression from many. */
import { badState, type StateFields } from '../learner/state-fields';
import { type Bin, BinnedOutcomes, type CalibrationRow, FOLDS, type Part } from './binned-outcomes';
import { interpolated, isotonicOf, type Monotone } from './isotonic';
import { logitOf, plattAt, type PlattCurve, plattOf } from './platt';

export type { CalibrationRow } from './binned-outcomes';

/**
 * Plain data: it survives JSON. Never decreasing in what it is given, and nowhere flat beyond what it was fitted to: there
 * log-odds are corrected as much as at the nearest end.
 */
export type Calibrator =
  | { readonly kind: 'identity' }
  | ({ readonly kind: 'platt' } & PlattCurve & Range)
  | ({ readonly kind: 'isotonic' } & Monotone);

/** Of the probabilities that it was fitted to. */
interface Range {
  readonly from: number;
  readonly to: number;
}

export const UNCALIBRATED: Calibrator = { kind: 'identity' };

/** Fewer outcomes than these tell nothing. */
const LEAST = 30;
/** From here on there is enough for a free form. */
const MANY = 1000;
/** A single outcome at an end must not become a certainty. */
const LEAST_A_STEP = 100;
const MOST_STEPS = 40;
const MOST_POINTS = 200;
const MOST_JUDGED = 50;
/** Log loss that a calibrator has to save for being less simple. */
const HANDICAP = 0.0002;
const CERTAIN = 1e-9;

type Fit = (outcomes: BinnedOutcomes, part?: Part) => Calibrator;

/**
 * The simplest calibrator that nothing else beats where it was not fitted, then fitted to all rows. In O(n log n).
 * @param rows in the order of time
 */
export function fitCalibrator(rows: readonly CalibrationRow[]): Calibrator {
  if (rows.length < LEAST) return UNCALIBRATED;
  const outcomes = new BinnedOutcomes(rows);
  const unseen = Array.from({ length: FOLDS }, (_, fold) => outcomes.bins(1, MOST_JUDGED, { only: fold }));
  const fits = rows.length < MANY ? [plattFit] : [plattFit, isotonicFit];
  let best: Fit = () => UNCALIBRATED;
  let least = unseenLossOf(best, outcomes, unseen);
  for (const fit of fits) {
    const loss = unseenLossOf(fit, outcomes, unseen) + HANDICAP;
    if (loss >= least) continue;
    best = fit;
    least = loss;
  }
  return best(outcomes);
}

/** @param rows at least one */
export const fitPlatt = (rows: readonly CalibrationRow[]): Calibrator => plattFit(new BinnedOutcomes(rows));

/** @param rows at least one */
export const fitIsotonic = (rows: readonly CalibrationRow[]): Calibrator =>
  isotonicFit(new BinnedOutcomes(rows));

const plattFit: Fit = (outcomes, part) => {
  const bins = outcomes.bins(1, MOST_POINTS, part);
  const curve = plattOf(bins.map(({ said, wins, total }) => ({ logit: logitOf(said), wins, total })));
  return { kind: 'platt', ...curve, from: bins[0]!.said, to: bins.at(-1)!.said };
};

const isotonicFit: Fit = (outcomes, part) => {
  const points = outcomes.bins(LEAST_A_STEP, MOST_STEPS, part).map(({ said, wins, total }) => {
    // Half a win and half a loss more than there were: nothing is certain.
    return { x: said, y: (wins + 0.5) / (total + 1), weight: total };
  });
  return { kind: 'isotonic', ...isotonicOf(points) };
};

/** Mean log loss of each stretch of time by what was fitted to the others. @param unseen by stretch */
function unseenLossOf(fit: Fit, outcomes: BinnedOutcomes, unseen: readonly (readonly Bin[])[]): number {
  let sum = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const calibrator = fit(outcomes, { except: fold });
    for (const { said, wins, total } of unseen[fold]!) {
      const probability = Math.min(1 - CERTAIN, Math.max(CERTAIN, calibrated(calibrator, said)));
      sum -= wins * Math.log(probability) + (total - wins) * Math.log(1 - probability);
    }
  }
  return sum / outcomes.size;
}

/** @returns in [0, 1] */
export function calibrated(calibrator: Calibrator, probability: number): number {
  switch (calibrator.kind) {
    case 'identity':
      return probability;
    case 'platt': {
      const { from, to } = calibrator;
      const within = Math.min(to, Math.max(from, probability));
      return moved(plattAt(calibrator, within), within, probability);
    }
    case 'isotonic': {
      const { xs } = calibrator;
      const within = Math.min(xs.at(-1)!, Math.max(xs[0]!, probability));
      return moved(interpolated(calibrator, within), within, probability);
    }
  }
}

/** `value` with its log-odds moved as far as from one probability to the other. */
function moved(value: number, from: number, to: number): number {
  if (from === to) return value;
  const moved = 1 / (1 + Math.exp(logitOf(from) - logitOf(to) - logitOf(value)));
  // The way there and back may lose the last bit, and with it the order.
  return to < from ? Math.min(value, moved) : Math.max(value, moved);
}

/** @throws AppError invalid, `MODEL.BAD_STATE` */
export function readCalibrator(fields: StateFields): Calibrator {
  const kind = fields.oneOf('kind', ['identity', 'platt', 'isotonic']);
  switch (kind) {
    case 'identity':
      return UNCALIBRATED;
    case 'platt':
      return {
        kind,
        slope: fields.number('slope', { min: 0 }),
        offset: fields.number('offset'),
        from: fields.number('from', { min: 0, max: 1 }),
        to: fields.number('to', { min: fields.number('from'), max: 1 }),
      };
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
