/**
 * What a cached series covers of what is wanted, and which of its gaps the exchange explained earlier. A known hole is
 * a run of open times for which the exchange answered without candles; it counts as covered, and is asked for again
 * now and then.
 */
import {
  type CandleColumns,
  countOpenTimes,
  type DurationMs,
  EMPTY_COLUMNS,
  findHoles,
  type Hole,
  type Interval,
  intervalMs,
  rangeOfColumns,
  type UtcMs,
} from '@slt/domain';

/** Open times wanted, both ends inclusive; empty when to < from. */
export interface Window {
  readonly from: UtcMs;
  readonly to: UtcMs;
}

export interface Coverage {
  /** Rows inside the window. */
  readonly columns: CandleColumns;
  /** Missing without explanation, ascending. */
  readonly missing: readonly Hole[];
  /** Missing and known to be, clipped to the window, ascending. */
  readonly known: readonly Hole[];
}

export interface CachedSeries {
  readonly columns: CandleColumns;
  readonly writtenAt: UtcMs;
  readonly knownHoles: readonly Hole[];
}

export function cover(series: CachedSeries | undefined, interval: Interval, window: Window): Coverage {
  const columns = rangeOfColumns(series?.columns ?? EMPTY_COLUMNS, window.from, window.to);
  const holes = findHoles(columns, interval, window.from, window.to);
  const missing = subtractHoles(holes, series?.knownHoles ?? [], interval);
  return { columns, missing, known: subtractHoles(holes, missing, interval) };
}

/**
 * Whether the series can be used as it is: nothing unexplained is missing up to its newest candle, and that candle is
 * the last closed one or the file is younger than `maxAgeMs`.
 */
export function isFresh(
  series: CachedSeries,
  request: { interval: Interval; window: Window; now: UtcMs; maxAgeMs: DurationMs },
): boolean {
  const { interval, window, now, maxAgeMs } = request;
  if (window.to < window.from) return true;
  const newest = series.columns.openTime[series.columns.length - 1];
  if (newest === undefined || newest < window.from) return false;
  const age = now - series.writtenAt;
  const young = age >= 0 && age <= maxAgeMs;
  if (newest < window.to && !young) return false;
  const until = Math.min(newest, window.to);
  return cover(series, interval, { from: window.from, to: until }).missing.length === 0;
}

/** Open times in `holes` that are not in `removed`; both ascending and without overlap. O(n + m). */
export function subtractHoles(holes: readonly Hole[], removed: readonly Hole[], interval: Interval): Hole[] {
  const step = intervalMs(interval);
  const rest: Hole[] = [];
  let next = 0;
  for (const hole of holes) {
    let from = hole.from;
    while (next < removed.length && removed[next]!.to < from) next++;
    for (let i = next; i < removed.length && removed[i]!.from <= hole.to; i++) {
      const cut = removed[i]!;
      if (cut.from > from) rest.push(holeOf(from, cut.from - step, interval));
      from = Math.max(from, cut.to + step);
    }
    if (from <= hole.to) rest.push(holeOf(from, hole.to, interval));
  }
  return rest;
}

/** Open times in either, ascending, without overlap; touching runs become one. O(n log n). */
export function uniteHoles(a: readonly Hole[], b: readonly Hole[], interval: Interval): Hole[] {
  const step = intervalMs(interval);
  const united: Hole[] = [];
  for (const hole of [...a, ...b].sort((x, y) => x.from - y.from)) {
    const last = united.at(-1);
    if (last === undefined || hole.from > last.to + step) united.push(hole);
    else if (hole.to > last.to) united[united.length - 1] = holeOf(last.from, hole.to, interval);
  }
  return united;
}

/** What is missing between the first and the last candle. */
export function innerHoles(columns: CandleColumns, interval: Interval): Hole[] {
  const { openTime, length } = columns;
  return length === 0 ? [] : findHoles(columns, interval, openTime[0]!, openTime[length - 1]!);
}

export function countMissing(holes: readonly Hole[]): number {
  return holes.reduce((sum, hole) => sum + hole.count, 0);
}

export function holeOf(from: UtcMs, to: UtcMs, interval: Interval): Hole {
  return { from, to, count: countOpenTimes(from, to, interval) };
}
