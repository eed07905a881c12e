/**
 * Gets jobs into the queue and learns what becomes of them. Our own worker reports at once; what other processes have
 * done shows in the run's parent, which is looked at a few times a second: nothing is lost with an event that was missed.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '@slt/domain';
import pLimit from 'p-limit';
import type { CachedSeries } from './core/coverage';
import type { HistorySettings } from './history.settings';
import { decodeFailure, historyError, type SeriesJobData, type SeriesJobResult } from './history-job';
import type { HistoryQueue } from './history-queue';
import type { AwaitedJob, JobDesk, JobOutcome } from './job-desk';

export interface Wanted {
  readonly data: SeriesJobData;
  readonly cached: CachedSeries | undefined | null;
}

/** What is in the queue already. */
type Look = () => Promise<ReadonlySet<string>>;

interface Watch {
  readonly runId: string;
  readonly jobs: Map<string, AwaitedJob>;
  /** Jobs that the run's parent waits for; the others belong to somebody else's run. */
  attached: ReadonlySet<string>;
  submitted: boolean;
  lastProgressAt: number;
  /** Progress, or the begin of a pause. */
  lastActivityAt: number;
  problem: AppError | undefined;
}

/** With a worker of our own the queue is looked at less often. */
const OWN_WORKER_FACTOR = 4;
const RESUBMIT_MS = 500;
/** Jobs that go ahead of a big run: as many as are worked on at once. */
const HEAD_START = 32;
/** Jobs of one parent: the database counts them one by one, each time over all that it has counted before. */
const MOST_JOBS = 100;
/** Single look-ups a sweep. */
const MAX_LOOKUPS = 50;

export class HistoryRuns {
  private readonly closing = new AbortController();
  /** The first jobs are worked on while the next are on their way: at once, they would keep each other waiting. */
  private readonly inTurn = pLimit(1);

  constructor(
    private readonly queue: HistoryQueue,
    private readonly desk: JobDesk,
    private readonly settings: HistorySettings,
    private readonly hasOwnWorker: () => boolean,
  ) {}

  /** One job each, joined where it is under way. Every job ends with an outcome, whatever fails. */
  request(wanted: readonly Wanted[], runId: string = randomUUID()): AwaitedJob[] {
    const created = new Map<string, AwaitedJob>();
    const jobs = wanted.map(({ data, cached }) => {
      const { job, isNew } = this.desk.await(data, cached);
      if (isNew) created.set(job.id, job);
      return job;
    });
    let looked: ReturnType<Look> | undefined;
    const look: Look = () => (looked ??= this.queue.underWay());
    for (const [part, jobs] of parts(runId, created)) void this.watch(part, jobs, look);
    return jobs;
  }

  /** One run waits no longer: jobs that nobody else waits for, and nobody works on, leave the queue. */
  async abandon(jobs: readonly AwaitedJob[]): Promise<void> {
    const unwanted = jobs.filter((job) => --job.followers === 0 && this.desk.find(job.id) === job);
    for (const job of unwanted) this.desk.settle(job, { kind: 'failed', reason: aborted() });
    try {
      await this.queue.withdraw(unwanted.map((job) => job.id));
    } catch (error) {
      this.queue.report(error as Error);
    }
  }

  close(): void {
    this.closing.abort();
  }

  private async watch(runId: string, jobs: Map<string, AwaitedJob>, firstLook: Look): Promise<void> {
    const now = performance.now();
    const watch: Watch = {
      runId,
      jobs,
      attached: new Set(),
      submitted: false,
      lastProgressAt: now,
      lastActivityAt: now,
      problem: undefined,
    };
    for (const job of jobs.values()) void job.outcome.then(() => this.onOutcome(watch, job.id));
    let look = firstLook;
    while (watch.jobs.size > 0 && !this.closing.signal.aborted) {
      try {
        await (watch.submitted ? this.sweep(watch) : this.inTurn(() => this.submit(watch, look)));
        watch.problem = undefined;
      } catch (error) {
        watch.problem = queueError(error);
        look = () => this.queue.underWay();
      }
      if (watch.jobs.size === 0) break;
      this.giveUpIfStuck(watch);
      await this.pause(watch);
    }
    if (this.closing.signal.aborted) this.fail(watch, aborted());
  }

  private onOutcome(watch: Watch, id: string): void {
    watch.jobs.delete(id);
    watch.lastProgressAt = watch.lastActivityAt = performance.now();
  }

  private async pause(watch: Watch): Promise<void> {
    const { sweepMs } = this.settings;
    const own = this.hasOwnWorker() ? sweepMs * OWN_WORKER_FACTOR : sweepMs;
    const outcomes = [...watch.jobs.values()].map((job) => job.outcome);
    const all = Promise.all(outcomes);
    const enough = new AbortController();
    const signal = AbortSignal.any([enough.signal, this.closing.signal]);
    const slept = wait(watch.submitted ? own : RESUBMIT_MS, undefined, { signal }).catch(() => undefined);
    await Promise.race([all, slept]);
    enough.abort();
  }

  private async submit(watch: Watch, look: Look): Promise<void> {
    const underWay = await look();
    const data = [...watch.jobs.values()].map((job) => job.data);
    watch.attached = await this.queue.submit(watch.runId, data, underWay);
    watch.submitted = true;
  }

  private async sweep(watch: Watch): Promise<void> {
    const pausedForMs = await this.queue.pausedForMs();
    if (pausedForMs > 0) watch.lastActivityAt = performance.now();
    const seen = watch.attached.size > 0 ? await this.lookAtParent(watch) : new Set<string>();
    const others = [...watch.jobs.values()].filter(({ id }) => !seen.has(id)).slice(0, MAX_LOOKUPS);
    const { series } = await this.queue.open();
    for (const job of others) {
      if ((await series.getJob(job.id)) === undefined) this.desk.settle(job, { kind: 'lost' });
    }
  }

  /** @returns ids the parent knows of */
  private async lookAtParent(watch: Watch): Promise<Set<string>> {
    const { runs } = await this.queue.open();
    const parent = await runs.getJob(watch.runId);
    const seen = new Set<string>();
    if (parent === undefined) return seen;
    const { processed = {}, ignored = {}, unprocessed = [] } = await parent.getDependencies();
    for (const key of unprocessed) seen.add(idOf(key));
    const settle = (key: string, outcome: JobOutcome): void => {
      const job = watch.jobs.get(idOf(key));
      seen.add(idOf(key));
      if (job !== undefined) this.desk.settle(job, outcome);
    };
    for (const [key, value] of Object.entries(processed))
      settle(key, { kind: 'done', result: value as SeriesJobResult });
    for (const [key, reason] of Object.entries(ignored))
      settle(key, { kind: 'failed', reason: decodeFailure(reason) });
    return seen;
  }

  private giveUpIfStuck(watch: Watch): void {
    const now = performance.now();
    const { patienceMs, pausePatienceMs } = this.settings;
    const stuck = now - watch.lastActivityAt > patienceMs || now - watch.lastProgressAt > pausePatienceMs;
    if (!stuck) return;
    const waited = Math.round((now - watch.lastProgressAt) / 1000);
    this.fail(watch, watch.problem ?? noProgress(waited, this.hasOwnWorker()));
  }

  private fail(watch: Watch, reason: AppError): void {
    for (const job of watch.jobs.values()) {
      this.desk.settle(job, { kind: 'failed', reason: job.lastProblem ?? reason });
    }
  }
}

/** A big run in several, each with a parent of its own: a few jobs are in the queue long before hundreds are. */
function parts(runId: string, jobs: Map<string, AwaitedJob>): [string, Map<string, AwaitedJob>][] {
  if (jobs.size === 0) return [];
  if (jobs.size <= 2 * HEAD_START) return [[runId, jobs]];
  const entries = [...jobs];
  const found: [string, Map<string, AwaitedJob>][] = [
    [`${runId}-head`, new Map(entries.slice(0, HEAD_START))],
  ];
  for (let from = HEAD_START; from < entries.length; from += MOST_JOBS)
    found.push([`${runId}-from${from}`, new Map(entries.slice(from, from + MOST_JOBS))]);
  return found;
}

/** `{queue}:{id}` on both backends; ids have no colon. */
function idOf(key: string): string {
  return key.slice(key.lastIndexOf(':') + 1);
}

function queueError(error: unknown): AppError {
  const { message } = historyError(error);
  return new AppError(
    'transient',
    'HISTORY.QUEUE_UNAVAILABLE',
    `the history queue does not answer: ${message}`,
    {
      cause: error,
    },
  );
}

function noProgress(seconds: number, hasOwnWorker: boolean): AppError {
  const hint = hasOwnWorker
    ? ''
    : '; HISTORY_WORKER=false needs an apps/worker on the same queue and DATA_DIR';
  return new AppError(
    'transient',
    'HISTORY.NO_PROGRESS',
    `no history job of the run ended in ${seconds} s${hint}`,
  );
}

export function aborted(): AppError {
  return new AppError(
    'transient',
    'HISTORY.ABORTED',
    'the history run was ended before this series had its turn',
  );
}
