/**
 * What the engine says: an append-only log of facts about closed candles. An event is never taken back; a zone
 * or pool changes its state only through a further event with the same `id`. Definitions: docs/smc.md.
 */
import type { UtcMs } from '@slt/domain';
import type { SessionName } from './session-name';

/** `swing` looks at the larger structure, `internal` at the smaller one inside it. */
export type Scale = 'swing' | 'internal';
export type Direction = 'bullish' | 'bearish';
export type Side = 'high' | 'low';
export type PeriodName = 'day' | 'week' | 'month';

/** A candle is meant by its index (0-based count of candles since the engine's birth) and by its open time. */
export interface When {
  /** The candle that the event is about. */
  readonly at: number;
  readonly atTime: UtcMs;
  /** The candle that proved it; never before `at`. Nothing about the event was known any earlier. */
  readonly knownAt: number;
  readonly knownAtTime: UtcMs;
}

/** Higher high, lower high, higher low, lower low: against the previous pivot of that kind and scale. */
export type PivotLabel = 'HH' | 'LH' | 'HL' | 'LL';

export interface PivotEvent extends When {
  readonly kind: 'pivot';
  readonly scale: Scale;
  readonly side: Side;
  /** null: the first of its kind and scale. */
  readonly label: PivotLabel | null;
  readonly level: number;
}

/** A close beyond the last pivot: `bos` with the trend (or the very first), `choch` against it. `at` is the pivot. */
export interface BreakEvent extends When {
  readonly kind: 'bos' | 'choch';
  readonly scale: Scale;
  readonly direction: Direction;
  readonly level: number;
}

export type OrderBlockState = 'active' | 'touched' | 'mitigated' | 'breaker' | 'spent' | 'dropped';

/** `at` is the block's candle. `direction` stays the one it was born with, also as a breaker. */
export interface OrderBlockEvent extends When {
  readonly kind: 'order-block';
  readonly scale: Scale;
  readonly direction: Direction;
  readonly state: OrderBlockState;
  readonly id: string;
  readonly top: number;
  readonly bottom: number;
  /** Of the block's candle, in units of the base asset. */
  readonly volume: number;
  /** Summed from the candle after the block's to the breaking one. */
  readonly impulseVolume: number;
  /** Range from the block's candle to the breaking one ÷ ATR at the break; null while there is no ATR. */
  readonly strength: number | null;
}

export type GapState = 'open' | 'touched' | 'half' | 'filled' | 'inverse' | 'dropped';

/** `at` is the middle one of the gap's three candles. */
export interface GapEvent extends When {
  readonly kind: 'fair-value-gap';
  readonly direction: Direction;
  readonly state: GapState;
  readonly id: string;
  readonly top: number;
  readonly bottom: number;
}

/** Two highs, or two lows, in a row that differ by less than a fraction of the ATR. `at` is the second one. */
export interface EqualLevelEvent extends When {
  readonly kind: 'equal-level';
  readonly side: Side;
  readonly id: string;
  readonly level: number;
  readonly previousAt: number;
  readonly previousAtTime: UtcMs;
  readonly previousLevel: number;
}

/** What made the pool: a swing pivot, a pair of equal levels, a completed period, a closed session. */
export type PoolSource = 'swing' | 'equal' | PeriodName | SessionName;
export type PoolState = 'active' | 'swept' | 'run' | 'dropped';

/** Stops that wait above a high or below a low. `at` is the candle of the extreme (of a pair: the second one's). */
export interface LiquidityEvent extends When {
  readonly kind: 'liquidity';
  readonly side: Side;
  readonly source: PoolSource;
  readonly state: PoolState;
  readonly id: string;
  readonly level: number;
}

/** An extreme of a completed UTC day, week (from Monday) or month. `at` is its candle, the first one on ties. */
export interface PeriodLevelEvent extends When {
  readonly kind: 'period-level';
  readonly period: PeriodName;
  readonly side: Side;
  readonly level: number;
}

/** `at` is the session's first candle. */
export interface SessionEvent extends When {
  readonly kind: 'session';
  readonly session: SessionName;
  readonly state: 'open' | 'closed';
  /** Of the first candle when it opens, of the whole session once closed. */
  readonly high: number;
  readonly low: number;
}

export type SmcEvent =
  | PivotEvent
  | BreakEvent
  | OrderBlockEvent
  | GapEvent
  | EqualLevelEvent
  | LiquidityEvent
  | PeriodLevelEvent
  | SessionEvent;

export type SmcEventKind = SmcEvent['kind'];
