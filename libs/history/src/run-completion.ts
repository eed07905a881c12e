/**
 * How a run over many series comes to its end: the cache first, the queue for what it lacks, and again for jobs whose end
 * answered another question. Every symbol gets an outcome; one that fails never stops the others.
 */
import { AppError, copyColumns, EMPTY_COLUMNS, type Interval, rangeOfColumns } from '@slt/domain';
import { forEachLimited } from './for-each-limited';
import type { EnsureOptions, HistoryOutcome } from './history.types';
import { historyError, isWorthRetrying } from './history-job';
import type { HistoryParts } from './history-parts';
import type { HistoryRun } from './history-run';
import type { Wanted } from './history-runs';
import type { JobOutcome } from './job-desk';

/** Files read at once: the disk answers some while others are parsed. */
const LOOKS_AT_ONCE = 8;
/** A job may turn out to be somebody's of fewer candles, or lost with its queue; then it is asked for again. */
const MAX_ROUNDS = 4;

export class RunCompletion {
  constructor(private readonly parts: HistoryParts) {}

  /** Resolves once the run has an outcome for each of its symbols. */
  async complete(
    run: HistoryRun,
    ask: { interval: Interval; limit: number; options: EnsureOptions },
  ): Promise<void> {
    const { interval, limit, options } = ask;
    let wanting: Wanted[] = [];
    await forEachLimited(run.unsettled, LOOKS_AT_ONCE, async (symbol) => {
      if (options.signal?.aborted === true) return;
      const onboardTime = options.instruments?.get(symbol)?.onboardTime;
      const data = { symbol, interval, limit, ...(onboardTime === undefined ? {} : { onboardTime }) };
      const wanted = await this.lookAt(run, data, options.maxAgeMs);
      if (wanted !== undefined) wanting.push(wanted);
    });
    for (let round = 0; wanting.length > 0 && round < MAX_ROUNDS; round++) {
      if (options.signal?.aborted === true) return;
      wanting = await this.fetchRound(run, wanting, { round, signal: options.signal });
    }
    for (const { data } of wanting) run.settle(data.symbol, await this.fallBack(data, lost(data.symbol)));
  }

  /** @returns what must be asked for, unless the cache could serve */
  private async lookAt(
    run: HistoryRun,
    data: Wanted['data'],
    maxAgeMs?: number,
  ): Promise<Wanted | undefined> {
    try {
      const look = await this.parts.look.at(data, maxAgeMs ?? this.parts.options.maxAgeMs);
      if (look.kind === 'wanting') return { data, cached: look.cached };
      run.settle(data.symbol, look.outcome);
    } catch (error) {
      const reason = historyError(error);
      if (isWorthRetrying(reason)) return { data, cached: null };
      run.settle(data.symbol, { kind: 'failed', reason });
    }
    return undefined;
  }

  /** @returns what must be asked for again */
  private async fetchRound(
    run: HistoryRun,
    wanting: readonly Wanted[],
    how: { round: number; signal: AbortSignal | undefined },
  ): Promise<Wanted[]> {
    const again: Wanted[] = [];
    const runId = how.round === 0 ? run.runId : `${run.runId}-${how.round}`;
    const jobs = this.parts.runs.request(wanting, runId);
    const release = (): void => void this.parts.runs.abandon(jobs);
    how.signal?.addEventListener('abort', release, { once: true });
    await Promise.all(
      jobs.map(async (job, i) => {
        const { data } = wanting[i]!;
        const outcome = await this.conclude(data, await job.outcome);
        if (outcome !== undefined) run.settle(data.symbol, outcome);
        else again.push({ data, cached: null });
      }),
    );
    how.signal?.removeEventListener('abort', release);
    return again;
  }

  /** @returns undefined when the job's end does not answer the question */
  private async conclude(data: Wanted['data'], outcome: JobOutcome): Promise<HistoryOutcome | undefined> {
    try {
      if (outcome.kind === 'failed') return await this.fallBack(data, outcome.reason);
      if (outcome.kind === 'lost') {
        const look = await this.parts.look.at(data, this.parts.options.maxAgeMs);
        return look.kind === 'served' ? look.outcome : undefined;
      }
      return outcome.result.limit < data.limit ? undefined : await this.wholeOf(data, outcome);
    } catch (error) {
      return { kind: 'failed', reason: historyError(error) };
    }
  }

  private async wholeOf(
    data: Wanted['data'],
    { result, columns }: JobOutcome & { kind: 'done' },
  ): Promise<HistoryOutcome | undefined> {
    const all = columns ?? (await this.parts.series.read(data.symbol, data.interval))?.columns;
    if (all === undefined && result.rows > 0) return undefined;
    const { from } = this.parts.fetcher.windowOf(data);
    const { origin, requests, weight, knownHoles } = result;
    const mine = all === undefined ? EMPTY_COLUMNS : rangeOfColumns(all, from, Infinity);
    const isSmallPart = all !== undefined && 2 * mine.length < all.length;
    return {
      kind: 'whole',
      origin,
      columns: isSmallPart ? copyColumns(mine) : mine,
      requests,
      weight,
      knownHoles,
    };
  }

  /** The cache serves, and says so, when the exchange or the queue cannot. */
  private async fallBack(data: Wanted['data'], reason: AppError): Promise<HistoryOutcome> {
    if (!isWorthRetrying(reason)) return { kind: 'failed', reason };
    const columns = await this.parts.look.anything(data).catch(() => undefined);
    return columns === undefined ? { kind: 'failed', reason } : { kind: 'stale', columns, reason };
  }
}

function lost(symbol: string): AppError {
  return new AppError(
    'transient',
    'HISTORY.LOST',
    `the job of ${symbol} ended elsewhere, but its file is not here; do all workers share one DATA_DIR?`,
  );
}
