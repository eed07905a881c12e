/** Tells people what happens, by every channel that is configured; whoever asks it to goes on at once. */
import { randomUUID } from 'node:crypto';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnModuleInit,
} from '@nestjs/common';
import type { NotificationKind } from '@slt/domain';
import type { QueueBackend } from '@slt/queue';
import type { Queue } from 'bullmq';
import type { Channel } from './channels/channel';
import type { ChannelStatus } from './channel-tally';
import type { NotificationDraft, Origin } from './core/notification';
import { Dispatcher } from './dispatcher';
import type { NotificationSettings } from './notifications.settings';

export interface NotificationsParts {
  readonly channels: readonly Channel[];
  /** What is told; the rest is not. */
  readonly kinds: readonly NotificationKind[];
  readonly origin: Origin;
  readonly settings: NotificationSettings;
  readonly backend: () => Promise<QueueBackend>;
  /** Before the channel's name; processes that share it share their messages. */
  readonly queuePrefix: () => Promise<string>;
}

export const NOTIFICATIONS_PARTS = Symbol('NOTIFICATIONS_PARTS');

/** What is left goes out with the next start. */
const CLOSE_GRACE_MS = 400;
const RETRY_OPENING_MS = 1_000;
/** Before the queues are known; a dispatcher keeps as many as it may from then on. */
const EARLY_CAPACITY = 100;

@Injectable()
export class NotificationsService implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Notifications');
  private dispatchers: readonly Dispatcher[] = [];
  private early: NotificationDraft[] = [];
  private backend: Promise<QueueBackend> | undefined;
  private isClosed = false;

  constructor(@Inject(NOTIFICATIONS_PARTS) private readonly parts: NotificationsParts) {}

  /** The names of what is configured. */
  get channels(): readonly string[] {
    return this.parts.channels.map(({ name }) => name);
  }

  /** In the background: neither a slow queue nor a channel that is away holds up the start. */
  onModuleInit(): void {
    if (this.channels.length === 0) return;
    this.logger.log(`notifies by ${this.channels.join(', ')}`);
    void this.open();
  }

  /** Never waits, never throws. */
  notify(draft: NotificationDraft): void {
    if (this.channels.length === 0 || this.isClosed || !this.parts.kinds.includes(draft.kind)) return;
    if (this.dispatchers.length === 0) {
      if (this.early.length < EARLY_CAPACITY) this.early.push(draft);
      return;
    }
    const notification = { ...draft, id: randomUUID() };
    for (const dispatcher of this.dispatchers) dispatcher.add(notification);
  }

  status(): readonly ChannelStatus[] {
    return this.dispatchers.map((dispatcher) => dispatcher.status());
  }

  /** The queues that are open, for a board to look at. */
  queues(): readonly Queue[] {
    const open = this.dispatchers.flatMap(({ queue }) => queue ?? []);
    // What a board calls exists on both backends; the types name the one they were made for.
    return open as unknown as readonly Queue[];
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await Promise.all(this.dispatchers.map((dispatcher) => dispatcher.close(CLOSE_GRACE_MS)));
    const opened = await Promise.race([this.backend?.catch(() => undefined), pause(CLOSE_GRACE_MS)]);
    if (opened !== undefined) await Promise.race([opened.close(), pause(CLOSE_GRACE_MS)]);
  }

  private async open(): Promise<void> {
    const prefix = await this.prefix();
    if (prefix === undefined) return;
    const { origin, settings } = this.parts;
    this.dispatchers = this.parts.channels.map((channel) => {
      const queueName = `${prefix}-${channel.name}`;
      return new Dispatcher({ channel, origin, settings, queueName, backend: () => this.connect() });
    });
    for (const dispatcher of this.dispatchers) void dispatcher.start();
    for (const draft of this.early.splice(0)) this.notify(draft);
  }

  private async prefix(): Promise<string | undefined> {
    while (!this.isClosed) {
      try {
        return await this.parts.queuePrefix();
      } catch (error) {
        this.logger.warn(`notifications wait: ${(error as Error).message}`);
        await pause(RETRY_OPENING_MS);
      }
    }
    return undefined;
  }

  /** One for all channels; a failed attempt is forgotten. */
  private connect(): Promise<QueueBackend> {
    this.backend ??= this.parts.backend().catch((error: unknown) => {
      this.backend = undefined;
      throw error;
    });
    return this.backend;
  }
}

const pause = (ms: number): Promise<undefined> =>
  new Promise((wake) => setTimeout(() => wake(undefined), ms).unref());
