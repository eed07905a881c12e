/**
 * From memory to the queue, for one channel. Whoever notifies never waits: what cannot be handed on stays in a bounded
 * outbox, and what gathers there meanwhile goes out as one message.
 */
import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { QueueBackend, QueueOf } from '@slt/queue';
import type { Channel } from './channels/channel';
import { type ChannelStatus, newTally } from './channel-tally';
import type { Batch, Notification, Origin } from './core/notification';
import { Outbox } from './core/outbox';
import { Messenger } from './messenger';
import type { NotificationSettings } from './notifications.settings';

export interface DispatcherParts {
  readonly channel: Channel;
  readonly origin: Origin;
  readonly settings: NotificationSettings;
  readonly backend: () => Promise<QueueBackend>;
  readonly queueName: string;
}

const RECONNECT_MS = 1_000;
/** At a queue that was full or away. */
const LOOK_AGAIN_MS = 1_000;
const QUIET_MS = 60_000;
const UNSENT = ['waiting', 'delayed', 'prioritized', 'active'] as const;

export class Dispatcher {
  private readonly logger = new Logger('Notifications');
  private readonly tally = newTally();
  private readonly outbox: Outbox;
  private readonly messenger: Messenger;
  /** Once it is open. */
  queue: QueueOf<Batch, void> | undefined;
  /** Taken from the outbox, and perhaps in the queue: the same id again does no harm there. */
  private pending: Batch | undefined;
  private timer: NodeJS.Timeout | undefined;
  private handingOn: Promise<void> | undefined;
  private isClosed = false;
  private reportedAt = -Infinity;

  constructor(private readonly parts: DispatcherParts) {
    const { channel, settings } = parts;
    this.outbox = new Outbox(settings.capacity);
    const report = (error: Error): void => this.report(error);
    this.messenger = new Messenger({ channel, settings, tally: this.tally, report });
  }

  /** What an earlier process left in the queue goes out. Never rejects; tries until it is open. */
  async start(): Promise<void> {
    while (!this.isClosed && this.queue === undefined) {
      await this.open().catch(async (error: Error) => {
        this.report(error);
        await pause(RECONNECT_MS);
      });
    }
    this.schedule(0);
  }

  add(notification: Notification): void {
    this.outbox.add(notification);
    this.schedule(this.parts.settings.gatherMs);
  }

  status(): ChannelStatus {
    const waiting = this.outbox.size + (this.pending?.notifications.length ?? 0);
    return { channel: this.parts.channel.name, ...this.tally, waiting, dropped: this.outbox.dropped };
  }

  /** Hands everything on that it can, within the grace. */
  async close(graceMs: number): Promise<void> {
    clearTimeout(this.timer);
    await Promise.race([this.handOnAll(), pause(graceMs)]);
    this.isClosed = true;
    clearTimeout(this.timer);
    const { waiting } = this.status();
    if (waiting > 0) this.logger.warn(`${waiting} notifications for ${this.parts.channel.name} are lost`);
    await this.messenger.close(graceMs);
    await Promise.race([this.queue?.close().catch(() => undefined), pause(graceMs)]);
  }

  private async open(): Promise<void> {
    const { backend, queueName } = this.parts;
    const opened = await backend();
    const queue = opened.queue<Batch, void>(queueName);
    queue.on('error', (error) => this.report(error));
    await queue.waitUntilReady();
    if (this.isClosed) return void (await queue.close());
    this.queue = queue;
    this.messenger.start(opened, queueName);
  }

  private schedule(afterMs: number): void {
    if (this.isClosed || this.timer !== undefined || this.handingOn !== undefined) return;
    if (this.queue === undefined || this.status().waiting === 0) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.handingOn = this.handOn()
        .catch((error: Error) => this.report(error))
        .finally(() => {
          this.handingOn = undefined;
          // What comes sooner joins the next message.
          this.schedule(this.parts.settings.gapMs ?? Math.max(LOOK_AGAIN_MS, this.parts.channel.gapMs));
        });
    }, afterMs);
    this.timer.unref();
  }

  /** One message, unless too many wait already. */
  private async handOn(): Promise<void> {
    const { queue } = this;
    if (queue === undefined || (await queue.getJobCountByTypes(...UNSENT)) >= this.parts.settings.queued)
      return;
    await this.enqueue(queue);
  }

  private async handOnAll(): Promise<void> {
    await this.handingOn;
    const { queue } = this;
    if (queue === undefined) return;
    try {
      while (this.status().waiting > 0 && !this.isClosed) await this.enqueue(queue);
    } catch (error) {
      this.report(error as Error);
    }
  }

  private async enqueue(queue: QueueOf<Batch, void>): Promise<void> {
    this.pending ??= this.nextBatch();
    const { attempts } = this.parts.settings;
    await queue.add('message', this.pending, {
      jobId: this.pending.id,
      attempts,
      backoff: { type: 'custom' },
      removeOnComplete: true,
      removeOnFail: true,
      stackTraceLimit: 0,
    });
    this.pending = undefined;
  }

  private nextBatch(): Batch {
    const { channel, origin } = this.parts;
    const { notifications, dropped } = this.outbox.take(channel.fits(this.outbox.contents));
    return { id: randomUUID(), origin, notifications, dropped };
  }

  /** One line a while. */
  private report(error: Error): void {
    const now = performance.now();
    if (this.isClosed || now - this.reportedAt < QUIET_MS) return;
    this.reportedAt = now;
    this.logger.warn(`the queue of ${this.parts.channel.name} reports: ${error.message}`);
  }
}

const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms).unref());
