/** What is said between the service and the thread that trains: plain data, samples in portions. */
import type { AppError, ErrorKind, UtcMs } from '@slt/domain';
import type { Sample } from '../core/sample';
import type { TrainingOptions, TrainingResult } from '../core/training';

export interface TrainingOrder {
  readonly seed: number;
  readonly now: UtcMs;
  /** A champion that is not the online learner: its state, and until when it has seen outcomes. */
  readonly champion: { readonly state: unknown; readonly trainedTo: UtcMs } | undefined;
  readonly options: Partial<TrainingOptions> | undefined;
}

export type ToTrainer =
  | { readonly kind: 'samples'; readonly samples: readonly Sample[] }
  | { readonly kind: 'train'; readonly order: TrainingOrder };

export type FromTrainer =
  | { readonly kind: 'trained'; readonly result: TrainingResult }
  | {
      readonly kind: 'failed';
      readonly error: Pick<AppError, 'kind' | 'code' | 'message'> & { kind: ErrorKind };
    };
