/**
 * Who waits for which job in this process. Whoever learns first what became of it (our own worker, or a look at the
 * queue) settles it here, once.
 */
import type { AppError, CandleColumns } from '@slt/domain';
import type { CachedSeries } from './core/coverage';
import { type SeriesJobData, type SeriesJobResult, seriesJobId } from './history-job';

export type JobOutcome =
  | {
      readonly kind: 'done';
      readonly result: SeriesJobResult;
      /** From our own worker; else the file has them. */
      readonly columns?: CandleColumns;
    }
  | { readonly kind: 'failed'; readonly reason: AppError }
  /** It is gone from the queue, and nobody here saw how it ended. */
  | { readonly kind: 'lost' };

export interface AwaitedJob {
  readonly id: string;
  readonly data: SeriesJobData;
  readonly outcome: Promise<JobOutcome>;
  /** What the cache held when the job was asked for; null: not read. Saves the worker the reading. */
  cached: CachedSeries | undefined | null;
  lastProblem: AppError | undefined;
  /** Runs that wait for it. */
  followers: number;
  readonly settle: (outcome: JobOutcome) => void;
}

export class JobDesk {
  private readonly jobs = new Map<string, AwaitedJob>();
  private readonly watchers = new Set<() => void>();

  get size(): number {
    return this.jobs.size;
  }

  find(id: string): AwaitedJob | undefined {
    return this.jobs.get(id);
  }

  /** The job that is already awaited, or a new one, which the caller must put into the queue. */
  await(data: SeriesJobData, cached: CachedSeries | undefined | null): { job: AwaitedJob; isNew: boolean } {
    const id = seriesJobId(data.symbol, data.interval);
    const existing = this.jobs.get(id);
    if (existing !== undefined) {
      existing.followers++;
      return { job: existing, isNew: false };
    }
    const { promise, resolve } = withResolvers<JobOutcome>();
    const job = { id, data, outcome: promise, cached, lastProblem: undefined, followers: 1, settle: resolve };
    this.jobs.set(id, job);
    return { job, isNew: true };
  }

  /**
   * Ends this very waiting. What was learned of an earlier job must not end a later one that bears its id.
   * @returns whether it was still awaited
   */
  settle(job: AwaitedJob, outcome: JobOutcome): boolean {
    if (this.jobs.get(job.id) !== job) return false;
    this.jobs.delete(job.id);
    job.settle(outcome);
    for (const watcher of this.watchers) watcher();
    return true;
  }

  /** An attempt failed; there will be another. */
  note(id: string, problem: AppError): void {
    const job = this.jobs.get(id);
    if (job !== undefined) job.lastProblem = problem;
  }

  /** @returns how to stop watching */
  onSettled(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
