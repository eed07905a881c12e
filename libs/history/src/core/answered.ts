/**
 * What the exchange's answer means: which open times it does not have, which it may still deliver, and where a young
 * listing begins. Nothing is invented for a candle that is not there.
 */
import type { CandleColumns, Hole, Interval, UtcMs } from '@slt/domain';
import { cover, countMissing, subtractHoles, uniteHoles, type Window } from './coverage';

/** Oldest forgotten first; a side-car must not grow without end. */
const MAX_KNOWN_HOLES = 1_000;

export interface Answered {
  /** Unexpectedly missing: worth asking again. */
  readonly suspicious: readonly Hole[];
  /** To be remembered with the file. */
  readonly knownHoles: Hole[];
  /** Candles missing after the first row, whatever the reason. */
  readonly missingInside: number;
}

export interface Question {
  readonly interval: Interval;
  readonly window: Window;
  /** Whether the series may begin inside the window: the listing is young or its age unknown. */
  readonly mayBeginLate: boolean;
  readonly knownBefore: readonly Hole[];
}

/** @param columns everything there is now, cached and fetched, ascending */
export function judgeAnswer(columns: CandleColumns, question: Question): Answered {
  const { interval, window, knownBefore } = question;
  const { missing } = cover({ columns, writtenAt: 0, knownHoles: [] }, interval, window);
  const beginning = missing[0]?.from === window.from ? missing[0] : undefined;
  const inside = beginning === undefined ? missing : missing.slice(1);
  const natural = beginning !== undefined && question.mayBeginLate ? [beginning] : [];
  const suspicious = subtractHoles(missing, uniteHoles(knownBefore, natural, interval), interval);
  // What is missing at the end may only be late, so it is never taken for granted.
  const remembered = missing.filter((hole) => hole.to < window.to);
  return {
    suspicious,
    knownHoles: rememberedHoles(
      columns,
      uniteHoles(outside(knownBefore, window, interval), remembered, interval),
    ),
    missingInside: countMissing(inside),
  };
}

function outside(holes: readonly Hole[], window: Window, interval: Interval): Hole[] {
  if (window.to < window.from) return [...holes];
  return subtractHoles(holes, [{ ...window, count: 0 }], interval);
}

function rememberedHoles(columns: CandleColumns, holes: readonly Hole[]): Hole[] {
  const newest = columns.openTime[columns.length - 1];
  if (newest === undefined) return [];
  return holes.filter((hole) => hole.from < newest).slice(-MAX_KNOWN_HOLES);
}

/** Whether a listing of this age may have its first candle inside the window. */
export function mayBeginLate(onboardTime: UtcMs | undefined, fullFrom: UtcMs): boolean {
  return onboardTime === undefined || onboardTime > fullFrom;
}
