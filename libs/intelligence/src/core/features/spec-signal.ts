/** A signal in a market where everything can be reckoned by hand, for the specs of this folder. */
import { type Candle, CandleSeries, columnsOf, MINUTE_MS, type UtcMs } from '@slt/domain';
import type { GapView, OrderBlockView, PoolView, SessionName, SmcView } from '@slt/smc';
import type { ScoreInput } from '@slt/trading';
import type { MarketFacts } from '../market-facts';
import { FEATURES, featuresOf } from './index';

export const START: UtcMs = Date.UTC(2025, 4, 6);
export const LENGTH = 128;
/** Close of the newest of `LENGTH` candles that begin at `START`. */
export const AT: UtcMs = START + LENGTH * MINUTE_MS;

/** `[open, high, low, close, volume]` */
export type Bar = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** From 99 to 101 and back to 100: a true range of 2. */
export const QUIET: Bar = [100, 101, 99, 100];

export function candlesOf(bars: readonly Bar[], start = START): Candle[] {
  return bars.map(([open, high, low, close, volume = 1], i) => ({
    openTime: start + i * MINUTE_MS,
    open,
    high,
    low,
    close,
    volume,
  }));
}

/** `LENGTH` quiet bars, the newest ones replaced by those given. */
export function barsEndingIn(...newest: readonly Bar[]): Bar[] {
  const quiet = Array.from({ length: LENGTH - newest.length }, (): Bar => QUIET);
  return [...quiet, ...newest];
}

/** A straight way: each bar `step` above the one before, its range always 2 and its true range too. */
export function barsRising(step: number, length = LENGTH): Bar[] {
  return Array.from({ length }, (_, i): Bar => {
    const close = 1_000 + i * step;
    return [close - step, close + 1, close - 1, close];
  });
}

export function seriesOf(candles: readonly Candle[], capacity = Math.max(1, candles.length)): CandleSeries {
  const series = new CandleSeries('AAAUSDT', '1m', capacity);
  series.load(columnsOf(candles));
  return series;
}

const WHEN = { at: 0, atTime: START };
export const blockOf = (given: Partial<OrderBlockView>): OrderBlockView => ({
  ...WHEN,
  id: 'ob',
  scale: 'internal',
  direction: 'bullish',
  state: 'active',
  top: 1,
  bottom: 0,
  volume: 1,
  impulseVolume: 1,
  strength: 5,
  ...given,
});
export const gapOf = (given: Partial<GapView>): GapView => ({
  ...WHEN,
  id: 'fvg',
  direction: 'bullish',
  state: 'open',
  top: 1,
  bottom: 0,
  ...given,
});
export const poolOf = (side: PoolView['side'], level: number): PoolView => ({
  ...WHEN,
  id: `${side}-${level}`,
  side,
  source: 'swing',
  level,
});

export interface ViewFacts extends Partial<Pick<SmcView, 'orderBlocks' | 'gaps' | 'liquidity'>> {
  readonly swing?: 'bullish' | 'bearish' | null;
  readonly internal?: 'bullish' | 'bearish' | null;
  /** Of the close in the dealing range; null: there is none. */
  readonly position?: number | null;
  readonly sessions?: readonly SessionName[];
}

export function viewOf(facts: ViewFacts = {}): SmcView {
  const { swing = null, internal = null, position = 0.5, sessions = [] } = facts;
  const extreme = (level: number) => ({ level, ...WHEN });
  const span = { start: START, end: AT, high: extreme(1), low: extreme(1) };
  const structureOf = (bias: 'bullish' | 'bearish' | null) => ({
    bias,
    high: null,
    low: null,
    lastBreak: null,
  });
  const sessionOf = (name: SessionName) => ({
    current: sessions.includes(name) ? span : null,
    previous: null,
  });
  const range = {
    top: extreme(1),
    bottom: extreme(0),
    zone: 'equilibrium',
    highStrength: null,
    lowStrength: null,
    leg: 'up',
    retracementPercent: 0,
    ote: { from: 0, to: 0 },
  } as const;
  return {
    candles: LENGTH,
    lastOpenTime: AT - MINUTE_MS,
    atr: 2,
    structure: { swing: structureOf(swing), internal: structureOf(internal) },
    orderBlocks: facts.orderBlocks ?? [],
    gaps: facts.gaps ?? [],
    liquidity: facts.liquidity ?? [],
    dealingRange: position === null ? null : { ...range, position },
    periods: {
      day: { current: null, previous: null },
      week: { current: null, previous: null },
      month: { current: null, previous: null },
    },
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

export interface Scene {
  readonly view?: ViewFacts;
  readonly input?: Partial<ScoreInput>;
  readonly bars?: readonly Bar[];
  /** Its newest opened a candle before the signal's. */
  readonly leader?: readonly Bar[];
  readonly fundingRate?: number;
  readonly tickSize?: number;
}

export function factsOf({ leader, fundingRate, tickSize }: Scene): MarketFacts {
  return {
    leader: () =>
      leader === undefined
        ? undefined
        : seriesOf(candlesOf(leader, AT - MINUTE_MS - leader.length * MINUTE_MS)),
    fundingRate: () => fundingRate,
    tickSize: () => tickSize,
  };
}

/** A long at 100 in a market with an ATR of 2: 3 to the stop, 6 to the target. */
export function inputOf({ view, input, bars = barsEndingIn() }: Scene): ScoreInput {
  return {
    symbol: 'AAAUSDT',
    interval: '1m',
    at: AT,
    series: seriesOf(candlesOf(bars)),
    setup: 'block-retest',
    direction: 'long',
    entry: 100,
    stop: 97,
    target: 106,
    targetIs: 'reward',
    evidence: { kind: 'block', scale: 'internal', strength: 5 },
    view: viewOf(view),
    relativeVolume: undefined,
    ...input,
  };
}

export const SHORT: Partial<ScoreInput> = { direction: 'short', stop: 103, target: 94 };

/** What the feature says of the scene. */
export function measured(name: string, scene: Scene): number {
  const place = FEATURES.findIndex((feature) => feature.name === name);
  return featuresOf(inputOf(scene), factsOf(scene))[place]!;
}
