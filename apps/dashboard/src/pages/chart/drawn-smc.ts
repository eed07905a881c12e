/** Structure, zones and liquidity as objects on the chart, and in words. */
import type {
  BlockEvent,
  BreakEvent,
  EqualLevelEvent,
  GapEvent,
  PivotEvent,
  PoolEvent,
} from '../../api/types/smc';
import { price } from '../../format';
import type { Drawn, Tone } from './drawn';
import type { Zone } from './zones';

const toneOf = (direction: 'bullish' | 'bearish'): Tone => (direction === 'bullish' ? 'up' : 'down');

const PIVOTS = { HH: 'higher high', LH: 'lower high', HL: 'higher low', LL: 'lower low' } as const;

export function drawnPivot({ scale, side, label, level, atTime, knownAtTime }: PivotEvent): Drawn {
  const what = label === null ? `first ${side}` : PIVOTS[label];
  return {
    id: `pivot-${scale}-${side}-${atTime}`,
    layer: scale === 'swing' ? 'swings' : 'internal',
    label: label ?? (side === 'high' ? 'H' : 'L'),
    what: `${scale} pivot, ${what}, at ${price(level)}`,
    state: label ?? 'first',
    tone: side === 'high' ? 'down' : 'up',
    isFaint: scale === 'internal',
    shape: { kind: 'mark', at: atTime, level, isAbove: side === 'high' },
    at: atTime,
    knownAt: knownAtTime,
    why: `No candle after it went ${side === 'high' ? 'higher' : 'lower'} for as many candles as a pivot of the ${scale} scale needs.`,
  };
}

export function drawnBreak({ kind, scale, direction, level, atTime, knownAtTime }: BreakEvent): Drawn {
  const name = kind === 'bos' ? 'BOS' : 'CHoCH';
  const meaning =
    kind === 'bos'
      ? 'a break of structure: with the trend, or the first of all'
      : 'a change of character: against the trend until then';
  return {
    id: `${kind}-${scale}-${direction}-${knownAtTime}`,
    layer: scale === 'swing' ? 'structure' : 'internal',
    label: name,
    what: `${direction} ${name} of the ${scale} structure at ${price(level)}`,
    state: direction,
    tone: toneOf(direction),
    isFaint: scale === 'internal',
    shape: { kind: 'line', from: atTime, to: knownAtTime, level },
    at: atTime,
    knownAt: knownAtTime,
    why: `A candle closed ${direction === 'bullish' ? 'above the last pivot high' : 'below the last pivot low'}: ${meaning}.`,
  };
}

const BLOCK_STATES: Readonly<Record<BlockEvent['state'], string>> = {
  active: 'price has not come back to it',
  touched: 'price has come back to it',
  mitigated: 'price has gone through it',
  breaker: 'price has closed beyond it: it works the other way now',
  spent: 'it is over',
  dropped: 'newer ones took its place',
};

export function drawnBlock({ born, latest }: Zone<BlockEvent>): Drawn {
  const { id, scale, direction, state, top, bottom, strength } = latest;
  const size = strength === null ? '' : `, ${strength.toFixed(1)} ATR strong`;
  return {
    id,
    layer: 'blocks',
    label: state === 'breaker' ? 'breaker' : 'OB',
    what: `${direction} order block of the ${scale} structure, ${price(bottom)} to ${price(top)}${size}`,
    state,
    tone: toneOf(direction),
    isFaint: state === 'mitigated',
    shape: {
      kind: 'zone',
      from: latest.atTime,
      to: state === 'mitigated' ? latest.knownAtTime : null,
      top,
      bottom,
    },
    at: latest.atTime,
    knownAt: born.knownAtTime,
    why: `The last candle against a move that broke structure; ${BLOCK_STATES[state]}.`,
  };
}

const GAP_STATES: Readonly<Record<GapEvent['state'], string>> = {
  open: 'price has not come back into it',
  touched: 'price has come back into it',
  half: 'price has filled half of it',
  filled: 'price has filled it',
  inverse: 'price has closed beyond it',
  dropped: 'newer ones took its place',
};

export function drawnGap({ born, latest }: Zone<GapEvent>): Drawn {
  const { id, direction, state, top, bottom, atTime } = latest;
  return {
    id,
    layer: 'gaps',
    label: 'FVG',
    what: `${direction} fair value gap, ${price(bottom)} to ${price(top)}`,
    state,
    tone: toneOf(direction),
    isFaint: state === 'filled',
    shape: { kind: 'zone', from: atTime, to: state === 'filled' ? latest.knownAtTime : null, top, bottom },
    at: atTime,
    knownAt: born.knownAtTime,
    why: `The wicks of the candles before and after leave this room untraded; ${GAP_STATES[state]}.`,
  };
}

export function drawnPool({ born, latest }: Zone<PoolEvent>): Drawn {
  const { id, side, source, level, state, atTime } = latest;
  return {
    id,
    layer: 'liquidity',
    label: side === 'high' ? 'BSL' : 'SSL',
    what: `liquidity ${side === 'high' ? 'above a high' : 'below a low'} (${source}) at ${price(level)}`,
    state,
    tone: side === 'high' ? 'down' : 'up',
    isFaint: true,
    shape: { kind: 'line', from: atTime, to: null, level },
    at: atTime,
    knownAt: born.knownAtTime,
    why: `Stops wait ${side === 'high' ? 'above' : 'below'} this ${source} ${side}; nobody has taken them yet.`,
  };
}

export function drawnSweep({ latest }: Zone<PoolEvent>): Drawn {
  const { id, side, source, level, atTime, knownAtTime } = latest;
  return {
    id: `sweep-${id}`,
    layer: 'liquidity',
    label: 'sweep',
    what: `sweep of the liquidity ${side === 'high' ? 'above a high' : 'below a low'} (${source}) at ${price(level)}`,
    state: 'swept',
    tone: side === 'high' ? 'down' : 'up',
    isFaint: false,
    shape: { kind: 'mark', at: knownAtTime, level, isAbove: side === 'high' },
    at: atTime,
    knownAt: knownAtTime,
    why: `A wick went ${side === 'high' ? 'above' : 'below'} it, and the candle closed back ${side === 'high' ? 'below' : 'above'}: the stops were taken, the price was not held.`,
  };
}

export function drawnEqualLevel(event: EqualLevelEvent): Drawn {
  const { id, side, level, previousAtTime, atTime, knownAtTime } = event;
  return {
    id,
    layer: 'liquidity',
    label: side === 'high' ? 'EQH' : 'EQL',
    what: `equal ${side}s at ${price(level)}`,
    state: 'pair',
    tone: side === 'high' ? 'down' : 'up',
    isFaint: false,
    shape: { kind: 'line', from: previousAtTime, to: atTime, level },
    at: atTime,
    knownAt: knownAtTime,
    why: `Two ${side}s in a row differ by less than a tenth of the average range (ATR).`,
  };
}
