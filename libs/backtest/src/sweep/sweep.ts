/** A sweep: one job a combination, worked on by whoever takes it; what fails is told in its place, nothing is lost. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type DurationMs, SECOND_MS } from '@slt/domain';
import { type QueueBackend, type QueueOf, storeId } from '@slt/queue';
import type { Job } from 'bullmq';
import type { SweepPoint } from '../core/sweep-grid';
import type { SweepBase, SweepJob, SweepResult } from './sweep-job';

export interface SweptPoint {
  readonly point: SweepPoint;
  /** One of the two. */
  readonly result?: SweepResult;
  readonly error?: string;
}

export interface SweepOptions {
  readonly base: SweepBase;
  readonly points: readonly SweepPoint[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const LOOK_EVERY_MS: DurationMs = 200;
/** A job that is in no list is looked for by its id so often. */
const MISS_EVERY_MS: DurationMs = 5 * SECOND_MS;
/** Of a sweep whose command has died. */
const KEPT = { age: 3_600 };

/** Shared by all processes that see the folder. */
export const sweepQueueName = async (folder: string): Promise<string> =>
  `backtest-${(await storeId(folder)).slice(0, 16)}`;

export class Sweep {
  private readonly id = randomUUID();
  private readonly done = new Map<number, SweptPoint>();

  constructor(
    private readonly queue: QueueOf<SweepJob, SweepResult>,
    private readonly options: SweepOptions,
  ) {}

  static on(backend: QueueBackend, queueName: string, options: SweepOptions): Sweep {
    return new Sweep(backend.queue(queueName), options);
  }

  /** @returns in the order of the points; broken off by the signal: those that had ended by then */
  async run(): Promise<readonly SweptPoint[]> {
    this.queue.on('error', () => undefined);
    await this.submit();
    await this.untilDone();
    return [...this.done].sort(([a], [b]) => a - b).map(([, point]) => point);
  }

  /** Once workers of this process are closed: what nobody works on is taken out, the rest is forgotten after a while. */
  async close(): Promise<void> {
    if (this.done.size < this.options.points.length) await this.withdraw();
    await this.queue.close();
  }

  private async submit(): Promise<void> {
    const { base, points } = this.options;
    await this.queue.addBulk(
      points.map((point, i) => ({
        name: 'backtest',
        data: { base, point },
        opts: { jobId: this.idOf(i), removeOnComplete: KEPT, removeOnFail: KEPT, stackTraceLimit: 1 },
      })),
    );
  }

  private async untilDone(): Promise<void> {
    const { points, signal, onProgress } = this.options;
    let missedAt = performance.now();
    while (this.done.size < points.length && signal?.aborted !== true) {
      await delay(LOOK_EVERY_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      for (const job of await this.queue.getJobs(['completed', 'failed'])) await this.take(job);
      if (performance.now() - missedAt > MISS_EVERY_MS) {
        missedAt = performance.now();
        await this.lookForMissing();
      }
      onProgress?.(this.done.size, points.length);
    }
  }

  private async take(job: Job<SweepJob, SweepResult> | undefined): Promise<void> {
    const index = this.indexOf(job?.id);
    if (job === undefined || index === undefined || this.done.has(index)) return;
    const point = this.options.points[index]!;
    const isFailed = await job.isFailed();
    this.done.set(index, isFailed ? { point, error: job.failedReason } : { point, result: job.returnvalue });
    await job.remove().catch(() => undefined);
  }

  /** A queue that was emptied by somebody else must not be waited for. */
  private async lookForMissing(): Promise<void> {
    for (const [index, point] of this.options.points.entries()) {
      if (this.done.has(index) || (await this.queue.getJob(this.idOf(index))) !== undefined) continue;
      this.done.set(index, { point, error: 'it is gone from the queue' });
    }
  }

  private async withdraw(): Promise<void> {
    for (let i = 0; i < this.options.points.length; i++) {
      if (!this.done.has(i)) await this.queue.remove(this.idOf(i)).catch(() => undefined);
    }
  }

  private idOf(index: number): string {
    return `${this.id}-${index}`;
  }

  private indexOf(id: string | undefined): number | undefined {
    return id?.startsWith(`${this.id}-`) === true ? Number(id.slice(this.id.length + 1)) : undefined;
  }
}
