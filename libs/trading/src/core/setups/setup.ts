/** What set-ups see and say before they are signals. Exact rules: docs/trading-risk.md. */
import type { Candle, CandleSeries } from '@slt/domain';
import type { Direction as SmcDirection, PoolSource, Scale, SmcEvent, SmcView } from '@slt/smc';
import type { Direction, Setup } from '../signal';

/** The market as far as a set-up may ask; asked only once there is a candidate, for the view is costly. */
export interface MarketContext {
  /** After the candle; undefined while there is no engine. */
  view(): SmcView | undefined;
  /** Volume of the candle ÷ mean of those before it; undefined or NaN where it is not known. */
  relativeVolume?(): number | undefined;
  /** Its newest candle is the one that is told. */
  series?(): CandleSeries | undefined;
}

/** What spoke for it: the confidence is made of this. */
export type Evidence =
  /** `depth`: how far the wicks went beyond the level of the pool that is told, in price; never negative. */
  | { readonly kind: 'sweep'; readonly source: PoolSource; readonly depth: number }
  /** `strength` in ATR, null while it is not known. */
  | { readonly kind: 'block'; readonly scale: Scale; readonly strength: number | null }
  | { readonly kind: 'gap'; readonly height: number };

/** A set-up is complete; whether it becomes a signal depends on the view. */
export interface Candidate {
  readonly setup: Setup;
  readonly direction: Direction;
  /** Price beyond which the idea is wrong. */
  readonly invalidation: number;
  readonly evidence: Evidence;
}

/**
 * One set-up of one symbol and interval. Of every closed candle, in order, it is told what SMC proved by it, event by event,
 * and then the candle; it keeps what it waits for.
 */
export interface Detector<Heard extends SmcEvent> {
  /** @param events of the same candle, this one among them */
  hear(event: Heard, events: readonly SmcEvent[]): void;
  /** @returns what this candle completed, at most one a direction; always the same list when that is nothing */
  step(candle: Candle): readonly Candidate[];
  reset(): void;
}

/** In the order in which candidates of one candle are told. */
export const DIRECTIONS: readonly SmcDirection[] = ['bullish', 'bearish'];
export const NO_CANDIDATES: readonly Candidate[] = Object.freeze([]);
