/** Candles, events and views for the specs of this folder. */
import { type Candle, MINUTE_MS, type UtcMs } from '@slt/domain';
import type {
  BreakEvent,
  GapEvent,
  LiquidityEvent,
  OrderBlockEvent,
  PoolView,
  SessionName,
  SmcEvent,
  SmcView,
  StructureView,
} from '@slt/smc';
import type { Candidate, Detector } from './setup';

export const START: UtcMs = Date.UTC(2025, 4, 6);

/** `[open, high, low, close]` */
export type Bar = readonly [open: number, high: number, low: number, close: number];

export function candleOf([open, high, low, close]: Bar, index = 0): Candle {
  return { openTime: START + index * MINUTE_MS, open, high, low, close, volume: 1 };
}

/** A candle and what SMC proved by it. */
export function step<Heard extends SmcEvent>(
  detector: Detector<Heard>,
  candle: Candle,
  events: readonly Heard[],
): readonly Candidate[] {
  for (const event of events) detector.hear(event, events);
  return detector.step(candle);
}

const WHEN = { at: 0, atTime: START, knownAt: 0, knownAtTime: START };

export const sweepOf = (
  side: 'high' | 'low',
  source: LiquidityEvent['source'] = 'swing',
): LiquidityEvent => ({
  ...WHEN,
  kind: 'liquidity',
  side,
  source,
  state: 'swept',
  id: `liq-${source}-${side}`,
  level: 100,
});

export const breakOf = (
  kind: 'bos' | 'choch',
  direction: BreakEvent['direction'],
  scale: BreakEvent['scale'] = 'internal',
): BreakEvent => ({ ...WHEN, kind, scale, direction, level: 100 });

export const blockOf = (
  state: OrderBlockEvent['state'],
  given: Partial<OrderBlockEvent> = {},
): OrderBlockEvent => ({
  ...WHEN,
  kind: 'order-block',
  scale: 'internal',
  direction: 'bullish',
  state,
  id: 'ob',
  top: 101,
  bottom: 99,
  volume: 1,
  impulseVolume: 1,
  strength: 5,
  ...given,
});

export const gapOf = (state: GapEvent['state'], given: Partial<GapEvent> = {}): GapEvent => ({
  ...WHEN,
  kind: 'fair-value-gap',
  direction: 'bullish',
  state,
  id: 'fvg',
  top: 101,
  bottom: 99,
  ...given,
});

export const poolOf = (side: 'high' | 'low', level: number): PoolView => ({
  id: `${side}-${level}`,
  side,
  source: 'swing',
  level,
  at: 0,
  atTime: START,
});

const structureOf = (bias: StructureView['bias']): StructureView => ({
  bias,
  high: null,
  low: null,
  lastBreak: null,
});
const NO_SPAN = { current: null, previous: null };

export interface ViewFacts {
  readonly atr?: number | null;
  readonly swingBias?: StructureView['bias'];
  readonly internalBias?: StructureView['bias'];
  readonly pools?: readonly PoolView[];
  /** Of the close in the dealing range. */
  readonly position?: number;
  readonly sessions?: readonly SessionName[];
  /** Levels of the last internal pivots. */
  readonly pivots?: { readonly high?: number; readonly low?: number };
}

export function viewOf(facts: ViewFacts = {}): SmcView {
  const { atr = 1, swingBias = null, internalBias = null, pools = [], position, sessions = [] } = facts;
  const extreme = (level: number) => ({ level, at: 0, atTime: START });
  const pivot = (level: number | undefined) =>
    level === undefined ? null : { ...extreme(level), label: null, isBroken: false };
  const span = { start: START, end: START + 1, high: extreme(1), low: extreme(1) };
  const sessionOf = (name: SessionName) => ({
    current: sessions.includes(name) ? span : null,
    previous: null,
  });
  return {
    candles: 500,
    lastOpenTime: START,
    atr,
    structure: {
      swing: structureOf(swingBias),
      internal: {
        ...structureOf(internalBias),
        high: pivot(facts.pivots?.high),
        low: pivot(facts.pivots?.low),
      },
    },
    orderBlocks: [],
    gaps: [],
    liquidity: pools,
    dealingRange:
      position === undefined
        ? null
        : {
            top: extreme(1),
            bottom: extreme(0),
            position,
            zone: 'equilibrium',
            highStrength: null,
            lowStrength: null,
            leg: 'up',
            retracementPercent: 0,
            ote: { from: 0, to: 0 },
          },
    periods: { day: NO_SPAN, week: NO_SPAN, month: NO_SPAN },
    sessions: {
      sydney: sessionOf('sydney'),
      tokyo: sessionOf('tokyo'),
      london: sessionOf('london'),
      'new-york': sessionOf('new-york'),
      'asian-kill-zone': sessionOf('asian-kill-zone'),
      'london-kill-zone': sessionOf('london-kill-zone'),
      'new-york-kill-zone': sessionOf('new-york-kill-zone'),
    },
  };
}

/** A binary fraction: 200 − price is exact. */
const TICK = 1 / 1_024;
const onTick = (price: number): number => Math.round(price / TICK) * TICK;

/** A market of trends, turns and wicks; the same for the same seed. */
export function walk(seed: number, length: number): Candle[] {
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  let price = 100;
  let drift = 0;
  return Array.from({ length }, (_, i) => {
    if (random() < 0.02) drift = (random() - 0.5) * 0.002;
    const open = price;
    const jump = random() < 0.02 ? 5 : 1;
    const close = onTick(open * Math.exp(drift + (random() - 0.5) * 0.003 * jump));
    const high = onTick(Math.max(open, close) * (1 + random() * 0.001 * jump));
    const low = onTick(Math.min(open, close) * (1 - random() * 0.001 * jump));
    price = close;
    return { openTime: START + i * MINUTE_MS, open, high, low, close, volume: 1 + random() * 10 };
  });
}
