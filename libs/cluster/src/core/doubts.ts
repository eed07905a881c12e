/**
 * What a series leaves in doubt after it was delivered: candles the exchange did not have (holes), candles that
 * REST and stream told differently, and, now and then, everything recent (an audit). Each is asked again by REST,
 * seldom enough to cost next to nothing. Pure; all instants and durations are exchange time.
 */
import { type CandleColumns, type DurationMs, lowerBound, type UtcMs } from '@slt/domain';

export type DoubtReason = 'hole' | 'disagreement' | 'audit';

export interface Doubt {
  readonly reason: DoubtReason;
  /** Open times, both inclusive. */
  readonly from: UtcMs;
  readonly to: UtcMs;
  readonly asks: number;
  readonly dueAt: UtcMs;
}

export interface DoubtPolicy {
  /** First delay and longest delay between two asks for the same hole; it doubles in between. */
  readonly holeMinMs: DurationMs;
  readonly holeMaxMs: DurationMs;
  /** How long after a disagreement REST has the last word. */
  readonly disagreementMs: DurationMs;
}

const MAX_DOUBTS = 64;

/** The same doubt is held once; the oldest give way when there are too many. */
export function addDoubt(
  doubts: readonly Doubt[],
  doubt: Pick<Doubt, 'reason' | 'from' | 'to'>,
  now: UtcMs,
  policy: DoubtPolicy,
): readonly Doubt[] {
  if (doubts.some((held) => held.from <= doubt.from && held.to >= doubt.to && held.reason === doubt.reason)) {
    return doubts;
  }
  const delay = doubt.reason === 'hole' ? policy.holeMinMs : policy.disagreementMs;
  return [...doubts, { ...doubt, asks: 0, dueAt: now + delay }].slice(-MAX_DOUBTS);
}

export function dueDoubt(doubts: readonly Doubt[], now: UtcMs): Doubt | undefined {
  return doubts.find((doubt) => doubt.dueAt <= now);
}

/** Doubts about candles the series no longer holds are given up. */
export function forgetDoubtsBefore(doubts: readonly Doubt[], oldest: UtcMs): readonly Doubt[] {
  return doubts.every((doubt) => doubt.to >= oldest) ? doubts : doubts.filter((doubt) => doubt.to >= oldest);
}

/**
 * After REST was asked: a hole stays in doubt until all of it is there, everything else is settled by any answer.
 * @param answer undefined when REST gave none
 */
export function afterAsking(
  doubts: readonly Doubt[],
  asked: Doubt,
  answer: { rows: number; count: number } | undefined,
  now: UtcMs,
  policy: DoubtPolicy,
): readonly Doubt[] {
  const settled = answer !== undefined && (asked.reason !== 'hole' || answer.rows >= answer.count);
  if (settled) return doubts.filter((doubt) => doubt !== asked);
  const delay = Math.min(policy.holeMaxMs, policy.holeMinMs * 2 ** Math.min(asked.asks, 20));
  const again = { ...asked, asks: asked.asks + 1, dueAt: now + delay };
  return doubts.map((doubt) => (doubt === asked ? again : doubt));
}

export interface RowComparison {
  /** Rows the series lacks, and rows it holds with other values. */
  readonly absent: number;
  readonly different: number;
  /** Open times of both, ascending. */
  readonly odd: readonly UtcMs[];
}

/** How REST's rows compare with those of the series. */
export function compareRows(held: CandleColumns, rest: CandleColumns): RowComparison {
  const odd: UtcMs[] = [];
  let absent = 0;
  for (let i = 0; i < rest.length; i++) {
    const at = lowerBound(held, rest.openTime[i]!);
    const isAbsent = held.openTime[at] !== rest.openTime[i];
    if (isAbsent) absent++;
    if (isAbsent || !sameRow(held, at, rest, i)) odd.push(rest.openTime[i]!);
  }
  return { absent, different: odd.length - absent, odd };
}

function sameRow(a: CandleColumns, i: number, b: CandleColumns, j: number): boolean {
  return (
    a.open[i] === b.open[j] &&
    a.high[i] === b.high[j] &&
    a.low[i] === b.low[j] &&
    a.close[i] === b.close[j] &&
    a.volume[i] === b.volume[j]
  );
}
