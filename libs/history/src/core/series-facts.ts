/** What people ask of a cached series: from when to when, how many candles, how many lack and whether they exist at all. */
import { countOpenTimes, type Hole, type Interval, type UtcMs } from '@slt/domain';
import { type CachedSeries, countMissing, innerHoles, subtractHoles } from './coverage';

export interface SeriesFacts {
  readonly rows: number;
  /** Open times of the oldest and the newest candle; absent while there are none. */
  readonly from?: UtcMs;
  readonly to?: UtcMs;
  readonly writtenAt: UtcMs;
  /** Between from and to, those the exchange does not have left out. */
  readonly missing: number;
  /** Between from and to, and the exchange does not have them. */
  readonly knownHoles: number;
}

/** Of candles that are in memory. */
export function factsOfSeries(
  { columns, knownHoles, writtenAt }: CachedSeries,
  interval: Interval,
): SeriesFacts {
  const { openTime, length: rows } = columns;
  if (rows === 0) return { rows, writtenAt, missing: 0, knownHoles: 0 };
  const holes = innerHoles(columns, interval);
  const missing = countMissing(subtractHoles(holes, knownHoles, interval));
  const known = countMissing(holes) - missing;
  return { rows, from: openTime[0]!, to: openTime[rows - 1]!, writtenAt, missing, knownHoles: known };
}

/** Of a file, by what was written down of it. */
export interface SeriesEntry {
  readonly rows: number;
  readonly from?: UtcMs;
  readonly to?: UtcMs;
  readonly writtenAt: UtcMs;
  readonly knownHoles: readonly Hole[];
}

/** @returns undefined where only the candles can tell: a known hole may have been filled since, and another have come */
export function factsOfEntry(entry: SeriesEntry, interval: Interval): SeriesFacts | undefined {
  const { rows, from, to, writtenAt } = entry;
  if (from === undefined || to === undefined) return { rows, writtenAt, missing: 0, knownHoles: 0 };
  const missing = countOpenTimes(from, to, interval) - rows;
  if (missing > 0 && entry.knownHoles.some((hole) => hole.from <= to && hole.to >= from)) return undefined;
  return { rows, from, to, writtenAt, missing, knownHoles: 0 };
}
