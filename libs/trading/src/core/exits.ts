/**
 * When to leave a position that neither its stop nor its target has closed: too long held, going nowhere, or the
 * structure has turned against it. Judged at each closed candle, and in between by time alone. Pure.
 */
import { type DurationMs, HOUR_MS, MINUTE_MS, type UtcMs } from '@slt/domain';
import type { SmcEvent } from '@slt/smc';
import type { ExitReason } from './position';
import type { Direction } from './signal';

/**
 * Which break against the position ends it. `swing`: a close beyond the swing pivot, so that the larger structure is in
 * other hands. `internal`: also a change of character inside it, which on one-minute candles comes every few candles.
 */
export type OppositeStructure = 'off' | 'swing' | 'internal';

export interface ExitOptions {
  readonly maxHoldMs: DurationMs;
  readonly stagnationMs: DurationMs;
  /** Of the entry price; a candle that goes beyond it with its wick has moved. */
  readonly stagnationMove: number;
  readonly oppositeStructure: OppositeStructure;
}

export const DEFAULT_EXITS: ExitOptions = Object.freeze({
  maxHoldMs: 2 * HOUR_MS,
  stagnationMs: 30 * MINUTE_MS,
  stagnationMove: 0.001,
  oppositeStructure: 'swing',
});

/** What is remembered of a position's candles. */
export interface ExitWatch {
  readonly direction: Direction;
  readonly openedAt: UtcMs;
  readonly entryPrice: number;
  /** Close time of the last candle that was away from the entry; the opening as long as none was. */
  readonly movedAt: UtcMs;
}

export interface ExitCandle {
  /** Open time + interval. */
  readonly closeTime: UtcMs;
  readonly high: number;
  readonly low: number;
}

export function watchPosition(direction: Direction, openedAt: UtcMs, entryPrice: number): ExitWatch {
  return { direction, openedAt, entryPrice, movedAt: openedAt };
}

/** After a restart: fed with the candles since the entry it knows what it would have known. */
export function watchCandle(
  watch: ExitWatch,
  candle: ExitCandle,
  options: ExitOptions = DEFAULT_EXITS,
): ExitWatch {
  if (candle.closeTime <= watch.movedAt) return watch;
  const { entryPrice } = watch;
  const band = entryPrice * options.stagnationMove;
  const hasMoved = candle.high > entryPrice + band || candle.low < entryPrice - band;
  return hasMoved ? { ...watch, movedAt: candle.closeTime } : watch;
}

/** By time alone; null: stay. When both are due the maximum hold is the reason. */
export function exitByTime(
  watch: ExitWatch,
  now: UtcMs,
  options: ExitOptions = DEFAULT_EXITS,
): ExitReason | null {
  if (now - watch.openedAt >= options.maxHoldMs) return 'max-hold';
  return now - watch.movedAt >= options.stagnationMs ? 'stagnation' : null;
}

/**
 * At a closed candle; null: stay.
 * @param watch with that candle seen
 * @param events that this candle proved, of the interval the position was opened on
 */
export function exitAtClose(
  watch: ExitWatch,
  closeTime: UtcMs,
  events: readonly SmcEvent[],
  options: ExitOptions = DEFAULT_EXITS,
): ExitReason | null {
  const byTime = exitByTime(watch, closeTime, options);
  if (byTime === 'max-hold') return byTime;
  // What was known when it was opened is no news.
  const isTurned = closeTime > watch.openedAt && events.some((event) => isAgainst(watch, event, options));
  return isTurned ? 'opposite-structure' : byTime;
}

/** Time at which `exitByTime` will have a reason if no candle moves before. */
export function nextExitTime(watch: ExitWatch, options: ExitOptions = DEFAULT_EXITS): UtcMs {
  return Math.min(watch.openedAt + options.maxHoldMs, watch.movedAt + options.stagnationMs);
}

function isAgainst(watch: ExitWatch, event: SmcEvent, { oppositeStructure }: ExitOptions): boolean {
  if (oppositeStructure === 'off' || (event.kind !== 'bos' && event.kind !== 'choch')) return false;
  if (event.direction === (watch.direction === 'long' ? 'bullish' : 'bearish')) return false;
  return event.scale === 'swing' || (oppositeStructure === 'internal' && event.kind === 'choch');
}
