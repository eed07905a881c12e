/** The look at the cache before anything is asked for: fresh series are served as they are. */
import {
  type CandleColumns,
  type Clock,
  copyColumns,
  type DurationMs,
  mergeColumns,
  rangeOfColumns,
  tailColumns,
} from '@slt/domain';
import { type CachedSeries, countMissing, cover, isFresh, type Window } from './core/coverage';
import type { HistoryOutcome } from './history.types';
import type { SeriesAccess } from './series-access';
import type { SeriesFetcher, WantedSeries } from './series-fetcher';
import type { WriteBehind } from './write-behind';

export type Look =
  | { readonly kind: 'served'; readonly outcome: HistoryOutcome }
  /** The window's part of what is cached, for the job to begin with. */
  | { readonly kind: 'wanting'; readonly cached: CachedSeries | undefined };

export class CacheLook {
  constructor(
    private readonly series: SeriesAccess,
    private readonly fetcher: SeriesFetcher,
    private readonly behind: WriteBehind,
    private readonly clock: Clock,
  ) {}

  async at(want: WantedSeries, maxAgeMs: DurationMs): Promise<Look> {
    const window = this.fetcher.windowOf(want);
    const whole = await this.series.readRecent(want.symbol, want.interval);
    const cached = whole && crop(whole, window);
    const { interval } = want;
    if (cached !== undefined && isFresh(cached, { interval, window, now: this.clock.now(), maxAgeMs }))
      return { kind: 'served', outcome: this.serve(want, window, cached, 'cache') };
    const aggregated = await this.aggregate(want, window, cached);
    if (aggregated === undefined) return { kind: 'wanting', cached };
    return { kind: 'served', outcome: this.serve(want, window, aggregated, 'aggregated') };
  }

  /** What is cached, whole or not; undefined when nothing is. */
  async anything(want: WantedSeries): Promise<CandleColumns | undefined> {
    const found = await this.series.read(want.symbol, want.interval);
    return found === undefined || found.columns.length === 0
      ? undefined
      : copyColumns(tailColumns(found.columns, want.limit));
  }

  /** The series, if shorter candles in the cache make it whole. */
  private async aggregate(
    want: WantedSeries,
    window: Window,
    cached: CachedSeries | undefined,
  ): Promise<CachedSeries | undefined> {
    const { missing } = cover(cached, want.interval, window);
    const rows = await this.fetcher.aggregate(want, missing);
    if (rows.length === 0) return undefined;
    const knownHoles = cached?.knownHoles ?? [];
    const columns = cached === undefined ? rows : mergeColumns(cached.columns, rows);
    const series = { columns, knownHoles, writtenAt: this.clock.now() };
    if (cover(series, want.interval, window).missing.length > 0) return undefined;
    this.behind.add({ symbol: want.symbol, interval: want.interval, columns, fresh: rows, knownHoles });
    return series;
  }

  private serve(
    want: WantedSeries,
    window: Window,
    series: CachedSeries,
    origin: 'cache' | 'aggregated',
  ): HistoryOutcome {
    const { known } = cover(series, want.interval, window);
    const inside = known.filter((hole) => hole.from > window.from);
    const { columns } = series;
    return { kind: 'whole', origin, columns, requests: 0, weight: 0, knownHoles: countMissing(inside) };
  }
}

/** A copy of the window's rows, so that a long file does not stay in memory for a short window. */
function crop(series: CachedSeries, window: Window): CachedSeries {
  return { ...series, columns: copyColumns(rangeOfColumns(series.columns, window.from, Infinity)) };
}
