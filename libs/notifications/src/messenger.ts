/** Works on one channel's queue: a message at a time, at the channel's pace, again where another attempt may help. */
import { Logger } from '@nestjs/common';
import type { QueueBackend, WorkerOf } from '@slt/queue';
import { type Job, RateLimitError, UnrecoverableError, WaitingError } from 'bullmq';
import type { Channel } from './channels/channel';
import type { ChannelTally } from './channel-tally';
import type { Answer } from './core/answer';
import { backoffMs } from './core/backoff';
import type { Batch } from './core/notification';
import type { NotificationSettings } from './notifications.settings';
import { post } from './post';

export interface MessengerParts {
  readonly channel: Channel;
  readonly settings: NotificationSettings;
  readonly tally: ChannelTally;
  readonly report: (error: Error) => void;
}

/** A queue that lost our acknowledgement hands a message out again. */
const REMEMBERED = 500;
/** A process that dies again and again with the same message is not the message's fault. */
const MAX_TAKEOVERS = 20;
const STALLED_CHECK_MS = 5_000;
const RETRY_FETCHING_JOBS_MS = 1_000;

export class Messenger {
  private readonly logger = new Logger('Notifications');
  private readonly delivered = new Set<string>();
  private worker: WorkerOf<Batch, void> | undefined;
  private limit: (pauseMs: number) => Promise<void> = () => Promise.resolve();

  constructor(private readonly parts: MessengerParts) {}

  start(backend: QueueBackend, queueName: string): void {
    const { settings, report } = this.parts;
    const worker = backend.worker<Batch, void>(
      queueName,
      (job, token, signal) => this.work(job, token, signal),
      {
        concurrency: 1,
        limiter: { max: 1, duration: this.gapMs },
        lockDuration: settings.lockMs,
        stalledInterval: STALLED_CHECK_MS,
        maxStalledCount: MAX_TAKEOVERS,
        runRetryDelay: RETRY_FETCHING_JOBS_MS,
        settings: {
          backoffStrategy: (attempt) => backoffMs(attempt, Math.random(), settings.firstBackoffMs),
        },
      },
    );
    worker.on('error', report);
    worker.on('failed', (job, error) => this.onFailed(job, error));
    this.worker = worker;
    this.limit = (pauseMs) => worker.rateLimit(Math.max(pauseMs, this.gapMs));
  }

  /** What is under way may end within the grace; else it goes back to waiting. */
  async close(graceMs: number): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    if (worker === undefined) return;
    const cancel = setTimeout(() => worker.cancelAllJobs('shutdown'), graceMs);
    await Promise.race([worker.close().catch(() => undefined), pause(2 * graceMs)]);
    clearTimeout(cancel);
  }

  private get gapMs(): number {
    return this.parts.settings.gapMs ?? this.parts.channel.gapMs;
  }

  private async work(job: Job<Batch, void>, token?: string, signal?: AbortSignal): Promise<void> {
    const { channel, settings, tally } = this.parts;
    if (this.delivered.has(job.data.id)) return;
    if (Date.now() - job.timestamp > settings.maxAgeMs) throw new UnrecoverableError('too old');
    const answer = await post(channel, job.data, { timeoutMs: settings.timeoutMs, signal });
    if (answer.kind === 'retry' && signal?.aborted === true) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    if (answer.kind === 'delivered') this.remember(job.data.id);
    if ('pauseMs' in answer && answer.pauseMs > 0) await this.limit(answer.pauseMs).catch(() => undefined);
    switch (answer.kind) {
      case 'delivered':
        tally.sent++;
        return;
      case 'wait':
        tally.limited++;
        throw new RateLimitError();
      default:
        throw failureOf(answer);
    }
  }

  private onFailed(job: Job<Batch, void> | undefined, error: Error): void {
    const { channel, tally } = this.parts;
    const isOver = job === undefined || job.finishedOn !== undefined;
    if (!isOver) tally.retried++;
    else {
      tally.failed++;
      this.logger.warn(`a message to ${channel.name} was given up: ${error.message}`);
    }
  }

  private remember(id: string): void {
    this.delivered.add(id);
    if (this.delivered.size > REMEMBERED) this.delivered.delete(this.delivered.values().next().value!);
  }
}

/** Without a stack: it would be kept with the message. */
function failureOf(answer: Extract<Answer, { kind: 'retry' | 'refused' }>): Error {
  const error = answer.kind === 'refused' ? new UnrecoverableError(answer.reason) : new Error(answer.reason);
  return Object.assign(error, { stack: '' });
}

const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms).unref());
