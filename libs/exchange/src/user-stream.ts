/**
 * The account's own stream: events of orders, positions and settings, over a socket and with a listen key of our own.
 * It reconnects with back-off, replaces its socket before the exchange ends it, and takes a new key when the old one is
 * dead. A quiet account says nothing for days, so silence is no fault here; pings find sockets that are half open.
 */
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { AppError, type UtcMs } from '@slt/domain';
import { AccountClient } from './account-client';
import { parseUserEvent, type UserEvent } from './core/user-event';
import { redact } from './core/redact';
import { ExchangeEndpoint } from './endpoint';
import { ExchangeTime } from './exchange-time';
import { ListenKey, LISTEN_KEY_DEFAULTS, type ListenKeyOptions } from './listen-key';
import { parseLossless } from './lossless';
import { StreamLink } from './stream-link';
import { type MarketStreamsOptions, STREAM_DEFAULTS } from './stream-options';

export interface UserStreamOptions {
  readonly stream?: Partial<MarketStreamsOptions>;
  readonly listenKey?: Partial<ListenKeyOptions>;
}

export interface UserStreamStatus {
  readonly isUp: boolean;
  readonly reconnects: number;
  /** Exchange time of the last event's arrival. */
  readonly lastEventAt?: UtcMs;
  readonly events: number;
  /** Messages that could not be understood. */
  readonly malformed: number;
  /** Events that nobody has told us of. */
  readonly unknown: number;
}

const PATH = '/private/stream';

@Injectable()
export class UserStream implements OnModuleDestroy {
  private readonly logger = new Logger(UserStream.name);
  private readonly eventSubject = new Subject<UserEvent>();
  private readonly linkSubject = new Subject<boolean>();
  private link: StreamLink | undefined;
  private key: ListenKey | undefined;
  private counts = { events: 0, malformed: 0, unknown: 0 };
  private lastEventAt: UtcMs | undefined;

  constructor(
    private readonly account: AccountClient,
    private readonly endpoint: ExchangeEndpoint,
    private readonly time: ExchangeTime,
    private readonly options: UserStreamOptions = {},
  ) {}

  /** What could be understood, in the order of arrival; some may come twice. */
  get events(): Observable<UserEvent> {
    return this.eventSubject;
  }

  /** Whether events flow, at each change. Between false and true events may have been missed. */
  get links(): Observable<boolean> {
    return this.linkSubject;
  }

  /**
   * Resolves when events flow, however often that takes.
   * @throws AppError when the exchange gives no key, or the stream is closed meanwhile
   */
  async open(): Promise<void> {
    if (this.link !== undefined)
      throw new AppError('broken-invariant', 'EXCHANGE.STREAM_OPEN', 'the account stream is open already');
    const key = new ListenKey(this.account, () => this.renew('the listen key is gone'), {
      ...LISTEN_KEY_DEFAULTS,
      ...this.options.listenKey,
    });
    const link = new StreamLink(
      async () => `${this.endpoint.wsUrl}${PATH}?listenKey=${encodeURIComponent(await key.open())}`,
      { ...STREAM_DEFAULTS, ...this.options.stream },
      {
        onData: (message) => this.take(message),
        onLive: () => this.linkSubject.next(true),
        onLost: (_, reason) => this.lost(reason),
        onRestored: () => undefined,
        shortestIntervalMs: () => Infinity,
      },
    );
    this.key = key;
    this.link = link;
    try {
      // Asked for once outside the link, which would try for ever: a refusal must reach the caller.
      await key.open();
      if (this.link !== link)
        throw new AppError('transient', 'EXCHANGE.STREAM_CLOSED', 'closed while opening');
      link.start();
      await link.change([], []);
    } catch (error) {
      if (this.link === link) await this.close();
      throw error;
    }
  }

  /** Ends the socket and the key. It may be opened again. */
  async close(): Promise<void> {
    const { link, key } = this;
    this.link = undefined;
    this.key = undefined;
    link?.close();
    await key?.close();
  }

  async onModuleDestroy(): Promise<void> {
    await this.close();
  }

  status(): UserStreamStatus {
    return {
      isUp: this.link?.isLive === true,
      reconnects: this.link?.reconnects ?? 0,
      ...(this.lastEventAt === undefined ? {} : { lastEventAt: this.lastEventAt }),
      ...this.counts,
    };
  }

  private take(message: Buffer): void {
    this.lastEventAt = this.time.now();
    const event = parseUserEvent(parsed(message));
    if (event.kind === 'malformed') {
      this.counts.malformed++;
      this.logger.warn(`a message could not be understood: ${redact(event.reason)}`);
      return;
    }
    this.counts.events++;
    if (event.kind === 'unknown') this.counts.unknown++;
    if (event.kind === 'key-expired') this.renew('the listen key has expired');
    this.eventSubject.next(event);
  }

  private renew(reason: string): void {
    this.link?.replace(reason);
  }

  private lost(reason: string): void {
    this.logger.warn(`the account stream was lost: ${reason}`);
    this.linkSubject.next(false);
  }
}

function parsed(message: Buffer): unknown {
  try {
    return parseLossless(message.toString('utf8'));
  } catch {
    return undefined;
  }
}
