/** What every model is: whatever it learned by, it says a calibrated probability and how far its word goes. */
import type { UtcMs } from '@slt/domain';
import type { Contribution } from '@slt/trading';
import type { Question } from './sample';

/** What is expected of a signal. */
export interface Outlook {
  /** Of r > 0 after costs, calibrated; in [0, 1]. */
  readonly probability: number;
  /** After costs. */
  readonly expectedR: number;
  /** One-sided 95 % lower confidence bound of `expectedR`. */
  readonly lowerBound: number;
}

/** With its reasons. */
export interface Prediction extends Outlook {
  /** Largest first, in log-odds; at most eight. */
  readonly contributions: readonly Contribution[];
}

export interface Predictor {
  predict(question: Question): Prediction;
}

/** For who asks thousands of questions, and reads no reasons. */
export interface Forecaster {
  outlook(question: Question): Outlook;
}

export const MODEL_KINDS = ['online', 'forest', 'boosted'] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** Plain data that survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A trained model as it is kept: enough to make the very same predictor again. */
export interface ModelRecord {
  /** `{kind}-{ISO time}-{hash}`: the same data, hyper-parameters and seed give the same hash. */
  readonly id: string;
  readonly kind: ModelKind;
  readonly createdAt: UtcMs;
  readonly featureVersion: number;
  /** Signals it was trained on. */
  readonly trainedOn: { readonly from: UtcMs; readonly to: UtcMs; readonly samples: number };
  readonly hyperparameters: Json;
  readonly seed: number;
  /** Out of sample, by walk-forward. */
  readonly metrics: ModelMetrics;
  /** What the predictor is restored from; versioned. */
  readonly state: Json;
}

/** All on samples that the model had not seen; null where there were none. */
export interface ModelMetrics {
  readonly samples: number;
  readonly logLoss: number | null;
  readonly brier: number | null;
  readonly ece: number | null;
  /** Of all that its lower bound would have traded. */
  readonly traded: number;
  readonly expectancyR: number | null;
}
