/**
 * How sure a signal is: a heuristic of named parts that anybody can add up, and the seam for a learned one. Weights are
 * judgements, not measurements; docs/trading-risk.md lists them.
 */
import type { CandleSeries, Interval, UtcMs } from '@slt/domain';
import type { PoolSource, SessionName, SmcView } from '@slt/smc';
import { type Assessment, type Direction, type Setup, signOf } from './signal';
import type { Evidence } from './setups/setup';

/** Everything that a score may be made of, known at the close of the signal's candle. */
export interface ScoreInput {
  readonly symbol: string;
  readonly interval: Interval;
  /** Close time of the signal's candle. */
  readonly at: UtcMs;
  /** Its newest candle is the signal's; undefined where nobody keeps one. Its content changes with every candle. */
  readonly series: CandleSeries | undefined;
  readonly setup: Setup;
  readonly direction: Direction;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  readonly targetIs: 'pool' | 'reward';
  readonly evidence: Evidence;
  readonly view: SmcView;
  /** Undefined or NaN where it is not known. */
  readonly relativeVolume: number | undefined;
}

export interface Score {
  /** In [0, 1]. */
  readonly confidence: number;
  /** Summands: they add up to the confidence before it is clamped. */
  readonly parts: Readonly<Record<string, number>>;
  readonly assessment?: Assessment;
}

/** The seam: a learned probability is another of these. */
export type Scorer = (input: ScoreInput) => Score;

const BASE = 0.5;
const SWING_BIAS = 0.08;
const INTERNAL_BIAS = 0.04;
/** At the far end of the dealing range. */
const LOCATION = 0.08;
const MAX_EVIDENCE = 0.1;
const SESSION = 0.03;
const KILL_ZONE = 0.05;
const MAX_VOLUME = 0.06;
const POOL_TARGET = 0.03;

const SWEPT: Readonly<Record<PoolSource, number>> = {
  month: 0.1,
  week: 0.1,
  day: 0.08,
  equal: 0.07,
  swing: 0.05,
  london: 0.04,
  'new-york': 0.04,
  tokyo: 0.02,
  sydney: 0.02,
  'asian-kill-zone': 0.02,
  'london-kill-zone': 0.03,
  'new-york-kill-zone': 0.03,
};

/** Kill zones first: they lie within the sessions. */
const ACTIVE_HOURS: readonly (readonly [SessionName, number])[] = [
  ['london-kill-zone', KILL_ZONE],
  ['new-york-kill-zone', KILL_ZONE],
  ['london', SESSION],
  ['new-york', SESSION],
];

export const scoreByParts: Scorer = (input) => {
  const { view, direction } = input;
  const { swing, internal } = view.structure;
  const parts = {
    base: BASE,
    swingBias: SWING_BIAS * agreement(direction, swing.bias),
    internalBias: INTERNAL_BIAS * agreement(direction, internal.bias),
    location: location(direction, view),
    evidence: weightOf(input.evidence, view.atr),
    session: ACTIVE_HOURS.find(([name]) => view.sessions[name].current !== null)?.[1] ?? 0,
    volume: volume(input.relativeVolume),
    target: input.targetIs === 'pool' ? POOL_TARGET : 0,
  };
  return { confidence: clampedSum(parts), parts };
};

/** The sum of the parts in their order, brought into [0, 1]. */
export function clampedSum(parts: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const name in parts) sum += parts[name]!;
  return Math.min(1, Math.max(0, sum));
}

/** 1 with the bias, −1 against it, 0 where there is none. */
function agreement(direction: Direction, bias: 'bullish' | 'bearish' | null): number {
  return bias === null ? 0 : signOf(direction) * (bias === 'bullish' ? 1 : -1);
}

/** Cheap is good to buy, dear to sell: from +LOCATION at the right end of the range to −LOCATION at the wrong one. */
function location(direction: Direction, { dealingRange }: SmcView): number {
  if (dealingRange === null) return 0;
  const position = Math.min(1, Math.max(0, dealingRange.position));
  return LOCATION * signOf(direction) * (1 - 2 * position);
}

function weightOf(evidence: Evidence, atr: number | null): number {
  switch (evidence.kind) {
    case 'sweep':
      return SWEPT[evidence.source];
    case 'block': {
      // From nothing at 2 ATR of impulse to all at 12; a swing block begins half-way.
      const byStrength = ramp(evidence.strength ?? 0, 2, 12);
      return MAX_EVIDENCE * (evidence.scale === 'swing' ? (1 + byStrength) / 2 : byStrength);
    }
    case 'gap':
      return atr !== null && atr > 0 ? MAX_EVIDENCE * ramp(evidence.height / atr, 0.5, 3) : 0;
  }
}

/** Twice the usual volume is worth half of it, four times all; half the usual takes half away. */
function volume(relative: number | undefined): number {
  if (relative === undefined || !(relative > 0)) return 0;
  return MAX_VOLUME * Math.min(1, Math.max(-0.5, Math.log2(relative) / 2));
}

/** 0 up to `from`, 1 from `to` on. */
function ramp(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}
