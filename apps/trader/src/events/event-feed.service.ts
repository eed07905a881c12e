/** What happened lately, numbered, for any number of listeners: the newest events are kept so that a listener can resume. */
import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { type ClusterEvent, ClusterService } from '@slt/cluster';
import { IntelligenceService, type LearningEvent } from '@slt/intelligence';
import { type TradingEvent, TradingService } from '@slt/trading';
import { EventChannel, type Listener } from './event-channel';
import { encodeFrame } from './sse';
import { TradingNews, type TradingTold } from './trading-told';

const KEPT = 2048;

/** One thing that happened, encoded when the first listener wants it. */
export class FeedEvent {
  private text: string | undefined;

  /** @param id what a listener resumes after: of this run of the service, so that another run's ids are not mistaken */
  constructor(
    readonly number: number,
    private readonly id: string,
    readonly event: ClusterEvent | TradingTold | LearningEvent,
  ) {}

  get frame(): string {
    const { id, event } = this;
    return (this.text ??= encodeFrame({ id, event: event.type, data: event }));
  }
}

export type EventFilter = (event: FeedEvent) => boolean;

/** What a listener wants; those with the same key want the same. */
export interface Wish {
  readonly key: string;
  readonly wants: EventFilter;
}

@Injectable()
export class EventFeed implements OnModuleInit, OnModuleDestroy {
  private readonly run = randomBytes(4).toString('hex');
  private readonly recent: FeedEvent[] = [];
  private readonly channels = new Map<string, EventChannel>();
  private readonly news = new TradingNews();
  private subscriptions: Subscription[] = [];
  private next = 1;

  constructor(
    private readonly cluster: ClusterService,
    private readonly trading: TradingService,
    private readonly intelligence: IntelligenceService,
  ) {}

  onModuleInit(): void {
    this.subscriptions = [
      this.cluster.events.subscribe((event) => this.publish(event)),
      this.trading.events.subscribe((event) => this.publishNews(event)),
      this.intelligence.events.subscribe((event) => this.publish(event)),
    ];
  }

  onModuleDestroy(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.channels.clear();
  }

  get listenerCount(): number {
    return [...this.channels.values()].reduce((sum, channel) => sum + channel.size, 0);
  }

  /** What a listener that begins now resumes after. */
  get position(): string {
    return `${this.run}-${this.next - 1}`;
  }

  /** From now on; a moment's events come together. @returns what ends it */
  listen(listener: Listener, { key, wants }: Wish): () => void {
    const channel = this.channels.get(key) ?? new EventChannel(wants);
    this.channels.set(key, channel);
    channel.add(listener);
    return () => {
      channel.remove(listener);
      if (channel.size === 0 && this.channels.get(key) === channel) this.channels.delete(key);
    };
  }

  /** Hands over what waits to be told. */
  flush(): void {
    for (const channel of this.channels.values()) channel.flush();
  }

  /** What came after the id; `isWhole` is false when some of it is gone already. */
  since(id: string): { events: readonly FeedEvent[]; isWhole: boolean } {
    const last = new RegExp(`^${this.run}-(\\d{1,15})$`).exec(id)?.[1];
    if (last === undefined) return { events: [], isWhole: false };
    const oldest = this.recent[0]?.number ?? this.next;
    const wanted = Number(last) + 1;
    return { events: this.recent.filter((event) => event.number >= wanted), isWhole: wanted >= oldest };
  }

  private publishNews(event: TradingEvent): void {
    const told = this.news.told(event);
    if (told !== undefined) this.publish(told);
  }

  private publish(event: FeedEvent['event']): void {
    const number = this.next++;
    const numbered = new FeedEvent(number, `${this.run}-${number}`, event);
    this.recent.push(numbered);
    if (this.recent.length > KEPT) this.recent.shift();
    for (const channel of this.channels.values()) channel.take(numbered);
  }
}
