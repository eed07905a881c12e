/** A position as the journal knows it: the sum of its fills, with the orders that protect it. */
import type { UtcMs } from '@slt/domain';
import type { Decimal } from './broker';
import type { Direction, Setup } from './signal';

/** Why a position was closed. */
export const EXIT_REASONS = [
  'stop',
  'target',
  'max-hold',
  'stagnation',
  'opposite-structure',
  'flatten',
  'unprotected',
  'breaker',
  'liquidation',
  'external',
] as const;
export type ExitReason = (typeof EXIT_REASONS)[number];

export interface PositionPlan {
  /** The signal's id; `adopted:{symbol}:{at}` for what was found on the account. */
  readonly id: string;
  readonly symbol: string;
  readonly direction: Direction;
  readonly setup: Setup | 'adopted';
  /** What the position is to be protected by; on the tick. */
  readonly stop: Decimal;
  readonly target: Decimal | null;
  /** Reference price of the signal: R is measured from there. */
  readonly entry: Decimal;
  readonly confidence: number;
  readonly openedAt: UtcMs;
}

export interface Position extends PositionPlan {
  /** Above '0'; the direction gives the sign. */
  readonly quantity: Decimal;
  readonly entryPrice: Decimal;
}

/** A position from its first fill to flat. */
export interface Trade {
  readonly positionId: string;
  readonly symbol: string;
  readonly setup: Setup | 'adopted';
  readonly direction: Direction;
  readonly quantity: Decimal;
  readonly entryTime: UtcMs;
  readonly entryPrice: Decimal;
  readonly exitTime: UtcMs;
  readonly exitPrice: Decimal;
  readonly exitReason: ExitReason;
  /** Before fees and funding. */
  readonly realizedPnl: Decimal;
  /** Positive: paid. */
  readonly fees: Decimal;
  /** Positive: received. */
  readonly funding: Decimal;
  /** realizedPnl − fees + funding. */
  readonly netPnl: Decimal;
  /** netPnl ÷ money at risk (|entry − stop| × quantity). */
  readonly r: number;
  readonly confidence: number;
}
