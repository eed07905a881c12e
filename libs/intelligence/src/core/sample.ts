/** A signal as a model sees it, and what came of it. R: multiples of the risk from entry to stop. */
import type { UtcMs } from '@slt/domain';
import type { Direction, Setup } from '@slt/trading';

/** What a model is asked about a signal: all of it known at the close of the signal's candle. */
export interface Question {
  readonly setup: Setup;
  readonly direction: Direction;
  /** In the order of FEATURES; NaN where one is not known. */
  readonly features: readonly number[];
  /** Distance to the target, before costs. */
  readonly rewardR: number;
  /** What a round trip is expected to cost: fees, slippage, funding. */
  readonly costR: number;
}

export const BARRIERS = ['target', 'stop', 'time', 'other'] as const;
/** What ended it: `other` for exits that only real positions know (stagnation, opposite structure, flatten). */
export type Barrier = (typeof BARRIERS)[number];

/** A question with its answer. */
export interface Sample extends Question {
  /** The signal's. */
  readonly id: string;
  readonly symbol: string;
  /** When the signal was known. */
  readonly at: UtcMs;
  /** When the outcome was known: the close of the candle that ended it, or the exit's time. After `at`. */
  readonly closedAt: UtcMs;
  readonly featureVersion: number;
  /** After costs. */
  readonly r: number;
  readonly barrier: Barrier;
  /** Filled for money (or paper money), or followed on the candles alone. */
  readonly source: 'real' | 'virtual';
}

export const isWin = ({ r }: Pick<Sample, 'r'>): boolean => r > 0;
