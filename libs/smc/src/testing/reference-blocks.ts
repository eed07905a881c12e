/** Reference: order blocks, their lives, and the two limits. */
import type { Candle } from '@slt/domain';
import type { Direction, OrderBlockEvent, OrderBlockState, Scale } from '../core/smc-event';
import type { SmcOptions } from '../core/smc-options';
import { byCandle, highest, lowest, when } from './reference-candles';
import type { Break } from './reference-pivots';

interface Step {
  readonly state: OrderBlockState;
  /** The candle that proves it. */
  readonly t: number;
}

interface Block {
  readonly scale: Scale;
  readonly direction: Direction;
  readonly at: number;
  /** The breaking candle. */
  readonly bornAt: number;
  readonly top: number;
  readonly bottom: number;
  readonly volume: number;
  readonly impulseVolume: number;
  readonly strength: number | null;
  /** What price does to it as long as it is not dropped; ascending. */
  readonly life: readonly Step[];
}

type Atr = readonly (number | undefined)[];

/** What happens to blocks at each candle: at each of its breaks, and afterwards to all that live. */
export interface BlockEvents {
  /** By break. */
  readonly births: ReadonlyMap<Break, readonly OrderBlockEvent[]>;
  /** By candle. */
  readonly states: readonly (readonly OrderBlockEvent[])[];
}

export function blockEventsOf(
  candles: readonly Candle[],
  breaks: readonly Break[],
  atr: Atr,
  options: SmcOptions,
): BlockEvents {
  const births = new Map<Break, OrderBlockEvent[]>();
  const states: OrderBlockEvent[][] = [];
  const breaksAt = byCandle(candles, breaks);
  const live: Record<Scale, Block[]> = { internal: [], swing: [] };
  for (let t = 0; t < candles.length; t++) {
    for (const found of breaksAt[t]!) {
      births.set(found, bear(candles, live[found.scale], blockOf(candles, found, atr, options), options));
    }
    states.push([
      ...statesAt(candles, live.internal, t, options),
      ...statesAt(candles, live.swing, t, options),
    ]);
  }
  return { births, states };
}

function blockOf(candles: readonly Candle[], found: Break, atr: Atr, options: SmcOptions): Block {
  const { scale, direction, knownAt: bornAt } = found;
  const at = blockCandle(candles, found, atr, options);
  const { high: top, low: bottom, volume } = candles[at]!;
  const impulse = candles.slice(at + 1, bornAt + 1);
  const range = highest(candles, at, bornAt + 1) - lowest(candles, at, bornAt + 1);
  const strength = range / (atr[bornAt] ?? NaN);
  const shape = { scale, direction, at, bornAt, top, bottom, volume };
  return {
    ...shape,
    impulseVolume: impulse.reduce((sum, candle) => sum + candle.volume, 0),
    strength: Number.isFinite(strength) ? strength : null,
    life: lifeOf(candles, shape, options),
  };
}

/** Bullish: lowest parsed low in [pivot, breaking candle); bearish: highest parsed high; the first on ties. */
function blockCandle(candles: readonly Candle[], found: Break, atr: Atr, options: SmcOptions): number {
  let best = found.pivot.at;
  for (let i = found.pivot.at; i < found.knownAt; i++) {
    const here = parsed(candles, i, atr, options);
    const there = parsed(candles, best, atr, options);
    if (found.direction === 'bullish' ? here.low < there.low : here.high > there.high) best = i;
  }
  return best;
}

/** High and low, swapped on a candle whose range is at least twice (volatilityFactor) the ATR at that candle. */
function parsed(
  candles: readonly Candle[],
  i: number,
  atr: Atr,
  options: SmcOptions,
): { high: number; low: number } {
  const { high, low } = candles[i]!;
  const range = atr[i];
  const isVolatile = range !== undefined && high - low >= options.volatilityFactor * range;
  return isVolatile ? { high: low, low: high } : { high, low };
}

/** From the breaking candle on; a candle may pass several states. */
function lifeOf(
  candles: readonly Candle[],
  block: Pick<Block, 'direction' | 'bornAt' | 'top' | 'bottom'>,
  options: SmcOptions,
): Step[] {
  const life: Step[] = [];
  const has = (state: OrderBlockState): boolean => life.some((step) => step.state === state);
  for (let t = block.bornAt; t < candles.length && !has('spent'); t++) {
    const price = seenFrom(block, candles[t]!);
    const wasBreaker = has('breaker');
    const isMitigating = options.mitigation === 'close' ? price.closesBeyond : price.passesThrough;
    if (!has('touched') && price.enters) life.push({ state: 'touched', t });
    if (!has('mitigated') && isMitigating) life.push({ state: 'mitigated', t });
    if (!wasBreaker && has('mitigated') && price.closesBeyond) life.push({ state: 'breaker', t });
    if (wasBreaker && price.closesBack) life.push({ state: 'spent', t });
  }
  return life;
}

/** What the candle does to a bullish block from above, to a bearish one mirrored. */
function seenFrom(block: Pick<Block, 'direction' | 'top' | 'bottom'>, candle: Candle) {
  const { top, bottom } = block;
  const { high, low, close } = candle;
  return block.direction === 'bullish'
    ? {
        enters: low < top,
        passesThrough: low < bottom,
        closesBeyond: close < bottom,
        closesBack: close > top,
      }
    : {
        enters: high > bottom,
        passesThrough: high > top,
        closesBeyond: close > top,
        closesBack: close < bottom,
      };
}

/** Makes room if the limit of unmitigated blocks is reached, then adds the block. */
function bear(
  candles: readonly Candle[],
  live: Block[],
  block: Block,
  options: SmcOptions,
): OrderBlockEvent[] {
  const events: OrderBlockEvent[] = [];
  const unmitigated = live.filter((each) => !isMitigatedBefore(each, block.bornAt));
  if (unmitigated.length >= options.blockLimit) {
    events.push(drop(candles, live, unmitigated[0]!, block.bornAt));
  }
  live.push(block);
  events.push(blockEvent(candles, block, 'active', block.bornAt));
  return events;
}

/** The states that candle t brings, by creation; each block mitigated on it may push the oldest mitigated one out. */
function statesAt(
  candles: readonly Candle[],
  live: Block[],
  t: number,
  options: SmcOptions,
): OrderBlockEvent[] {
  const events: OrderBlockEvent[] = [];
  const kept = live.filter((block) => isMitigatedBefore(block, t));
  for (const block of [...live]) {
    const steps = block.life.filter((step) => step.t === t);
    events.push(...steps.map(({ state }) => blockEvent(candles, block, state, t)));
    if (steps.some((step) => step.state === 'spent')) {
      remove(live, block);
      remove(kept, block);
    }
    if (steps.some((step) => step.state === 'mitigated')) {
      kept.push(block);
      kept.sort((a, b) => live.indexOf(a) - live.indexOf(b));
      if (kept.length > options.breakerLimit) events.push(drop(candles, live, kept.shift()!, t));
    }
  }
  return events;
}

function isMitigatedBefore(block: Block, t: number): boolean {
  return block.life.some((step) => step.state === 'mitigated' && step.t < t);
}

function drop(candles: readonly Candle[], live: Block[], block: Block, t: number): OrderBlockEvent {
  remove(live, block);
  return blockEvent(candles, block, 'dropped', t);
}

function remove(list: Block[], block: Block): void {
  list.splice(list.indexOf(block), 1);
}

function blockEvent(
  candles: readonly Candle[],
  block: Block,
  state: OrderBlockState,
  t: number,
): OrderBlockEvent {
  const { scale, direction, at, bornAt, top, bottom, volume, impulseVolume, strength } = block;
  const id = `ob-${scale}-${direction}-${candles[bornAt]!.openTime}`;
  const zone = { id, top, bottom, volume, impulseVolume, strength };
  return { kind: 'order-block', scale, direction, state, ...zone, ...when(candles, at, t) };
}
