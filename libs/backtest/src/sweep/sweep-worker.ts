/** Works on the combinations of sweeps: within `slt backtest --sweep` itself, and in any apps/worker beside it. */
import { setTimeout as delay } from 'node:timers/promises';
import { isAppError } from '@slt/domain';
import type { QueueBackend, WorkerOf } from '@slt/queue';
import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { runSweepJob, type SweepJob, type SweepResult } from './sweep-job';

/** A batch of candles is worked on without looking up: the lock must outlast it on a busy machine. */
const LOCK_MS = 120_000;
const STALLED_CHECK_MS = 15_000;
/** Workers that may die with one job before it counts as failed. */
const MAX_TAKEOVERS = 3;
/** Where the queue does not answer any more. */
const CLOSE_LIMIT_MS = 5_000;

export class SweepWorker {
  private worker: WorkerOf<SweepJob, SweepResult> | undefined;

  /** @param folder that holds the recordings */
  constructor(private readonly folder: string) {}

  /** Takes jobs from now on. */
  start(backend: QueueBackend, queueName: string): void {
    this.worker = backend.worker<SweepJob, SweepResult>(
      queueName,
      (job, token, signal) => this.work(job, token, signal),
      {
        concurrency: 1,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_CHECK_MS,
        maxStalledCount: MAX_TAKEOVERS,
      },
    );
    // Connections come and go; whoever waits for a job hears what became of it.
    this.worker.on('error', () => undefined);
  }

  /** What is under way is broken off, and goes back to the queue. */
  async close(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    if (worker === undefined) return;
    // One that is closed before it has connected leaves its connection open.
    const closing = worker.waitUntilReady().then(() => {
      worker.cancelAllJobs('shutdown');
      return worker.close();
    });
    await Promise.race([closing.catch(() => undefined), delay(CLOSE_LIMIT_MS, undefined, { ref: false })]);
  }

  private async work(
    job: Job<SweepJob, SweepResult>,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<SweepResult> {
    try {
      return await runSweepJob(job.data, this.folder, signal);
    } catch (error) {
      if (signal?.aborted === true) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      if (!isAppError(error)) throw error;
      // Settings and files are what they are: to try again would end the same.
      throw new UnrecoverableError(`${error.code}: ${error.message}`);
    }
  }
}
