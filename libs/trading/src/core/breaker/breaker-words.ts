/** What the breaker is told and what it tells. */
import type { UtcMs } from '@slt/domain';
import type { BreakerLevel, BreakerPhase } from './breaker-level';
import type { BreakerMove } from './breaker-phase';

export type BreakerEvent =
  /** A call to the exchange has ended. `isOk`: it was answered, also with a refusal of its content. */
  | { readonly kind: 'call'; readonly isOk: boolean; readonly latencyMs: number }
  /** Shares in [0, 1]. */
  | { readonly kind: 'data'; readonly staleStreams: number; readonly warmSymbols: number }
  /** Shares in [0, 1], positive for a loss; see LossBook. */
  | {
      readonly kind: 'losses';
      readonly dailyLoss: number;
      readonly drawdown: number;
      readonly losingStreak: number;
    }
  /** An entry went out; while half-open they are counted. */
  | { readonly kind: 'entry' }
  /** By hand: forgets the calls and the cool-down. What is still measured as bad counts again at once. */
  | { readonly kind: 'reset' };

export const BREAKER_REASONS = [
  'ERROR_RATE',
  'LATENCY',
  'STALE_STREAMS',
  'COLD_SYMBOLS',
  'DAILY_LOSS',
  'DRAWDOWN',
  'LOSING_STREAK',
  /** Nothing is bad any more; it waits, so many ms of so many. */
  'RECOVERING',
  /** Half-open: so many calls of so many went well. */
  'PROBING',
] as const;
export type BreakerReasonCode = (typeof BREAKER_REASONS)[number];
export type BreakerSource = 'exchange' | 'data' | 'losses';

export interface BreakerReason {
  readonly code: BreakerReasonCode;
  readonly value: number;
  readonly threshold: number;
}

export interface BreakerState {
  readonly level: BreakerLevel;
  readonly isHalfOpen: boolean;
  /** Empty only while normal. */
  readonly reasons: readonly BreakerReason[];
  /** When the phase was entered. */
  readonly since: UtcMs;
  readonly sources: Readonly<Record<BreakerSource, BreakerLevel>>;
}

export interface BreakerTransition {
  readonly from: BreakerPhase;
  readonly to: BreakerPhase;
  readonly move: BreakerMove;
  readonly at: UtcMs;
  readonly reasons: readonly BreakerReason[];
}

/** What is measured. */
export type GaugeCode = Exclude<BreakerReasonCode, 'RECOVERING' | 'PROBING'>;
