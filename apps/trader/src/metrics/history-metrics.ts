import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { Subscription } from 'rxjs';
import { HistoryService } from '@slt/history';
import { answerWithin } from '../http/answer-within';
import { MetricsRegistry } from './metrics-registry';

const QUEUE_TIMEOUT_MS = 1_000;
const OUTCOMES = ['cache', 'topped-up', 'fetched', 'aggregated', 'stale', 'failed'] as const;

@Injectable()
export class HistoryMetrics implements OnModuleInit, OnModuleDestroy {
  private subscription: Subscription | undefined;

  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly history: HistoryService,
  ) {}

  onModuleInit(): void {
    const series = new Counter({
      name: 'slt_history_series_total',
      help: 'Series that were asked for, by where they came from',
      labelNames: ['outcome'],
      registers: [this.metrics.registry],
    });
    for (const outcome of OUTCOMES) series.inc({ outcome }, 0);
    this.subscription = this.history.progress.subscribe(({ outcome }) => series.inc({ outcome }));
    this.metrics.samples(
      { name: 'slt_queue_jobs', help: 'Jobs of the history queue, by state', labels: ['state'] },
      async () => {
        const health = await answerWithin(QUEUE_TIMEOUT_MS, this.history.queueHealth());
        return health instanceof Error
          ? []
          : Object.entries(health.counts).map(([state, count]) => [{ state }, count] as const);
      },
    );
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
  }
}
