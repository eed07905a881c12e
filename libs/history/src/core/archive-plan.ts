/**
 * Which files of the public archive (data.binance.vision) hold what is missing: months, days, and a rest that only
 * REST has. Months and days are those of UTC.
 */
import {
  dateOf,
  DAY_MS,
  dayOf,
  dayOfDate,
  type Hole,
  type Interval,
  intervalMs,
  type UtcMs,
} from '@slt/domain';
import { countMissing, holeOf, subtractHoles } from './coverage';

export interface ArchiveUnit {
  readonly kind: 'month' | 'day';
  /** `2025-03` or `2025-03-09`, as in the file's name. */
  readonly period: string;
  /** Open times of its first and last candle. */
  readonly from: UtcMs;
  readonly to: UtcMs;
  /** Candles that are missing in it. */
  readonly missing: number;
}

export interface ArchivePlan {
  /** Newest first, so that what is there after each one reaches from somewhere to the present. */
  readonly units: readonly ArchiveUnit[];
  /** Missing candles in no unit, ascending. */
  readonly rest: readonly Hole[];
}

/** With fewer whole days than this missing, its days are fewer bytes than the month. */
const DAYS_WORTH_A_MONTH = 10;

/**
 * @param window what was asked for: only a month inside it is taken whole
 * @param missing inside the window, ascending, without overlap
 * @param now by the exchange: a file is there only after its period has ended
 */
export function planArchive(
  missing: readonly Hole[],
  options: { interval: Interval; window: { from: UtcMs; to: UtcMs }; now: UtcMs },
): ArchivePlan {
  const { interval } = options;
  const units: ArchiveUnit[] = [];
  const oldest = missing[0]?.from;
  const newest = missing.at(-1)?.to;
  if (oldest === undefined || newest === undefined) return { units, rest: [] };
  for (let month = monthStart(newest); month >= monthStart(oldest); month = monthStart(month - 1)) {
    units.push(...unitsOfMonth(month, missing, options));
  }
  const covered = units.map((unit) => holeOf(unit.from, unit.to, interval)).reverse();
  return { units, rest: subtractHoles(missing, covered, interval) };
}

function unitsOfMonth(
  month: UtcMs,
  missing: readonly Hole[],
  options: { interval: Interval; window: { from: UtcMs; to: UtcMs }; now: UtcMs },
): ArchiveUnit[] {
  const { interval, window, now } = options;
  const next = monthStart(month + 32 * DAY_MS);
  const days = missingDays(month, next, missing, options);
  const last = next - intervalMs(interval);
  const isWhole = month >= window.from && last <= window.to && next <= now;
  if (!isWhole || days.length < DAYS_WORTH_A_MONTH) return days;
  const inside = clip(missing, { from: month, to: last }, interval);
  return [
    { kind: 'month', period: periodOf(month, 7), from: month, to: last, missing: countMissing(inside) },
  ];
}

/** The whole past days of a month, newest first, for when there is no file of the month. */
export function daysOfMonth(unit: ArchiveUnit, missing: readonly Hole[], interval: Interval): ArchiveUnit[] {
  const end = unit.to + intervalMs(interval);
  return missingDays(unit.from, end, missing, { interval, now: end });
}

/** Days that miss every candle; a few missing ones are cheaper by REST. */
function missingDays(
  from: UtcMs,
  until: UtcMs,
  missing: readonly Hole[],
  { interval, now }: { interval: Interval; now: UtcMs },
): ArchiveUnit[] {
  const step = intervalMs(interval);
  const perDay = DAY_MS / step;
  const days: ArchiveUnit[] = [];
  for (let day = until - DAY_MS; day >= from; day -= DAY_MS) {
    const to = day + DAY_MS - step;
    if (day + DAY_MS > now || countMissing(clip(missing, { from: day, to }, interval)) < perDay) continue;
    days.push({ kind: 'day', period: periodOf(day, 10), from: day, to, missing: perDay });
  }
  return days;
}

/** The parts of the holes inside the window. */
export function clip(holes: readonly Hole[], window: { from: UtcMs; to: UtcMs }, interval: Interval): Hole[] {
  return holes
    .filter((hole) => hole.to >= window.from && hole.from <= window.to)
    .map((hole) => holeOf(Math.max(hole.from, window.from), Math.min(hole.to, window.to), interval));
}

export function monthStart(instant: UtcMs): UtcMs {
  const { year, month } = dateOf(dayOf(instant));
  return dayOfDate({ year, month, day: 1 }) * DAY_MS;
}

function periodOf(instant: UtcMs, length: 7 | 10): string {
  const { year, month, day } = dateOf(dayOf(instant));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`.slice(0, length);
}
