/** The engine's present state as plain data, for APIs. */
import type { UtcMs } from '@slt/domain';
import type {
  Direction,
  GapState,
  OrderBlockState,
  PeriodName,
  PivotLabel,
  PoolSource,
  Scale,
  Side,
} from './smc-event';
import type { SessionName } from './session-name';

export interface SmcView {
  /** Candles seen so far. */
  readonly candles: number;
  readonly lastOpenTime: UtcMs | null;
  /** null before there are enough candles. */
  readonly atr: number | null;
  readonly structure: Readonly<Record<Scale, StructureView>>;
  /** Oldest first; internal ones, then swing. */
  readonly orderBlocks: readonly OrderBlockView[];
  /** Oldest first. */
  readonly gaps: readonly GapView[];
  /** Oldest first. */
  readonly liquidity: readonly PoolView[];
  /**
   * Level of the nearest of them above the price (highs) or below it (lows), undefined where there is none. A view that is
   * plain data does not have it.
   */
  readonly nearestLiquidity?: (side: Side, price: number) => number | undefined;
  /** The same zones for who looks at all of them and keeps none. A view that is plain data does not have it. */
  readonly sketches?: ZoneSketches;
  /** null before there was a swing pivot of each kind. */
  readonly dealingRange: DealingRangeView | null;
  readonly periods: Readonly<Record<PeriodName, PeriodView>>;
  readonly sessions: Readonly<Record<SessionName, SessionView>>;
}

/** Tells zones one by one, in no order. Without an object for each: there are hundreds at each signal. */
export interface ZoneSketches {
  orderBlocks(tell: TellBlock): void;
  gaps(tell: TellGap): void;
  liquidity(tell: TellPool): void;
}

export type TellBlock = (
  direction: Direction,
  state: OrderBlockView['state'],
  top: number,
  bottom: number,
  strength: number | null,
) => void;
export type TellGap = (direction: Direction, state: GapView['state'], top: number, bottom: number) => void;
export type TellPool = (side: Side, level: number) => void;

export interface StructureView {
  readonly bias: Direction | null;
  readonly high: PivotView | null;
  readonly low: PivotView | null;
  readonly lastBreak: BreakView | null;
}

export interface PivotView {
  readonly at: number;
  readonly atTime: UtcMs;
  readonly level: number;
  readonly label: PivotLabel | null;
  readonly isBroken: boolean;
}

export interface BreakView {
  readonly kind: 'bos' | 'choch';
  readonly direction: Direction;
  readonly level: number;
  readonly at: number;
  readonly atTime: UtcMs;
  readonly knownAt: number;
  readonly knownAtTime: UtcMs;
}

export interface OrderBlockView {
  readonly id: string;
  readonly scale: Scale;
  readonly direction: Direction;
  readonly state: Exclude<OrderBlockState, 'spent' | 'dropped'>;
  readonly top: number;
  readonly bottom: number;
  readonly at: number;
  readonly atTime: UtcMs;
  readonly volume: number;
  readonly impulseVolume: number;
  readonly strength: number | null;
}

export interface GapView {
  readonly id: string;
  readonly direction: Direction;
  readonly state: Exclude<GapState, 'inverse' | 'dropped'>;
  readonly top: number;
  readonly bottom: number;
  readonly at: number;
  readonly atTime: UtcMs;
}

export interface PoolView {
  readonly id: string;
  readonly side: Side;
  readonly source: PoolSource;
  readonly level: number;
  readonly at: number;
  readonly atTime: UtcMs;
}

export type RangeZone = 'premium' | 'upper' | 'equilibrium' | 'lower' | 'discount';

export interface DealingRangeView {
  readonly top: ExtremeView;
  readonly bottom: ExtremeView;
  /** Of the last close: 0 at the bottom, 1 at the top. */
  readonly position: number;
  readonly zone: RangeZone;
  /** null while the swing structure has no bias. */
  readonly highStrength: 'strong' | 'weak' | null;
  readonly lowStrength: 'strong' | 'weak' | null;
  readonly leg: 'up' | 'down';
  /** How far the last close is back from the leg's end, in per cent of the range. */
  readonly retracementPercent: number;
  /** Optimal trade entry: the prices at a retracement of 61.8 % and 78.6 %. */
  readonly ote: { readonly from: number; readonly to: number };
}

/** A price and its candle. */
export interface ExtremeView {
  readonly level: number;
  readonly at: number;
  readonly atTime: UtcMs;
}

export interface SpanView {
  readonly start: UtcMs;
  /** Exclusive. */
  readonly end: UtcMs;
  readonly high: ExtremeView;
  readonly low: ExtremeView;
}

export interface PeriodView {
  /** The one that goes on, from the first candle that the engine has seen of it; null when its last candle is in. */
  readonly current: SpanView | null;
  /** The last completed one that the engine has seen from its start. */
  readonly previous: SpanView | null;
}

export interface SessionView {
  /** null outside of the session, and in one that the engine entered in the middle. */
  readonly current: SpanView | null;
  readonly previous: SpanView | null;
}
