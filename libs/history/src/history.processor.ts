/** Works on history jobs: in the trader itself, and in any number of apps/worker beside it. */
import { Logger } from '@nestjs/common';
import type { AppError } from '@slt/domain';
import type { WorkerOf } from '@slt/queue';
import { type Job, RateLimitError, UnrecoverableError, WaitingError } from 'bullmq';
import type { HistorySettings } from './history.settings';
import {
  decodeFailure,
  encodeFailure,
  historyError,
  isWorthRetrying,
  pauseOf,
  type RunJobData,
  type RunJobResult,
  type SeriesJobData,
  type SeriesJobResult,
} from './history-job';
import { type HistoryQueue, PAUSABLE, workerName } from './history-queue';
import type { AwaitedJob, JobDesk } from './job-desk';
import type { SeriesAccess } from './series-access';
import type { SeriesFetcher, SeriesUpdate } from './series-fetcher';
import type { WriteBehind } from './write-behind';

export interface ProcessorParts {
  readonly queue: HistoryQueue;
  readonly fetcher: SeriesFetcher;
  readonly series: SeriesAccess;
  readonly behind: WriteBehind;
  readonly desk: JobDesk;
  readonly settings: HistorySettings;
  readonly concurrency: number;
}

/** A worker that dies again and again with the same job is a matter for its operator, not for the job. */
const MAX_TAKEOVERS = 50;
const RETRY_FETCHING_JOBS_MS = 500;
const FORCED_CLOSE_MS = 1_000;
const LULL_MS = 100;

export class HistoryProcessor {
  private readonly logger = new Logger(HistoryProcessor.name);
  private workers:
    | {
        series: WorkerOf<SeriesJobData, SeriesJobResult>;
        runs: WorkerOf<RunJobData, RunJobResult>;
      }
    | undefined;
  private starting: Promise<void> | undefined;
  /** Who waited for a job when its latest attempt began. */
  private readonly awaited = new WeakMap<Job, AwaitedJob>();
  private active = 0;
  private endedAt = -Infinity;
  private isClosed = false;

  constructor(private readonly parts: ProcessorParts) {}

  /** Also for a moment after the last job: the next may be on its way. */
  get isBusy(): boolean {
    return this.active > 0 || performance.now() - this.endedAt < LULL_MS;
  }

  get isRunning(): boolean {
    return this.workers !== undefined;
  }

  /** Connects and takes jobs from then on. A failed start may be tried again. */
  start(): Promise<void> {
    this.starting ??= this.connect().catch((error: unknown) => {
      this.starting = undefined;
      throw error;
    });
    return this.starting;
  }

  /** Within seconds: what runs may end by itself for a moment, then goes back to waiting. */
  async close(): Promise<void> {
    this.isClosed = true;
    const { workers } = this;
    if (workers === undefined) return;
    const { closeGraceMs } = this.parts.settings;
    const cancel = setTimeout(() => workers.series.cancelAllJobs('shutdown'), closeGraceMs);
    const closing = Promise.allSettled([workers.series.close(), workers.runs.close()]);
    await Promise.race([
      closing,
      new Promise((wake) => setTimeout(wake, closeGraceMs + FORCED_CLOSE_MS).unref()),
    ]);
    clearTimeout(cancel);
    this.workers = undefined;
  }

  private async connect(): Promise<void> {
    const { queue, settings, concurrency } = this.parts;
    const { backend, series, runs } = await queue.open();
    const released = await queue.releaseJobsOfTheDead();
    if (released > 0) this.logger.log(`took over ${released} jobs of a worker that was killed`);
    // The backend may have answered after the end.
    if (this.isClosed) return;
    const options = {
      name: workerName(),
      lockDuration: settings.lockMs,
      stalledInterval: settings.stalledCheckMs,
      maxStalledCount: MAX_TAKEOVERS,
      runRetryDelay: RETRY_FETCHING_JOBS_MS,
    };
    this.workers = {
      series: backend.worker<SeriesJobData, SeriesJobResult>(
        series.name,
        (job, token, signal) => this.processSeries(job, token, signal),
        { ...options, concurrency, limiter: PAUSABLE },
      ),
      runs: backend.worker<RunJobData, RunJobResult>(runs.name, (job) => summarize(job), options),
    };
    for (const worker of Object.values(this.workers)) worker.on('error', (error) => queue.report(error));
    this.workers.series.on('failed', (job, error) => this.onFailed(job, error));
  }

  private async processSeries(
    job: Job<SeriesJobData, SeriesJobResult>,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<SeriesJobResult> {
    const awaited = this.parts.desk.find(job.id ?? '');
    if (awaited !== undefined) this.awaited.set(job, awaited);
    this.active++;
    try {
      const cached = awaited === undefined ? null : awaited.cached;
      const work = this.parts.fetcher.update(job.data, cached, signal);
      const update = await untilAborted(work, signal);
      return await this.handOver(job, update);
    } catch (error) {
      if (awaited !== undefined) awaited.cached = null;
      if (signal?.aborted === true) return await backToWaiting(job, token);
      throw await this.translate(job, historyError(error));
    } finally {
      this.active--;
      this.endedAt = performance.now();
    }
  }

  /** In memory to whoever waits in this process; to everybody else by the file, which must be there first. */
  private async handOver(
    job: Job<SeriesJobData, SeriesJobResult>,
    update: SeriesUpdate,
  ): Promise<SeriesJobResult> {
    const { symbol, interval, limit } = job.data;
    const { origin, columns, fresh, knownHoles, requests, weight } = update;
    const result: SeriesJobResult = {
      origin,
      limit,
      rows: columns.length,
      requests,
      weight,
      knownHoles: update.missingInside,
    };
    const pending = { symbol, interval, columns, fresh, knownHoles };
    const awaited = this.parts.desk.find(job.id ?? '');
    if (awaited !== undefined) {
      if (fresh.length > 0) this.parts.behind.add(pending);
      this.parts.desk.settle(awaited, { kind: 'done', result, columns });
      return result;
    }
    if (fresh.length > 0) await this.parts.series.write(pending);
    await this.parts.behind.written(symbol, interval);
    return result;
  }

  private async translate(job: Job<SeriesJobData, SeriesJobResult>, error: AppError): Promise<Error> {
    this.parts.desk.note(job.id ?? '', error);
    const pauseMs = pauseOf(error);
    if (pauseMs !== undefined) {
      const { series } = await this.parts.queue.open();
      await series.rateLimit(pauseMs);
      return new RateLimitError();
    }
    if (!isWorthRetrying(error)) return new UnrecoverableError(encodeFailure(error));
    return Object.assign(new Error(encodeFailure(error)), { stack: '' });
  }

  private onFailed(job: Job<SeriesJobData, SeriesJobResult> | undefined, error: Error): void {
    if (job?.id === undefined || job.finishedOn === undefined) return;
    // One that failed without an attempt of ours, such as a stalled one, is known by its id only.
    const awaited = this.awaited.get(job) ?? this.parts.desk.find(job.id);
    if (awaited === undefined) return;
    this.parts.desk.settle(awaited, { kind: 'failed', reason: decodeFailure(error.message) });
  }
}

/** The parent of a run: by now each of its series has succeeded or failed. */
async function summarize(job: Job<RunJobData, RunJobResult>): Promise<RunJobResult> {
  const results = Object.values(await job.getChildrenValues<SeriesJobResult>());
  return {
    whole: results.length,
    failed: job.data.symbols - results.length,
    requests: results.reduce((sum, result) => sum + result.requests, 0),
    weight: results.reduce((sum, result) => sum + result.weight, 0),
  };
}

async function backToWaiting(job: Job, token: string | undefined): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  work.catch(() => undefined);
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Error('aborted'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
