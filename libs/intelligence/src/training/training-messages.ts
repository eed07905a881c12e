/** What is said between the service and the process that trains: plain data. */
import type { AppError, UtcMs } from '@slt/domain';
import type { TrainingOptions, TrainingResult } from '../core/training';
import type { SampleRange } from '../store/sample-pages';

export interface TrainingOrder {
  readonly market: string;
  readonly samples: SampleRange;
  readonly seed: number;
  readonly now: UtcMs;
  /** A champion that is not the online learner: its state, and until when it has seen outcomes. */
  readonly champion: { readonly state: unknown; readonly trainedTo: UtcMs } | undefined;
  readonly options: Partial<TrainingOptions> | undefined;
}

export interface TrainingMessage {
  /** Of the database. */
  readonly url: string;
  readonly order: TrainingOrder;
}

/** With the rows that were none of ours and passed over. */
export type TrainingAnswer =
  | { readonly kind: 'trained'; readonly refused: number; readonly result: TrainingResult }
  | { readonly kind: 'failed'; readonly error: Pick<AppError, 'kind' | 'code' | 'message'> };
