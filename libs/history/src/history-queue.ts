/** The two queues: one job per series, and one parent per run that ends when all of its series have. */
import { Logger } from '@nestjs/common';
import type { FlowProducer, JobsOptions } from 'bullmq';
import { isAlive, ownIdentity } from '@slt/database';
import type { QueueBackend, QueueOf } from '@slt/queue';
import type { HistorySettings } from './history.settings';
import {
  type RunJobData,
  type RunJobResult,
  type SeriesJobData,
  type SeriesJobResult,
  seriesJobId,
} from './history-job';

export interface OpenQueue {
  readonly backend: QueueBackend;
  readonly series: QueueOf<SeriesJobData, SeriesJobResult>;
  readonly runs: QueueOf<RunJobData, RunJobResult>;
  readonly flows: FlowProducer;
}

/** Finished runs to look at; the jobs of series leave no trace, so that they can be asked for again. */
const KEPT_RUNS = 20;
/** A limiter that never limits: BullMQ obeys `rateLimit()` only on queues that have one. */
export const PAUSABLE = { max: 1_000_000_000, duration: 60_000 };
const RUN_SUFFIX = '-runs';
const UNFINISHED = ['waiting', 'active', 'delayed', 'prioritized', 'waiting-children'] as const;
const CLOSE_TIMEOUT_MS = 700;
const QUIET_MS = 10_000;
const MAX_KINDS = 100;

export class HistoryQueue {
  private readonly logger = new Logger(HistoryQueue.name);
  private opened: Promise<OpenQueue> | undefined;
  private connected: OpenQueue | undefined;
  private readonly closing = new AbortController();
  /** When a kind of error was told last. */
  private readonly reported = new Map<string, number>();

  constructor(
    private readonly backend: () => Promise<QueueBackend>,
    private readonly name: () => Promise<string>,
    private readonly settings: Pick<HistorySettings, 'attempts' | 'backoffMs'>,
  ) {}

  /** Connects on the first call; a failed attempt is forgotten, so that the next call tries again. */
  open(): Promise<OpenQueue> {
    if (this.closing.signal.aborted) return Promise.reject(closedError());
    this.opened ??= unlessAborted(this.connect(), this.closing.signal).catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  runsName(seriesName: string): string {
    return `${seriesName}${RUN_SUFFIX}`;
  }

  /** Ids of jobs that wait or are worked on, for whomever. */
  async underWay(): Promise<ReadonlySet<string>> {
    const { series } = await this.open();
    const counts = await series.getJobCounts();
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    if (total === 0) return new Set();
    for (const job of await series.getJobs(['completed', 'failed'])) await job.remove();
    const jobs = await series.getJobs([...UNFINISHED]);
    return new Set(jobs.flatMap((job) => job?.id ?? []));
  }

  /**
   * One parent, one child a series, atomically. A series that is under way already, for whomever, is left as it is.
   * @param underWay of a moment ago
   * @returns the ids of the jobs that belong to this run
   */
  async submit(
    runId: string,
    wants: readonly SeriesJobData[],
    underWay: ReadonlySet<string>,
  ): Promise<ReadonlySet<string>> {
    const { series, runs, flows } = await this.open();
    const added = wants.filter((want) => !underWay.has(seriesJobId(want.symbol, want.interval)));
    const [first] = added;
    if (first === undefined) return new Set();
    const data: RunJobData = { interval: first.interval, limit: first.limit, symbols: added.length };
    await flows.add({
      name: 'run',
      queueName: runs.name,
      data,
      opts: { jobId: runId, removeOnComplete: KEPT_RUNS, removeOnFail: KEPT_RUNS },
      children: added.map((want) => ({
        name: 'series',
        queueName: series.name,
        data: want,
        opts: { ...this.seriesOptions(), jobId: seriesJobId(want.symbol, want.interval) },
      })),
    });
    return new Set(added.map((want) => seriesJobId(want.symbol, want.interval)));
  }

  /**
   * Jobs that a process of this machine held when it was killed need not wait for their locks to expire.
   * @returns how many went back to waiting
   */
  async releaseJobsOfTheDead(): Promise<number> {
    const { series } = await this.open();
    let released = 0;
    for (const job of await series.getActive()) {
      if (!isOfTheDead(job.processedBy)) continue;
      await job.moveToWait('0');
      released++;
    }
    return released;
  }

  /** Takes jobs out that nobody works on yet. At the end of the process they may as well stay. */
  async withdraw(ids: readonly string[]): Promise<void> {
    if (this.opened === undefined) return;
    const { series } = await this.open();
    // A job that is being worked on is locked and stays.
    for (const id of ids) {
      if (this.closing.signal.aborted) return;
      await series.remove(id).catch(() => undefined);
    }
  }

  /** Milliseconds for which the queue is paused; 0 when it is not. */
  async pausedForMs(): Promise<number> {
    const { series } = await this.open();
    return Math.max(0, await series.getRateLimitTtl(PAUSABLE.max));
  }

  /** One line of a kind a while, however many jobs it concerns. */
  report(error: Error): void {
    if (this.closing.signal.aborted) return;
    const now = performance.now();
    const kind = error.message.replace(/\bjob \S+/i, 'job');
    const last = this.reported.get(kind);
    if (last !== undefined && now - last < QUIET_MS) return;
    this.reported.set(kind, now);
    if (this.reported.size > MAX_KINDS) this.reported.clear();
    this.logger.warn(`the history queue reports: ${error.message}`);
  }

  /** Also while the backend does not answer. */
  async close(): Promise<void> {
    this.closing.abort();
    const { connected } = this;
    if (connected === undefined) return;
    const { flows, series, runs, backend } = connected;
    const parts = [flows, series, runs];
    const closed = Promise.allSettled(parts.map((part) => part.close()));
    // If the backend is away there is nothing to say goodbye to.
    if (!(await within(CLOSE_TIMEOUT_MS, closed)))
      await within(CLOSE_TIMEOUT_MS, Promise.allSettled(parts.map((part) => part.disconnect())));
    await within(CLOSE_TIMEOUT_MS, backend.close());
  }

  private seriesOptions(): JobsOptions {
    const { attempts, backoffMs } = this.settings;
    return {
      attempts,
      backoff: { type: 'exponential', delay: backoffMs, jitter: 0.5 },
      removeOnComplete: true,
      removeOnFail: true,
      ignoreDependencyOnFailure: true,
      stackTraceLimit: 1,
    };
  }

  private async connect(): Promise<OpenQueue> {
    const [backend, name] = await Promise.all([this.backend(), this.name()]);
    const open: OpenQueue = {
      backend,
      series: backend.queue(name),
      runs: backend.queue(this.runsName(name)),
      flows: backend.flows(),
    };
    this.connected = open;
    const parts = [open.series, open.runs, open.flows];
    open.series.on('error', (error) => this.report(error));
    open.runs.on('error', (error) => this.report(error));
    open.flows.on('error', (error) => this.report(error));
    try {
      // One after the other: the first brings the tables up to date.
      for (const part of parts) await part.waitUntilReady();
      return open;
    } catch (error) {
      await Promise.allSettled(parts.map((part) => part.close()));
      await backend.close();
      throw error;
    }
  }
}

/** @returns whether the work ended in time */
async function within(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  const ended = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return ended;
}

function closedError(): Error {
  return new Error('the history queue is closed');
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(closedError()), { once: true }),
  );
  return Promise.race([work, aborted]);
}

/** The name under which this process's worker takes jobs. */
export function workerName(): string {
  return Buffer.from(JSON.stringify(ownIdentity())).toString('base64url');
}

function isOfTheDead(name: string | undefined): boolean {
  if (name === undefined) return false;
  try {
    const identity = JSON.parse(Buffer.from(name, 'base64url').toString()) as ReturnType<typeof ownIdentity>;
    return isAlive(identity) === false;
  } catch {
    return false;
  }
}
