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
  /** What a learner made of it; without one the heuristic decided alone. */
  readonly assessment?: Assessment;
}

/** A learner's judgement of a signal, made from what was known at its close. R: multiples of the risk to the stop. */
export interface Assessment {
  /** Id of the model that judged. */
  readonly model: string;
  /** That it ends above zero after costs, calibrated. In [0, 1]. */
  readonly probability: number;
  /** After costs. */
  readonly expectedR: number;
  /** One-sided lower confidence bound of `expectedR`. */
  readonly lowerBound: number;
  /** Fees, slippage and funding that are expected, in R; they are in `expectedR` already. */
  readonly costR: number;
  /** What its outcome on the candles is reckoned with, traded or not. */
  readonly outcomeCosts?: OutcomeCosts;
  /** In (0, 1]: the risk module multiplies the tier's risk by it; below 1 while there is too little to go by. */
  readonly riskScale: number;
  /** Why it is not to be traded, in the learner's view; empty: nothing against it. */
  readonly refusals: readonly Refusal[];
  /** The features by `featureVersion`, in the order of that version; NaN where one is not known. */
  readonly features: readonly number[];
  readonly featureVersion: number;
  /** What mattered most, largest first, in log-odds; at most eight. */
  readonly contributions: readonly Contribution[];
}

export interface OutcomeCosts {
  /** Half spread and slippage of a market order, as a share of its price. */
  readonly slippageRate: number;
  /** Of the next settlement; above zero longs pay. */
  readonly fundingRate: number;
}

export interface Contribution {
  readonly feature: string;
  /** As it was measured. */
  readonly value: number;
  /** What it added to the log-odds. */
  readonly weight: number;
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
  'NO_EDGE',
  'EDGE_UNPROVEN',
  'EDGE_LOST',
  'LEARNING',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface Decision {
  readonly decision: 'traded' | 'refused';
  /** Empty when traded; every rule that refuses, not the first one alone. */
  readonly reasons: readonly Refusal[];
}

export const signOf = (direction: Direction): 1 | -1 => (direction === 'long' ? 1 : -1);
