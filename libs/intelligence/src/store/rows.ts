/** Rows as words of the domain and back. A row that is not as it was written is refused. */
import { AppError } from '@slt/domain';
import type { Setup } from '@slt/trading';
import type { Insertable, Selectable } from 'kysely';
import { SETUP_NAMES } from '../core/learner/payoff';
import type { Json, ModelMetrics, ModelRecord } from '../core/model';
import { MODEL_KINDS, type ModelKind } from '../core/model';
import { type Barrier, BARRIERS, type Sample } from '../core/sample';
import type { Comparison } from '../core/training';
import type { ModelRow, PromotionRow, SampleRow } from './tables';

export const MODEL_STATUSES = ['champion', 'challenger', 'retired'] as const;
export type ModelStatus = (typeof MODEL_STATUSES)[number];

/** A model without what it is restored from. */
export interface ModelSummary extends Omit<ModelRecord, 'state'> {
  readonly status: ModelStatus;
  /** Against the champion of its day; null: it was never held against one. */
  readonly comparison: Comparison | null;
}

/** `unusable`: it could not be restored; `online-better`: a training found the online learner ahead of it. */
export const PROMOTION_REASONS = [
  'better',
  'hand',
  'rollback',
  'drift',
  'calibration',
  'online-better',
  'unusable',
] as const;
export type PromotionReason = (typeof PROMOTION_REASONS)[number];

export interface Promotion {
  /** Exchange time. */
  readonly at: number;
  readonly model: string;
  readonly previous: string;
  readonly reason: PromotionReason;
  /** For people. */
  readonly detail: string;
}

export type SelectedSample = Selectable<SampleRow>;

export const sampleRow = (market: string, sample: Sample): Insertable<SampleRow> => ({
  market,
  id: sample.id,
  symbol: sample.symbol,
  setup: sample.setup,
  direction: sample.direction,
  at: sample.at,
  closed_at: sample.closedAt,
  feature_version: sample.featureVersion,
  features: [...sample.features],
  reward_r: sample.rewardR,
  cost_r: sample.costR,
  r: sample.r,
  barrier: sample.barrier,
  source: sample.source,
});

/** Undefined for a row that is none of ours: nothing is to be learned from it. */
export function sampleOf(row: SelectedSample): Sample | undefined {
  const { setup, barrier, source, direction, features } = row;
  const isFine =
    SETUP_NAMES.includes(setup as Setup) &&
    BARRIERS.includes(barrier as Barrier) &&
    (source === 'real' || source === 'virtual') &&
    (direction === 'long' || direction === 'short') &&
    [row.r, row.reward_r, row.cost_r].every(Number.isFinite) &&
    features.every((value) => typeof value === 'number');
  if (!isFine) return undefined;
  return {
    id: row.id,
    symbol: row.symbol,
    setup: setup as Setup,
    direction,
    at: Number(row.at),
    closedAt: Number(row.closed_at),
    featureVersion: row.feature_version,
    features,
    rewardR: row.reward_r,
    costR: row.cost_r,
    r: row.r,
    barrier: barrier as Barrier,
    source,
  };
}

export const modelRow = (
  market: string,
  model: ModelRecord,
  comparison: Comparison | null,
): Insertable<ModelRow> => ({
  market,
  id: model.id,
  kind: model.kind,
  status: 'challenger',
  created_at: model.createdAt,
  feature_version: model.featureVersion,
  trained_from: model.trainedOn.from,
  trained_to: model.trainedOn.to,
  trained_samples: model.trainedOn.samples,
  seed: model.seed,
  hyperparameters: JSON.stringify(model.hyperparameters),
  metrics: JSON.stringify(model.metrics),
  comparison: comparison === null ? null : JSON.stringify(comparison),
  state: JSON.stringify(model.state),
});

/** @throws AppError broken-invariant, `MODEL.BAD_ROW` */
export function summaryOf(row: Omit<Selectable<ModelRow>, 'state'>): ModelSummary {
  const { id, kind, status } = row;
  if (!MODEL_KINDS.includes(kind as ModelKind) || !MODEL_STATUSES.includes(status as ModelStatus)) {
    throw new AppError('broken-invariant', 'MODEL.BAD_ROW', `model ${id} is a ${status} ${kind}`);
  }
  return {
    id,
    kind: kind as ModelKind,
    status: status as ModelStatus,
    createdAt: Number(row.created_at),
    featureVersion: row.feature_version,
    trainedOn: {
      from: Number(row.trained_from),
      to: Number(row.trained_to),
      samples: row.trained_samples,
    },
    seed: Number(row.seed),
    hyperparameters: row.hyperparameters as Json,
    metrics: row.metrics as ModelMetrics,
    comparison: row.comparison as Comparison | null,
  };
}

export const promotionOf = ({
  at,
  model,
  previous,
  reason,
  detail,
}: Selectable<PromotionRow>): Promotion => ({
  at: Number(at),
  model,
  previous,
  reason: reason as PromotionReason,
  detail,
});
