/** Wall clocks of IANA time zones, daylight saving included. The platform knows the rules; we remember its answers. */
import { DAY_MS, dayOf, dayOfDate, type DurationMs, MINUTE_MS, SECOND_MS, type UtcMs } from '@slt/domain';

/** Twenty years of days per zone; then it begins anew. */
const MAX_REMEMBERED_DAYS = 7_500;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** Offset at 00:00 UTC of a day. */
  readonly offsetOfDay: Map<number, DurationMs>;
}

const zones = new Map<string, Zone>();

/** How far the zone's wall clock is ahead of UTC. */
export function offsetAt(timeZone: string, instant: UtcMs): DurationMs {
  const zone = zoneOf(timeZone);
  const day = dayOf(instant);
  const before = offsetOfDay(zone, day);
  return before === offsetOfDay(zone, day + 1) ? before : lookUp(zone, instant);
}

/**
 * The first instant of the local day at which the zone's wall clock shows the time or a later one: the earlier of two
 * where clocks were put back, the change itself where they were put forward over it.
 * @param localDay counted since 1970-01-01
 * @param minute of the day, 0…1440
 */
export function instantOf(timeZone: string, localDay: number, minute: number): UtcMs {
  const wall = localDay * DAY_MS + minute * MINUTE_MS;
  const before = offsetAt(timeZone, wall - DAY_MS);
  const after = offsetAt(timeZone, wall + DAY_MS);
  if (before === after || offsetAt(timeZone, wall - before) === before) return wall - before;
  if (offsetAt(timeZone, wall - after) === after) return wall - after;
  return changeBetween(timeZone, wall - after, wall - before);
}

/** The instant in (from, to] at which the offset changes. */
function changeBetween(timeZone: string, from: UtcMs, to: UtcMs): UtcMs {
  const before = offsetAt(timeZone, from);
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(timeZone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const zone: Zone = { format, offsetOfDay: new Map() };
  zones.set(timeZone, zone);
  return zone;
}

function offsetOfDay(zone: Zone, day: number): DurationMs {
  const known = zone.offsetOfDay.get(day);
  if (known !== undefined) return known;
  const offset = lookUp(zone, day * DAY_MS);
  if (zone.offsetOfDay.size >= MAX_REMEMBERED_DAYS) zone.offsetOfDay.clear();
  zone.offsetOfDay.set(day, offset);
  return offset;
}

function lookUp(zone: Zone, instant: UtcMs): DurationMs {
  const part = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of zone.format.formatToParts(instant)) {
    if (type in part) part[type as keyof typeof part] = Number(value);
  }
  const seconds = part.hour * 3600 + part.minute * 60 + part.second;
  const wall = dayOfDate(part) * DAY_MS + seconds * SECOND_MS;
  return wall - Math.floor(instant / SECOND_MS) * SECOND_MS;
}
