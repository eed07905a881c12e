/** Who knows what was planted: trades the planted set-up while its edge lasts, sized as a learner that had found it. */
import type { UtcMs } from '@slt/domain';
import type { Scorer, Setup } from '@slt/trading';

export interface Knowledge {
  readonly setup: Setup;
  /** Signals known from then on have no edge. */
  readonly until?: UtcMs | undefined;
}

/** In the highest tier of risk. */
const SURE = { confidence: 0.9, parts: { known: 0.9 } } as const;
const NOTHING = { confidence: 0, parts: { known: 0 } } as const;

export const oracle =
  ({ setup, until = Infinity }: Knowledge): Scorer =>
  (input) =>
    input.setup === setup && input.at < until ? SURE : NOTHING;
