/** Reference: fair value gaps, their lives, and the two limits. */
import type { Candle } from '@slt/domain';
import type { Direction, GapEvent, GapState } from '../core/smc-event';
import type { SmcOptions } from '../core/smc-options';
import { atrOf, when } from './reference-candles';

interface Step {
  readonly state: GapState;
  /** The candle that proves it. */
  readonly t: number;
}

interface Gap {
  readonly direction: Direction;
  /** The third of its candles. */
  readonly bornAt: number;
  readonly top: number;
  readonly bottom: number;
  /** What price does to it as long as it is not dropped; ascending. */
  readonly life: readonly Step[];
}

/** By candle: what happens to the gaps that live, then the new one. */
export function gapEventsOf(candles: readonly Candle[], options: SmcOptions): GapEvent[][] {
  const atr = atrOf(candles, options.gapAtrLength);
  const live: Gap[] = [];
  return candles.map((_, t) => {
    const events = statesAt(candles, live, t, options);
    const gap = gapAt(candles, t, atr[t], options);
    if (gap !== undefined) events.push(...bear(candles, live, gap, options));
    return events;
  });
}

function gapAt(
  candles: readonly Candle[],
  t: number,
  atr: number | undefined,
  options: SmcOptions,
): Gap | undefined {
  if (t < 2) return undefined;
  const zone = zoneOf(candles[t - 2]!, candles[t - 1]!, candles[t]!);
  if (zone === undefined || !isLargeEnough(zone.top - zone.bottom, atr, options)) return undefined;
  return { ...zone, bornAt: t, life: lifeOf(candles, zone, t) };
}

function zoneOf(first: Candle, middle: Candle, last: Candle): Omit<Gap, 'bornAt' | 'life'> | undefined {
  if (last.low > first.high && middle.close > first.high) {
    return { direction: 'bullish', top: last.low, bottom: first.high };
  }
  if (last.high < first.low && middle.close < first.low) {
    return { direction: 'bearish', top: first.low, bottom: last.high };
  }
  return undefined;
}

/** k = 0 takes every gap; otherwise none before there is an ATR. */
function isLargeEnough(size: number, atr: number | undefined, options: SmcOptions): boolean {
  if (options.gapFilter === 0) return true;
  return atr !== undefined && size >= options.gapFilter * atr;
}

/** From the candle after the gap on; a candle may pass several states. */
function lifeOf(candles: readonly Candle[], zone: Omit<Gap, 'bornAt' | 'life'>, bornAt: number): Step[] {
  const life: Step[] = [];
  const has = (state: GapState): boolean => life.some((step) => step.state === state);
  for (let t = bornAt + 1; t < candles.length && !has('inverse'); t++) {
    const price = seenFrom(zone, candles[t]!);
    if (!has('touched') && price.enters) life.push({ state: 'touched', t });
    if (!has('half') && price.reachesHalf) life.push({ state: 'half', t });
    if (!has('filled') && price.passesThrough) life.push({ state: 'filled', t });
    if (has('filled') && price.closesBeyond) life.push({ state: 'inverse', t });
  }
  return life;
}

/** What the candle does to a bullish gap from above, to a bearish one mirrored. */
function seenFrom({ direction, top, bottom }: Omit<Gap, 'bornAt' | 'life'>, { high, low, close }: Candle) {
  const middle = (top + bottom) / 2;
  return direction === 'bullish'
    ? {
        enters: low < top,
        reachesHalf: low <= middle,
        passesThrough: low < bottom,
        closesBeyond: close < bottom,
      }
    : {
        enters: high > bottom,
        reachesHalf: high >= middle,
        passesThrough: high > top,
        closesBeyond: close > top,
      };
}

/** Makes room if the limit of unfilled gaps is reached, then adds the gap. */
function bear(candles: readonly Candle[], live: Gap[], gap: Gap, options: SmcOptions): GapEvent[] {
  const events: GapEvent[] = [];
  const unfilled = live.filter((each) => !isFilledAt(each, gap.bornAt));
  if (unfilled.length >= options.gapLimit) events.push(drop(candles, live, unfilled[0]!, gap.bornAt));
  live.push(gap);
  events.push(gapEvent(candles, gap, 'open', gap.bornAt));
  return events;
}

/** The states that candle t brings, by creation; each gap filled on it may push the oldest filled one out. */
function statesAt(candles: readonly Candle[], live: Gap[], t: number, options: SmcOptions): GapEvent[] {
  const events: GapEvent[] = [];
  const waiting = live.filter((gap) => isFilledAt(gap, t - 1));
  for (const gap of [...live]) {
    const states = gap.life.filter((step) => step.t === t).map((step) => step.state);
    events.push(...states.map((state) => gapEvent(candles, gap, state, t)));
    if (states.includes('inverse')) {
      remove(live, gap);
      if (waiting.includes(gap)) remove(waiting, gap);
    } else if (states.includes('filled')) {
      waiting.push(gap);
      waiting.sort((a, b) => a.bornAt - b.bornAt);
      if (waiting.length > options.gapLimit) events.push(drop(candles, live, waiting.shift()!, t));
    }
  }
  return events;
}

function isFilledAt(gap: Gap, t: number): boolean {
  return gap.life.some((step) => step.state === 'filled' && step.t <= t);
}

function drop(candles: readonly Candle[], live: Gap[], gap: Gap, t: number): GapEvent {
  remove(live, gap);
  return gapEvent(candles, gap, 'dropped', t);
}

function remove(list: Gap[], gap: Gap): void {
  list.splice(list.indexOf(gap), 1);
}

function gapEvent(candles: readonly Candle[], gap: Gap, state: GapState, t: number): GapEvent {
  const { direction, bornAt, top, bottom } = gap;
  const id = `fvg-${direction}-${candles[bornAt]!.openTime}`;
  return { kind: 'fair-value-gap', direction, state, id, top, bottom, ...when(candles, bornAt - 1, t) };
}
