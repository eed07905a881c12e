/** A signal: what a set-up saw on a closed candle, and what was decided about it. Prices are float64, in quote asset. */
import type { Interval, UtcMs } from '@slt/domain';

/** Of a position: `long` gains when the price rises. */
export type Direction = 'long' | 'short';

export const SETUPS = ['sweep-reversal', 'block-retest', 'gap-continuation'] as const;
export type Setup = (typeof SETUPS)[number];

export interface Signal {
  /** `{symbol}:{interval}:{setup}:{direction}:{at}`: the same candle always gives the same id. */
  readonly id: string;
  readonly symbol: string;
  readonly interval: Interval;
  readonly setup: Setup;
  readonly direction: Direction;
  /** When it was known: the close time of the candle that completed it (open time + interval). */
  readonly at: UtcMs;
  /** Close of that candle; orders fill later, elsewhere. */
  readonly entry: number;
  /** Beyond the invalidation: below `entry` for a long. */
  readonly stop: number;
  /** Above `entry` for a long; at least 2 R away. */
  readonly target: number;
  /** In [0, 1]: the heuristic's score; the seam where a learned probability takes its place. */
  readonly confidence: number;
  /** What the confidence was made of: each a summand, so that they add up to it before it is clamped. */
  readonly parts: Readonly<Record<string, number>>;
}

/** Why a signal was not traded; stable, for machines. docs/trading-risk.md has a sentence for each. */
export const REFUSALS = [
  'TRADING_OFF',
  'BREAKER_BLOCKED',
  'BREAKER_THROTTLED',
  'CONFIDENCE_TOO_LOW',
  'POSITION_EXISTS',
  'TOO_MANY_POSITIONS',
  'SIGNAL_STALE',
  'STOP_TOO_CLOSE',
  'STOP_TOO_FAR',
  'BELOW_MIN_QUANTITY',
  'BELOW_MIN_NOTIONAL',
  'MARGIN_EXHAUSTED',
  'CORRELATION_CAP',
  'DAILY_LOSS_LIMIT',
  'DRAWDOWN_LIMIT',
  'COOL_DOWN',
  'LIQUIDATION_TOO_NEAR',
  'NO_EQUITY',
  'SYMBOL_NOT_TRADABLE',
  'ORDER_REJECTED',
  'ENTRY_NOT_FILLED',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface Decision {
  readonly decision: 'traded' | 'refused';
  /** Empty when traded; every rule that refuses, not the first one alone. */
  readonly reasons: readonly Refusal[];
}

export const signOf = (direction: Direction): 1 | -1 => (direction === 'long' ? 1 : -1);
