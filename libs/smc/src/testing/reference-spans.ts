/**
 * Reference: days, weeks, months and sessions. A span of time is [start, end); a candle belongs to the span that contains
 * its open time; the span is known by the first candle whose close reaches its end, or else by the first one after it.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, type Candle, type DurationMs, type UtcMs } from '@slt/domain';
import type { PeriodName } from '../core/smc-event';
import type { SessionName } from '../core/session-name';

interface Span {
  readonly start: UtcMs;
  /** Exclusive. */
  readonly end: UtcMs;
}

/** One day, week, month or session with the candles in it. */
export interface Occurrence extends Span {
  /** False: the series begins in the middle of it, so that its extremes are not known. */
  readonly isWhole: boolean;
  /** Its first candle. */
  readonly from: number;
  /** Its last candle; of one that is not over, the last one so far. */
  readonly to: number;
  /** The candle that proved its end; undefined while it goes on. */
  readonly knownAt: number | undefined;
  /** Candle of the high, candle of the low; the first ones on ties. */
  readonly highAt: number;
  readonly lowAt: number;
}

/** Hours on the wall clock, `to` exclusive; 24 is the midnight that ends the day. */
const SESSIONS: Readonly<Record<SessionName, { zone: string; from: number; to: number }>> = {
  sydney: { zone: 'Australia/Sydney', from: 7, to: 16 },
  tokyo: { zone: 'Asia/Tokyo', from: 9, to: 18 },
  london: { zone: 'Europe/London', from: 8, to: 17 },
  'new-york': { zone: 'America/New_York', from: 8, to: 17 },
  'asian-kill-zone': { zone: 'America/New_York', from: 20, to: 24 },
  'london-kill-zone': { zone: 'America/New_York', from: 2, to: 5 },
  'new-york-kill-zone': { zone: 'America/New_York', from: 7, to: 10 },
};

export function periodsOf(candles: readonly Candle[], name: PeriodName, interval: DurationMs): Occurrence[] {
  return occurrencesOf(candles, interval, (time) => periodAt(name, time));
}

export function sessionsOf(
  candles: readonly Candle[],
  name: SessionName,
  interval: DurationMs,
): Occurrence[] {
  return occurrencesOf(candles, interval, (time) => sessionAt(name, time));
}

/** In the order of time. */
function occurrencesOf(
  candles: readonly Candle[],
  interval: DurationMs,
  spanAt: (time: UtcMs) => Span | undefined,
): Occurrence[] {
  const found: Occurrence[] = [];
  let end = -Infinity;
  for (let t = 0; t < candles.length; t++) {
    const time = candles[t]!.openTime;
    if (time < end) continue; // in the span found last
    const span = spanAt(time);
    if (span === undefined) continue;
    end = span.end;
    found.push(occurrence(candles, interval, span, t));
  }
  return found;
}

function occurrence(
  candles: readonly Candle[],
  interval: DurationMs,
  { start, end }: Span,
  from: number,
): Occurrence {
  let to = from;
  const isOver = (): boolean => candles[to]!.openTime + interval >= end;
  while (!isOver() && to + 1 < candles.length && candles[to + 1]!.openTime < end) to++;
  const next = to + 1 < candles.length ? to + 1 : undefined;
  const isWhole = from > 0 || candles[0]!.openTime === start;
  const knownAt = isOver() ? to : next;
  return { start, end, isWhole, from, to, knownAt, ...extremes(candles, from, to) };
}

function extremes(candles: readonly Candle[], from: number, to: number): { highAt: number; lowAt: number } {
  let [highAt, lowAt] = [from, from];
  for (let i = from; i <= to; i++) {
    if (candles[i]!.high > candles[highAt]!.high) highAt = i;
    if (candles[i]!.low < candles[lowAt]!.low) lowAt = i;
  }
  return { highAt, lowAt };
}

function periodAt(name: PeriodName, time: UtcMs): Span {
  const date = new Date(time);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  switch (name) {
    case 'day':
      return { start: utc(year, month, day), end: utc(year, month, day + 1) };
    case 'week':
      return { start: utc(year, month, day - sinceMonday), end: utc(year, month, day - sinceMonday + 7) };
    case 'month':
      return { start: utc(year, month, 1), end: utc(year, month + 1, 1) };
  }
}

/** As Date.UTC, also for years below 100. */
function utc(year: number, month: number, day: number): UtcMs {
  return new Date(0).setUTCFullYear(year, month, day);
}

/**
 * The session that contains the instant: hour by hour to both sides while the wall clock stays within its hours. Sessions
 * begin and end on the hour, and clocks change on the hour.
 */
function sessionAt(name: SessionName, time: UtcMs): Span | undefined {
  const isInside = (hour: UtcMs): boolean => isOpen(name, hour);
  let start = Math.floor(time / HOUR_MS) * HOUR_MS;
  if (!isInside(start)) return undefined;
  let end = start;
  while (isInside(start - HOUR_MS)) start -= HOUR_MS;
  while (isInside(end)) end += HOUR_MS;
  return { start, end };
}

function isOpen(name: SessionName, instant: UtcMs): boolean {
  const { zone, from, to } = SESSIONS[name];
  const hour = wallHour(zone, instant);
  return hour >= from && hour < to;
}

/** The hour on the wall there, 0…23. */
function wallHour(zone: string, instant: UtcMs): number {
  const local = instant + offset(zone, instant);
  const sinceMidnight = ((local % DAY_MS) + DAY_MS) % DAY_MS; // also before 1970
  return (sinceMidnight - (sinceMidnight % HOUR_MS)) / HOUR_MS;
}

/**
 * How far the wall clock is ahead of UTC. Clocks change on the hour and at most once a UTC day: a day that begins and ends
 * with one offset has it throughout, which saves most of the questions.
 */
function offset(zone: string, instant: UtcMs): DurationMs {
  const midnight = Math.floor(instant / DAY_MS) * DAY_MS;
  const [first, last] = [offsetAt(zone, midnight), offsetAt(zone, midnight + DAY_MS)];
  return first === last ? first : offsetAt(zone, Math.floor(instant / HOUR_MS) * HOUR_MS);
}

const answers = new Map<string, Map<UtcMs, DurationMs>>();

function offsetAt(zone: string, hour: UtcMs): DurationMs {
  const known = answers.get(zone) ?? new Map<UtcMs, DurationMs>();
  const found = known.get(hour) ?? askIntl(zone, hour);
  answers.set(zone, known.set(hour, found));
  return found;
}

const WALL = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
} as const;

const formats = new Map<string, Intl.DateTimeFormat>();

function askIntl(zone: string, instant: UtcMs): DurationMs {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('en-US', { timeZone: zone, ...WALL });
  formats.set(zone, format);
  const parts = format.formatToParts(instant);
  const part = (type: string): number => Number(parts.find((each) => each.type === type)!.value);
  const midnight = utc(part('year'), part('month') - 1, part('day'));
  return midnight + part('hour') * HOUR_MS + part('minute') * MINUTE_MS - instant;
}
