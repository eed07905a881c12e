/** Are the open times of a series those of closed candles, one after the other, none missing and none twice? */
import { type CandleColumns, type Hole, type Interval, intervalMs, type UtcMs } from '@slt/domain';
import { error, type Finding, isoMinute, plural, warning } from './finding';

/** Holes and rows named one by one in a finding; the counts are always complete. */
const LISTED = 20;

export interface TimeContext {
  readonly interval: Interval;
  /** What the exchange itself does not have; only holes outside of these are errors. */
  readonly knownHoles?: readonly Hole[];
}

/** Alignment, order, duplicates and holes. Linear; takes any values, also NaN. */
export function checkTimes(columns: CandleColumns, context: TimeContext): Finding[] {
  const step = intervalMs(context.interval);
  const misaligned: number[] = [];
  const backwards: number[] = [];
  const duplicates: number[] = [];
  const holes: Hole[] = [];
  for (let i = 0; i < columns.length; i++) {
    const time = columns.openTime[i]!;
    if (!Number.isSafeInteger(time) || time <= 0 || time % step !== 0) misaligned.push(i);
    if (i === 0) continue;
    const previous = columns.openTime[i - 1]!;
    if (time === previous) duplicates.push(i);
    else if (time < previous) backwards.push(i);
    else if (time - previous > step) holes.push(holeBetween(previous, time, step));
  }
  return [
    ...rowsFinding('MISALIGNED', misaligned, columns, `off the ${context.interval} grid`),
    ...rowsFinding('ORDER', backwards, columns, 'earlier than the row before'),
    ...rowsFinding('DUPLICATES', duplicates, columns, 'there twice'),
    ...(misaligned.length + backwards.length === 0
      ? holeFindings(holes, context.knownHoles ?? [], step)
      : []),
  ];
}

function holeBetween(before: UtcMs, after: UtcMs, step: number): Hole {
  return { from: before + step, to: after - step, count: Math.round((after - before) / step) - 1 };
}

function rowsFinding(
  code: 'MISALIGNED' | 'ORDER' | 'DUPLICATES',
  rows: readonly number[],
  columns: CandleColumns,
  what: string,
): Finding[] {
  if (rows.length === 0) return [];
  const first = rows[0]!;
  const at = isoMinute(columns.openTime[first]!);
  return [
    error(code, `${plural(rows.length, 'candle')} ${what}, the first is row ${first} at ${at}`, {
      count: rows.length,
      rows: rows.slice(0, LISTED),
    }),
  ];
}

function holeFindings(holes: readonly Hole[], known: readonly Hole[], step: number): Finding[] {
  const missing = holes.flatMap((hole) => withoutKnown(hole, known, step));
  const excused = holes.flatMap((hole) => intersections(hole, known, step));
  const findings: Finding[] = [];
  if (missing.length > 0) {
    const detail = describeHoles(missing);
    const { from, to, count } = detail.longest;
    const longest = missing.length > 1 ? 'the longest ' : '';
    const span = count === 1 ? `at ${isoMinute(from)}` : `${isoMinute(from)} to ${isoMinute(to)}`;
    findings.push(
      error(
        'HOLES',
        `${plural(missing.length, 'hole')}, ${plural(detail.candles, 'candle')} missing, ${longest}${span}`,
        { ...detail },
      ),
    );
  }
  if (excused.length > 0) {
    const detail = describeHoles(excused);
    findings.push(
      warning('KNOWN_HOLES', `${plural(detail.candles, 'candle')} that the exchange does not have either`, {
        ...detail,
      }),
    );
  }
  return findings;
}

export interface HoleDetail {
  readonly count: number;
  readonly candles: number;
  readonly longest: Hole;
  /** The first ones. */
  readonly holes: readonly Hole[];
}

function describeHoles(holes: readonly Hole[]): HoleDetail {
  return {
    count: holes.length,
    candles: holes.reduce((sum, hole) => sum + hole.count, 0),
    longest: holes.reduce((longest, hole) => (hole.count > longest.count ? hole : longest)),
    holes: holes.slice(0, LISTED),
  };
}

/** The parts of a hole that no known hole covers, ascending. `known` in any order, may overlap. */
export function withoutKnown(hole: Hole, known: readonly Hole[], step: number): Hole[] {
  const rest: Hole[] = [];
  let from = hole.from;
  for (const part of intersections(hole, known, step)) {
    if (part.from > from) rest.push(holeOf(from, part.from - step, step));
    from = Math.max(from, part.to + step);
  }
  if (from <= hole.to) rest.push(holeOf(from, hole.to, step));
  return rest;
}

function intersections(hole: Hole, known: readonly Hole[], step: number): Hole[] {
  const parts: Hole[] = [];
  for (const other of [...known].sort((a, b) => a.from - b.from)) {
    const from = Math.max(hole.from, other.from, (parts.at(-1)?.to ?? -Infinity) + step);
    const to = Math.min(hole.to, other.to);
    if (from <= to) parts.push(holeOf(from, to, step));
  }
  return parts;
}

function holeOf(from: UtcMs, to: UtcMs, step: number): Hole {
  return { from, to, count: Math.round((to - from) / step) + 1 };
}

export interface NowContext {
  readonly interval: Interval;
  readonly now: UtcMs;
  /** The store's clock when the file was written: what was not closed then is forming for ever. */
  readonly writtenAt?: UtcMs;
  /** A series whose newest candle closed longer ago is stale. */
  readonly staleAfterMs: number;
}

/** Future, forming and stale: what depends on when one looks. `last` is the newest open time. */
export function checkAgainstNow(last: UtcMs, context: NowContext): Finding[] {
  const step = intervalMs(context.interval);
  const now = Math.max(context.now, context.writtenAt ?? -Infinity);
  const judgedAt = context.writtenAt ?? now;
  if (!(last <= now)) {
    return [
      error('FUTURE', `the last candle opens at ${isoMinute(last)}, it is ${isoMinute(now)}`, { last, now }),
    ];
  }
  if (last + step > judgedAt) {
    const when = context.writtenAt === undefined ? 'is' : 'was, when written,';
    return [
      error('FORMING', `the last candle, ${isoMinute(last)}, ${when} not closed yet`, { last, judgedAt }),
    ];
  }
  const age = context.now - (last + step);
  if (age <= Math.max(context.staleAfterMs, 2 * step)) return [];
  return [warning('STALE', `the last candle closed ${ageText(age)} ago`, { ageMs: age })];
}

function ageText(ageMs: number): string {
  const minutes = Math.floor(ageMs / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}
