/** What happens while it learns, as it happens. Times are the exchange's. */
import type { UtcMs } from '@slt/domain';
import type { Drift } from './core/advisor-ports';
import type { Promotion } from './store/rows';

export type LearningEvent =
  /** Another model judges from here on. */
  | ({ readonly type: 'model' } & Promotion)
  | { readonly type: 'drift'; readonly at: UtcMs; readonly drift: Drift; readonly model: string }
  | {
      readonly type: 'training';
      readonly at: UtcMs;
      readonly state: 'running' | 'idle';
      /** Of one that ended: the model it made, or why it made none. */
      readonly model: string | null;
      readonly error: string | null;
    };
