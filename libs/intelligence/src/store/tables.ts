/** Rows of the schema `intelligence` as PostgreSQL's client gives them: bigint as text. All of them are of one market. */
import type { ColumnType, Generated } from 'kysely';

/** Milliseconds; written as a number, read as text. */
type Instant = ColumnType<string, number, number>;

export interface SampleRow {
  market: string;
  id: string;
  symbol: string;
  setup: string;
  direction: string;
  at: Instant;
  closed_at: Instant;
  feature_version: number;
  features: number[];
  reward_r: number;
  cost_r: number;
  r: number;
  barrier: string;
  source: string;
}

export interface ModelRow {
  market: string;
  id: string;
  kind: string;
  status: string;
  created_at: Instant;
  feature_version: number;
  trained_from: Instant;
  trained_to: Instant;
  trained_samples: number;
  seed: Instant;
  hyperparameters: ColumnType<unknown, string, never>;
  metrics: ColumnType<unknown, string, never>;
  comparison: ColumnType<unknown, string | null, never>;
  state: ColumnType<unknown, string, never>;
}

export interface PromotionRow {
  market: string;
  seq: Generated<string>;
  at: Instant;
  model: string;
  previous: string;
  reason: string;
  detail: string;
}

export interface LearnerRow {
  market: string;
  saved_at: Instant;
  snapshot: ColumnType<unknown, string, string>;
}

export interface IntelligenceTables {
  'intelligence.samples': SampleRow;
  'intelligence.models': ModelRow;
  'intelligence.promotions': PromotionRow;
  'intelligence.learners': LearnerRow;
}
