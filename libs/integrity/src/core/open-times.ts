/**
 * The open times of a file whose interval nobody may have told: which one it is, and whether each time follows the one
 * before, at the next step or behind a hole.
 */
import { type Hole, INTERVALS, type Interval, intervalMs, type UtcMs } from '@slt/domain';

/** Holes remembered one by one; the counts are always complete. */
const LISTED = 5;
/** A step that more than this share of all candles keep is the interval, whatever the others do. */
const MAJORITY = 0.5;

export type IntervalAnswer =
  | { readonly kind: 'interval'; readonly interval: Interval }
  /** The times do not say. */
  | { readonly kind: 'unknown'; readonly problem: string }
  /** The times say something else than what was given. */
  | { readonly kind: 'contradiction'; readonly problem: string };

/**
 * The interval that was given, unless no candle of the sample keeps it; else the step that most candles keep, or, where
 * there is no such step, the smallest that is an interval.
 * @param openTimes as they stand in the file; repeated and backward ones are passed over
 */
export function decideInterval(openTimes: Float64Array, given?: Interval): IntervalAnswer {
  const counts = countSteps(openTimes);
  if (given !== undefined) return compareWithGiven(counts, given);
  const interval = intervalOf(counts);
  if (interval !== undefined) return { kind: 'interval', interval };
  const steps = [...counts.keys()].sort((a, b) => a - b);
  if (steps.length === 0) return { kind: 'unknown', problem: 'too few candles to tell the interval' };
  const hint = steps[0]! < 1_000 ? '; are the times in seconds?' : '';
  return {
    kind: 'unknown',
    problem: `its candles are ${steps[0]} ms apart at least, which is no interval${hint}`,
  };
}

function compareWithGiven(counts: ReadonlyMap<number, number>, given: Interval): IntervalAnswer {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  // One step alone may be a hole.
  if (total < 2 || counts.has(intervalMs(given))) return { kind: 'interval', interval: given };
  const smallest = Math.min(...counts.keys());
  const found = intervalOf(counts) ?? `${smallest} ms`;
  return { kind: 'contradiction', problem: `its candles are ${found} apart, not ${given}` };
}

function intervalOf(counts: ReadonlyMap<number, number>): Interval | undefined {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const known = INTERVALS.filter((interval) => counts.has(intervalMs(interval)));
  const usual = known.find((interval) => counts.get(intervalMs(interval))! > total * MAJORITY);
  return usual ?? known[0];
}

function countSteps(openTimes: Float64Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 1; i < openTimes.length; i++) {
    const step = openTimes[i]! - openTimes[i - 1]!;
    if (step > 0) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  return counts;
}

/** Takes one open time after the other. */
export class OpenTimes {
  count = 0;
  first: UtcMs | undefined;
  last: UtcMs | undefined;
  holeCount = 0;
  missing = 0;
  /** The first ones. */
  readonly holes: Hole[] = [];
  private readonly step: number;

  constructor(readonly interval: Interval) {
    this.step = intervalMs(interval);
  }

  /** @returns why it may not follow the ones before; undefined: it is taken */
  take(openTime: UtcMs): string | undefined {
    const { last, step } = this;
    if (last !== undefined) {
      const distance = openTime - last;
      // Nearly all of them: a remainder of floats takes its time.
      if (distance === step) return this.accept(openTime);
      if (distance === 0) return `the open time ${openTime} is there twice`;
      if (distance < 0) return `the open time ${openTime} is before ${last}, that of the candle before`;
      if (distance % step !== 0)
        return `the open time ${openTime} is ${distance} ms after the one before, not a multiple of ${this.interval}`;
      if (distance > step) this.noteHole(last + step, openTime - step);
    }
    this.first ??= openTime;
    return this.accept(openTime);
  }

  private accept(openTime: UtcMs): undefined {
    this.last = openTime;
    this.count++;
    return undefined;
  }

  private noteHole(from: UtcMs, to: UtcMs): void {
    const count = (to - from) / this.step + 1;
    this.holeCount++;
    this.missing += count;
    if (this.holes.length < LISTED) this.holes.push({ from, to, count });
  }
}
