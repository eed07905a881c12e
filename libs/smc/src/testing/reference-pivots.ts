/** Reference: pivots, their labels, breaks of structure, and equal highs and lows. */
import type { Candle } from '@slt/domain';
import type { BreakEvent, Direction, EqualLevelEvent, PivotLabel, Scale, Side } from '../core/smc-event';
import type { SmcOptions } from '../core/smc-options';
import { highest, lowest, sideBrokenBy, when } from './reference-candles';

export interface Pivot {
  readonly side: Side;
  readonly at: number;
  readonly knownAt: number;
  readonly level: number;
  readonly label: PivotLabel | null;
}

/** In the order in which they became known; at most one a candle. */
export function pivotsOf(candles: readonly Candle[], size: number): Pivot[] {
  const pivots: Pivot[] = [];
  let leg: Direction | 'undecided' = 'undecided';
  for (let t = size; t < candles.length; t++) {
    const next: Direction | 'undecided' = legAt(candles, t, size) ?? leg;
    if (next !== leg) pivots.push(pivotAt(candles, t, size, next === 'bearish' ? 'high' : 'low', pivots));
    leg = next;
  }
  return pivots;
}

/** The leg that candle t asks for; undefined: it stays. A high goes before a low. */
function legAt(candles: readonly Candle[], t: number, size: number): Direction | undefined {
  const candidate = candles[t - size]!;
  if (candidate.high > highest(candles, t - size + 1, t + 1)) return 'bearish';
  if (candidate.low < lowest(candles, t - size + 1, t + 1)) return 'bullish';
  return undefined;
}

function pivotAt(
  candles: readonly Candle[],
  t: number,
  size: number,
  side: Side,
  before: readonly Pivot[],
): Pivot {
  const level = side === 'high' ? candles[t - size]!.high : candles[t - size]!.low;
  const previous = before.findLast((pivot) => pivot.side === side);
  return { side, at: t - size, knownAt: t, level, label: labelOf(side, level, previous) };
}

function labelOf(side: Side, level: number, previous: Pivot | undefined): PivotLabel | null {
  if (previous === undefined) return null;
  if (side === 'high') return level > previous.level ? 'HH' : 'LH';
  return level < previous.level ? 'LL' : 'HL';
}

/** The newest pivot of that side that is known at candle t. */
export function lastPivot(pivots: readonly Pivot[], side: Side, t: number): Pivot | undefined {
  return pivots.findLast((pivot) => pivot.side === side && pivot.knownAt <= t);
}

export interface Break {
  readonly kind: BreakEvent['kind'];
  readonly scale: Scale;
  readonly direction: Direction;
  readonly pivot: Pivot;
  /** The breaking candle. */
  readonly knownAt: number;
}

/** In the order of events: by candle, internal before swing, up before down. */
export function breaksOf(candles: readonly Candle[], pivots: Readonly<Record<Scale, Pivot[]>>): Break[] {
  const breaks: Break[] = [];
  for (let t = 1; t < candles.length; t++) {
    for (const scale of ['internal', 'swing'] as const) {
      for (const direction of ['bullish', 'bearish'] as const) {
        const pivot = brokenPivot(candles, pivots, scale, direction, t);
        if (pivot === undefined || breaks.some((earlier) => earlier.pivot === pivot)) continue;
        const bias = breaks.findLast((earlier) => earlier.scale === scale)?.direction ?? direction;
        breaks.push({ kind: bias === direction ? 'bos' : 'choch', scale, direction, pivot, knownAt: t });
      }
    }
  }
  return breaks;
}

/** The last pivot, if the close of candle t crosses it and the crossing counts; it may have been broken before. */
function brokenPivot(
  candles: readonly Candle[],
  pivots: Readonly<Record<Scale, Pivot[]>>,
  scale: Scale,
  direction: Direction,
  t: number,
): Pivot | undefined {
  const side = sideBrokenBy(direction);
  const pivot = lastPivot(pivots[scale], side, t);
  if (pivot === undefined || !crosses(candles, t, direction, pivot.level)) return undefined;
  const isSwingLevel = pivot.level === lastPivot(pivots.swing, side, t)?.level;
  return scale === 'internal' && isSwingLevel ? undefined : pivot;
}

function crosses(candles: readonly Candle[], t: number, direction: Direction, level: number): boolean {
  const before = candles[t - 1]!.close;
  const close = candles[t]!.close;
  return direction === 'bullish' ? close > level && before <= level : close < level && before >= level;
}

export function breakEvent(candles: readonly Candle[], found: Break): BreakEvent {
  const { kind, scale, direction, pivot, knownAt } = found;
  return { kind, scale, direction, level: pivot.level, ...when(candles, pivot.at, knownAt) };
}

/** Each pivot of the equal-level size against the one before it of its side; strictly nearer than the threshold. */
export function equalLevelsOf(
  candles: readonly Candle[],
  pivots: readonly Pivot[],
  atr: readonly (number | undefined)[],
  options: SmcOptions,
): EqualLevelEvent[] {
  return pivots.flatMap((pivot, i) => {
    const previous = pivots.slice(0, i).findLast((earlier) => earlier.side === pivot.side);
    const range = atr[pivot.knownAt];
    if (previous === undefined || range === undefined) return [];
    if (!(Math.abs(pivot.level - previous.level) < options.equalThreshold * range)) return [];
    return [equalLevelEvent(candles, pivot, previous)];
  });
}

function equalLevelEvent(candles: readonly Candle[], pivot: Pivot, previous: Pivot): EqualLevelEvent {
  const times = when(candles, pivot.at, pivot.knownAt);
  return {
    kind: 'equal-level',
    side: pivot.side,
    id: `eq-${pivot.side}-${times.knownAtTime}`,
    level: pivot.level,
    previousAt: previous.at,
    previousAtTime: candles[previous.at]!.openTime,
    previousLevel: previous.level,
    ...times,
  };
}
