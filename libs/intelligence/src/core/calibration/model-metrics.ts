/** A model's figures on samples that it had not seen. */
import { isWin } from '../sample';
import type { ModelMetrics, Prediction } from '../model';
import { Calibration } from './calibration';

/** What a model said, and what came of it. */
export interface JudgedRow {
  readonly prediction: Pick<Prediction, 'probability' | 'lowerBound'>;
  /** After costs. */
  readonly r: number;
}

export function metricsOf(rows: readonly JudgedRow[]): ModelMetrics {
  const calibration = new Calibration();
  for (const row of rows) calibration.add(row.prediction.probability, isWin(row));
  const { logLoss, brier, ece } = calibration.report();
  const traded = rows.filter(({ prediction }) => prediction.lowerBound > 0);
  const total = traded.reduce((sum, { r }) => sum + r, 0);
  return {
    samples: rows.length,
    logLoss,
    brier,
    ece,
    traded: traded.length,
    expectancyR: traded.length === 0 ? null : total / traded.length,
  };
}
