/**
 * Makes one series whole: looks at the cache, asks the exchange for what is missing at least weight, checks the answer.
 * This is the work of a history job; it knows nothing of queues.
 */
import { setTimeout as wait } from 'node:timers/promises';
import {
  aggregateColumns,
  AppError,
  type CandleColumns,
  type Clock,
  EMPTY_COLUMNS,
  findHoles,
  type Hole,
  type Interval,
  intervalMs,
  mergeColumns,
  openTimeOf,
  rangeOfColumns,
  type UtcMs,
} from '@slt/domain';
import type { BinanceClient } from '@slt/exchange';
import { judgeAnswer, mayBeginLate } from './core/answered';
import { cover, type CachedSeries, type Window } from './core/coverage';
import { fetchWindow } from './core/fetch-window';
import { planPages } from './core/page-planner';
import { cheaper, withKnownHoles } from './core/questions';
import { verifyRows } from './core/verify-rows';
import type { HistorySettings } from './history.settings';
import type { HistoryOrigin } from './history.types';
import type { SeriesAccess } from './series-access';

export type KlineSource = Pick<BinanceClient, 'klines'>;

export interface WantedSeries {
  readonly symbol: string;
  readonly interval: Interval;
  readonly limit: number;
  readonly onboardTime?: UtcMs;
}

export interface SeriesUpdate {
  readonly origin: HistoryOrigin;
  /** Everything cached and fetched. */
  readonly columns: CandleColumns;
  /** What the file does not have yet. */
  readonly fresh: CandleColumns;
  readonly knownHoles: readonly Hole[];
  /** Candles inside the window that the exchange does not have. */
  readonly missingInside: number;
  readonly requests: number;
  readonly weight: number;
}

/** What a job has so far; survives its failure, so that the next attempt asks for the rest only. */
interface Progress {
  columns: CandleColumns;
  fresh: CandleColumns;
  requests: number;
  weight: number;
}

export class SeriesFetcher {
  constructor(
    private readonly client: KlineSource,
    private readonly clock: Clock,
    private readonly series: SeriesAccess,
    private readonly intervals: readonly Interval[],
    private readonly settings: Pick<HistorySettings, 'reasks' | 'reaskDelayMs'>,
  ) {}

  windowOf(want: WantedSeries): Window {
    return fetchWindow({ now: this.clock.now(), ...want });
  }

  /**
   * @param cached what the cache holds, if the caller has just read it; null: not read yet
   * @throws AppError of the client; what was fetched before it is on disk by then
   */
  async update(
    want: WantedSeries,
    cached: CachedSeries | undefined | null,
    signal?: AbortSignal,
  ): Promise<SeriesUpdate> {
    const before = cached === null ? await this.series.read(want.symbol, want.interval) : cached;
    const window = this.windowOf(want);
    const progress: Progress = {
      columns: before?.columns ?? EMPTY_COLUMNS,
      fresh: EMPTY_COLUMNS,
      requests: 0,
      weight: 0,
    };
    try {
      return await this.complete(want, window, { before, progress }, signal);
    } catch (error) {
      await this.keep(want, progress, before?.knownHoles ?? []);
      throw error;
    }
  }

  /** What shorter cached intervals give for the missing open times; empty for the shortest. */
  async aggregate(want: WantedSeries, missing: readonly Hole[]): Promise<CandleColumns> {
    const length = intervalMs(want.interval);
    const shorter = this.intervals.filter((i) => intervalMs(i) < length && length % intervalMs(i) === 0);
    const first = missing[0];
    const last = missing.at(-1);
    let rows = EMPTY_COLUMNS;
    if (first === undefined || last === undefined) return rows;
    for (const interval of shorter) {
      const source = await this.series.read(want.symbol, interval);
      if (source === undefined) continue;
      const part = rangeOfColumns(source.columns, first.from, last.to + length - 1);
      rows = mergeColumns(aggregateColumns(part, interval, want.interval), rows);
    }
    return rows;
  }

  private async complete(
    want: WantedSeries,
    window: Window,
    state: { before: CachedSeries | undefined; progress: Progress },
    signal?: AbortSignal,
  ): Promise<SeriesUpdate> {
    const { before, progress } = state;
    const { interval } = want;
    const coverage = cover(before, interval, window);
    const aggregated = await this.useAggregates(want, coverage.missing, progress);
    const missing =
      aggregated.length === 0
        ? coverage.missing
        : cover(asCached(progress, before), interval, window).missing;
    const turn = Math.floor(this.clock.now() / intervalMs(interval));
    await this.fetch(want, withKnownHoles(missing, coverage.known, { interval, turn }), { progress, signal });
    const answer = await this.reask(want, window, { before, progress }, signal);
    return {
      origin: originOf(progress, coverage.columns.length, aggregated.length),
      columns: progress.columns,
      fresh: progress.fresh,
      knownHoles: answer.knownHoles,
      missingInside: answer.missingInside,
      requests: progress.requests,
      weight: progress.weight,
    };
  }

  /** Takes rows made of shorter candles where that saves weight. */
  private async useAggregates(
    want: WantedSeries,
    missing: readonly Hole[],
    progress: Progress,
  ): Promise<CandleColumns> {
    const rows = await this.aggregate(want, missing);
    if (rows.length === 0) return rows;
    const rest = missing.flatMap((hole) => findHoles(rows, want.interval, hole.from, hole.to));
    if (cheaper(rest, missing, want.interval) !== rest) return EMPTY_COLUMNS;
    take(progress, rows);
    return rows;
  }

  private async fetch(
    want: WantedSeries,
    holes: readonly Hole[],
    how: { progress: Progress; signal: AbortSignal | undefined },
  ): Promise<void> {
    for (const page of planPages(holes, want.interval)) {
      how.signal?.throwIfAborted();
      const { startTime, endTime, limit } = page;
      const rows = await this.client.klines({ ...pick(want), startTime, endTime, limit });
      how.progress.requests++;
      how.progress.weight += page.weight;
      take(how.progress, verifyRows(rows, want.interval, { from: startTime, to: endTime }));
    }
  }

  private async reask(
    want: WantedSeries,
    window: Window,
    state: { before: CachedSeries | undefined; progress: Progress },
    signal?: AbortSignal,
  ): Promise<ReturnType<typeof judgeAnswer>> {
    const question = {
      interval: want.interval,
      window,
      mayBeginLate: mayBeginLate(want.onboardTime, this.fullFrom(want)),
      knownBefore: state.before?.knownHoles ?? [],
    };
    for (let round = 0; ; round++) {
      const answer = judgeAnswer(state.progress.columns, question);
      if (answer.suspicious.length === 0 || round === this.settings.reasks) return answer;
      await wait(this.settings.reaskDelayMs * 2 ** round, undefined, signal && { signal });
      await this.fetch(want, answer.suspicious, { progress: state.progress, signal });
    }
  }

  /** Where the window would begin if the listing were old enough. */
  private fullFrom(want: WantedSeries): UtcMs {
    const step = intervalMs(want.interval);
    return openTimeOf(this.clock.now(), want.interval) - want.limit * step;
  }

  private async keep(want: WantedSeries, progress: Progress, knownHoles: readonly Hole[]): Promise<void> {
    if (progress.fresh.length === 0) return;
    await this.series.write({ ...pick(want), columns: progress.columns, fresh: progress.fresh, knownHoles });
  }
}

function pick(want: WantedSeries): { symbol: string; interval: Interval } {
  return { symbol: want.symbol, interval: want.interval };
}

/** While nothing was cached both are the same columns: they are merged, and kept, once. */
function take(progress: Progress, rows: CandleColumns): void {
  const isAllFresh = progress.columns === progress.fresh;
  progress.columns = mergeColumns(progress.columns, rows);
  progress.fresh = isAllFresh ? progress.columns : mergeColumns(progress.fresh, rows);
}

function asCached(progress: Progress, before: CachedSeries | undefined): CachedSeries {
  return { columns: progress.columns, writtenAt: 0, knownHoles: before?.knownHoles ?? [] };
}

function originOf(progress: Progress, cachedRows: number, aggregatedRows: number): HistoryOrigin {
  if (progress.requests === 0) return aggregatedRows > 0 ? 'aggregated' : 'cache';
  return cachedRows > 0 ? 'topped-up' : 'fetched';
}

/** Thrown at a shutdown: the job goes back to waiting. */
export function isAbort(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'AbortError' || (error instanceof AppError && error.code === 'HISTORY.ABORTED'))
  );
}
