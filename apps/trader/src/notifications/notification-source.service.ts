/** Leads what happens in the market and in trading to those who want to be told. */
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Observable, Subscription } from 'rxjs';
import { ClusterService } from '@slt/cluster';
import type { Clock } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import { IntelligenceService } from '@slt/intelligence';
import { type NotificationDraft, NotificationsService } from '@slt/notifications';
import { TradingService } from '@slt/trading';
import { VERSION } from '../version';
import { LearningStory } from './learning-story';
import { MarketStory } from './market-story';
import { TradingStory } from './trading-story';

@Injectable()
export class NotificationSource implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Notifications');
  private subscriptions: Subscription[] = [];

  constructor(
    private readonly notifications: NotificationsService,
    private readonly cluster: ClusterService,
    private readonly trading: TradingService,
    private readonly intelligence: IntelligenceService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    if (this.notifications.channels.length === 0) return;
    const market = new MarketStory();
    const story = new TradingStory();
    const learning = new LearningStory();
    this.subscriptions = [
      this.lead(this.cluster.events, (event) => market.told(event)),
      this.lead(this.intelligence.events, (event) => learning.told(event)),
      this.lead(this.trading.events, (event) => story.told(event, () => this.trading.status())),
    ];
    this.notifications.notify(this.ofTheService('Service started'));
  }

  onModuleDestroy(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.notifications.notify(this.ofTheService('Service is stopping'));
  }

  private lead<Event>(
    events: Observable<Event>,
    told: (event: Event) => NotificationDraft | undefined,
  ): Subscription {
    return events.subscribe((event) => {
      // An event comes in the midst of what causes it: the reason stands once that is over.
      queueMicrotask(() => {
        try {
          const draft = told(event);
          if (draft !== undefined) this.notifications.notify(draft);
        } catch (error) {
          this.logger.error(`an event could not be told: ${(error as Error).message}`);
        }
      });
    });
  }

  private ofTheService(title: string): NotificationDraft {
    const facts = { version: VERSION };
    return {
      kind: 'service',
      severity: 'info',
      at: this.clock.now(),
      title,
      text: `version ${VERSION}`,
      facts,
    };
  }
}
