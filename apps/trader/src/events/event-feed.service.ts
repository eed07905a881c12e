/** What happened lately, numbered, for any number of listeners: the newest events are kept so that a listener can resume. */
import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { type ClusterEvent, ClusterService } from '@slt/cluster';
import { IntelligenceService, type LearningEvent } from '@slt/intelligence';
import { type TradingEvent, TradingService } from '@slt/trading';
import { TradingNews, type TradingTold } from './trading-told';

const KEPT = 2048;

export interface FeedEvent {
  readonly number: number;
  readonly event: ClusterEvent | TradingTold | LearningEvent;
}

export type FeedListener = (event: FeedEvent) => void;

@Injectable()
export class EventFeed implements OnModuleInit, OnModuleDestroy {
  private readonly run = randomBytes(4).toString('hex');
  private readonly recent: FeedEvent[] = [];
  private readonly listeners = new Set<FeedListener>();
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
    this.listeners.clear();
  }

  get listenerCount(): number {
    return this.listeners.size;
  }

  /** The id a listener resumes after: of this run of the service, so that another run's ids are not mistaken. */
  idOf({ number }: FeedEvent): string {
    return `${this.run}-${number}`;
  }

  /** @returns what ends it */
  listen(listener: FeedListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
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
    const numbered = { number: this.next++, event };
    this.recent.push(numbered);
    if (this.recent.length > KEPT) this.recent.shift();
    for (const listener of this.listeners) listener(numbered);
  }
}
