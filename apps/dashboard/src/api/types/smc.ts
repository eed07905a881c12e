/** The event log of a series, as `GET /v1/symbols/{s}/smc/events` and events of type `smc` tell it; docs/smc.md has each kind. */
import type { Bias, Scale } from './market';

interface When {
  /** Open times: of the candle that it is about, and of the one that proved it. */
  readonly atTime: number;
  readonly knownAtTime: number;
}

export type Side = 'high' | 'low';
export type BlockState = 'active' | 'touched' | 'mitigated' | 'breaker' | 'spent' | 'dropped';
export type GapState = 'open' | 'touched' | 'half' | 'filled' | 'inverse' | 'dropped';
export type PoolState = 'active' | 'swept' | 'run' | 'dropped';

export interface PivotEvent extends When {
  readonly kind: 'pivot';
  readonly scale: Scale;
  readonly side: Side;
  readonly label: 'HH' | 'LH' | 'HL' | 'LL' | null;
  readonly level: number;
}

export interface BreakEvent extends When {
  readonly kind: 'bos' | 'choch';
  readonly scale: Scale;
  readonly direction: Bias;
  readonly level: number;
}

export interface BlockEvent extends When {
  readonly kind: 'order-block';
  readonly scale: Scale;
  readonly direction: Bias;
  readonly state: BlockState;
  readonly id: string;
  readonly top: number;
  readonly bottom: number;
  readonly strength: number | null;
}

export interface GapEvent extends When {
  readonly kind: 'fair-value-gap';
  readonly direction: Bias;
  readonly state: GapState;
  readonly id: string;
  readonly top: number;
  readonly bottom: number;
}

export interface EqualLevelEvent extends When {
  readonly kind: 'equal-level';
  readonly side: Side;
  readonly id: string;
  readonly level: number;
  readonly previousAtTime: number;
  readonly previousLevel: number;
}

export interface PoolEvent extends When {
  readonly kind: 'liquidity';
  readonly side: Side;
  readonly source: string;
  readonly state: PoolState;
  readonly id: string;
  readonly level: number;
}

export interface PeriodEvent extends When {
  readonly kind: 'period-level';
  readonly period: string;
  readonly side: Side;
  readonly level: number;
}

export interface SessionEvent extends When {
  readonly kind: 'session';
  readonly session: string;
  readonly state: 'open' | 'closed';
  readonly high: number;
  readonly low: number;
}

export type LogEvent =
  PivotEvent | BreakEvent | BlockEvent | GapEvent | EqualLevelEvent | PoolEvent | PeriodEvent | SessionEvent;

export interface SmcLog {
  readonly symbol: string;
  readonly interval: string;
  readonly candles: number;
  readonly firstOpenTime: number | null;
  readonly lastOpenTime: number | null;
  readonly events: readonly LogEvent[];
}
