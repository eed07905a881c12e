/**
 * History for everyone: whole series from the cache, topped up or fetched through the queue where the cache falls short.
 * Every symbol gets an outcome; one that fails never stops the others.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { type CandleColumns, type Interval, mergeColumns, type UtcMs } from '@slt/domain';
import type { Queue } from 'bullmq';
import { type Observable, Subject } from 'rxjs';
import { innerHoles } from './core/coverage';
import { HISTORY_PARTS } from './history.tokens';
import type { EnsureOptions, HistoryFileStatus, HistoryOutcome, HistoryProgress } from './history.types';
import { historyError } from './history-job';
import type { HistoryParts } from './history-parts';
import { HistoryRun } from './history-run';
import { aborted } from './history-runs';
import { takeInventory } from './inventory';
import { RunCompletion } from './run-completion';

export interface QueueHealth {
  readonly up: boolean;
  readonly detail: string;
  readonly counts: Record<string, number>;
}

/** What a start waits for the queue. */
const QUEUE_PATIENCE_MS = 1_000;
const MAX_START_PAUSE_MS = 5_000;
const HEALTH_TIMEOUT_MS = 2_000;
/** For the disk at the end; the cluster has had its time before, the database wants some after. */
const LAST_WRITES_MS = 1_800;

@Injectable()
export class HistoryService implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(HistoryService.name);
  private readonly events = new Subject<HistoryProgress>();
  private isClosed = false;
  private working: Promise<void> | undefined;

  constructor(@Inject(HISTORY_PARTS) private readonly parts: HistoryParts) {}

  get progress(): Observable<HistoryProgress> {
    return this.events;
  }

  /** Whether this process takes jobs from the queue. */
  get isWorking(): boolean {
    return this.parts.processor.isRunning;
  }

  onModuleInit(): void {
    if (this.parts.options.worker) this.working = this.startWorker();
  }

  /** Before the service listens: whoever asks it to warm up finds the queue open, unless its backend is away. */
  async onApplicationBootstrap(): Promise<void> {
    const enough = new AbortController();
    const late = wait(QUEUE_PATIENCE_MS, undefined, enough).catch(() => undefined);
    await Promise.race([this.working, late]);
    enough.abort();
  }

  /** To be called while nothing else is to be done: reads the cache (see ReadAhead) and opens the queue, if it can. */
  prepare(limit: number): void {
    this.parts.series.readAhead(this.parts.options.intervals, limit);
    // Whoever needs the queue tries again, and tells.
    this.parts.queue.open().catch(() => undefined);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /**
   * The last `limit` closed candles of each symbol, or why not. Never rejects for a symbol's sake.
   * @param symbols each once counts; any order
   */
  async ensureHistory(
    symbols: readonly string[],
    interval: Interval,
    limit: number,
    options: EnsureOptions = {},
  ): Promise<Map<string, HistoryOutcome>> {
    const run = new HistoryRun({
      runId: randomUUID(),
      symbols,
      interval,
      onOutcome: options.onOutcome,
      onProgress: (progress) => this.events.next(progress),
    });
    const stopped = whenAborted(options.signal);
    const work = new RunCompletion(this.parts).complete(run, { interval, limit, options });
    await Promise.race([work, stopped.promise]);
    stopped.dispose();
    work.catch(() => undefined);
    for (const symbol of run.unsettled) run.settle(symbol, { kind: 'failed', reason: aborted() });
    return run.outcomes;
  }

  /**
   * The closed candles that open in [from, to], asked for now and not through the queue; fewer where the exchange has
   * none. Waits for the weight budget.
   * @throws AppError of the client once the patience is spent
   */
  fetchRange(symbol: string, interval: Interval, from: UtcMs, to: UtcMs): Promise<CandleColumns> {
    return this.parts.ranges.fetch({ symbol, interval, from, to });
  }

  /**
   * Merges the series into their files, one after the other, with room for others in between. A hole between a series'
   * own candles is taken for one of the exchange's and remembered.
   */
  async persist(
    series: Iterable<{ symbol: string; interval: Interval; columns: CandleColumns }>,
  ): Promise<void> {
    const problems: Error[] = [];
    for (const { symbol, interval, columns } of series) {
      await new Promise((resume) => setImmediate(resume));
      if (columns.length === 0) continue;
      await this.writeOnce({ symbol, interval, columns }).catch((error: Error) => problems.push(error));
    }
    const [first] = problems;
    if (first !== undefined) throw first;
  }

  /** Resolves once all fetched candles are on disk. */
  flush(): Promise<void> {
    return this.parts.behind.flush();
  }

  inventory(): Promise<HistoryFileStatus[]> {
    return takeInventory(this.parts.series, this.parts.clock);
  }

  async queueHealth(): Promise<QueueHealth> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${HEALTH_TIMEOUT_MS} ms`)),
        HEALTH_TIMEOUT_MS,
      );
    });
    const asked = this.askQueue();
    asked.catch(() => undefined);
    try {
      return await Promise.race([asked, late]);
    } catch (error) {
      return { up: false, detail: historyError(error).message, counts: {} };
    } finally {
      clearTimeout(timer);
    }
  }

  /** The queues themselves, for a board to look at. @throws what keeps them from being opened */
  async queues(): Promise<readonly Queue[]> {
    const { series, runs } = await this.parts.queue.open();
    // What a board calls exists on both backends; the types name the one they were made for.
    return [series, runs] as unknown as readonly Queue[];
  }

  /** Ends runs, gives jobs back to the queue, and writes what waits for the disk. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.parts.series.endReadAhead();
    const { runs, ranges, processor, behind, queue } = this.parts;
    runs.close();
    ranges.close();
    const deadline = performance.now() + LAST_WRITES_MS;
    const first = behind.end(LAST_WRITES_MS);
    await processor.close();
    // And what jobs that were still under way have added.
    const left = (await first) + (await behind.end(deadline - performance.now()));
    if (left > 0) this.logger.warn(`${left} series were not written in time; they are topped up later`);
    await queue.close();
    this.events.complete();
  }

  /** Together with what of this series waits for the disk, so that its file is written once. */
  private async writeOnce(live: {
    symbol: string;
    interval: Interval;
    columns: CandleColumns;
  }): Promise<void> {
    const { behind, series } = this.parts;
    const moreKnownHoles = innerHoles(live.columns, live.interval);
    const pending = behind.take(live.symbol, live.interval);
    if (pending === undefined) {
      await series.write({ ...live, fresh: live.columns, moreKnownHoles });
      return;
    }
    try {
      const columns = mergeColumns(pending.columns, live.columns);
      const fresh = mergeColumns(pending.fresh, live.columns);
      await series.write({ ...pending, columns, fresh, moreKnownHoles });
    } catch (error) {
      behind.add(pending);
      throw error;
    }
  }

  private async startWorker(): Promise<void> {
    for (let pauseMs = 250; !this.isClosed; pauseMs = Math.min(MAX_START_PAUSE_MS, pauseMs * 2)) {
      try {
        return await this.parts.processor.start();
      } catch (error) {
        if (!this.isClosed)
          this.logger.warn(`the history worker cannot start yet: ${historyError(error).message}`);
        await new Promise((wake) => setTimeout(wake, pauseMs).unref());
      }
    }
  }

  private async askQueue(): Promise<QueueHealth> {
    const { queue } = this.parts;
    const { backend, series } = await queue.open();
    const [counts, workers, pausedForMs] = await Promise.all([
      series.getJobCounts(),
      series.getWorkersCount(),
      queue.pausedForMs(),
    ]);
    const paused = pausedForMs > 0 ? `, paused for ${Math.ceil(pausedForMs / 1000)} s` : '';
    return { up: true, detail: `${backend.kind}, ${workers} worker(s)${paused}`, counts };
  }
}

function whenAborted(signal: AbortSignal | undefined): { promise: Promise<void>; dispose: () => void } {
  if (signal === undefined) return { promise: new Promise(() => undefined), dispose: () => undefined };
  let onAbort: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    onAbort = resolve;
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) resolve();
  });
  return { promise, dispose: () => signal.removeEventListener('abort', onAbort) };
}
