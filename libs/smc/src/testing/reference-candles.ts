/**
 * Slow, obvious reference for the SMC engine, written from the definitions (docs/smc.md) and from nothing else: it shares
 * types and options with the engine, no code. This file: what the other ones say about candles in common.
 */
import type { Candle } from '@slt/domain';
import type { Direction, Side, When } from '../core/smc-event';

export function when(candles: readonly Candle[], at: number, knownAt: number): When {
  return { at, atTime: candles[at]!.openTime, knownAt, knownAtTime: candles[knownAt]!.openTime };
}

/** The members of the list by the candle at which they become known, in the list's order. */
export function byCandle<T extends { readonly knownAt: number }>(
  candles: readonly Candle[],
  list: readonly T[],
): T[][] {
  const lists: T[][] = candles.map(() => []);
  for (const each of list) lists[each.knownAt]!.push(each);
  return lists;
}

/** Largest high of the candles [from, to), to exclusive. */
export function highest(candles: readonly Candle[], from: number, to: number): number {
  return Math.max(...candles.slice(from, to).map((candle) => candle.high));
}

/** Smallest low of the candles [from, to), to exclusive. */
export function lowest(candles: readonly Candle[], from: number, to: number): number {
  return Math.min(...candles.slice(from, to).map((candle) => candle.low));
}

/** The pivots that a break in this direction breaks. */
export function sideBrokenBy(direction: Direction): Side {
  return direction === 'bullish' ? 'high' : 'low';
}

/**
 * Wilder's ATR at every candle: the mean of the first n true ranges at the n-th candle, from then on
 * (previous × (n − 1) + true range) ÷ n. Undefined before the n-th candle.
 */
export function atrOf(candles: readonly Candle[], n: number): (number | undefined)[] {
  const ranges = candles.map((candle, t) => trueRange(candle, candles[t - 1]));
  const atr: (number | undefined)[] = [];
  for (let t = 0; t < candles.length; t++) {
    if (t < n - 1) atr.push(undefined);
    else if (t === n - 1) atr.push(ranges.slice(0, n).reduce((sum, range) => sum + range, 0) / n);
    else atr.push((atr[t - 1]! * (n - 1) + ranges[t]!) / n);
  }
  return atr;
}

function trueRange(candle: Candle, previous: Candle | undefined): number {
  const range = candle.high - candle.low;
  if (previous === undefined) return range;
  return Math.max(range, Math.abs(candle.high - previous.close), Math.abs(candle.low - previous.close));
}
