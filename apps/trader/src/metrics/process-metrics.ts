import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventFeed } from '../events/event-feed.service';
import { VERSION } from '../version';
import { EventLoopMonitor } from './event-loop';
import { MetricsRegistry } from './metrics-registry';

@Injectable()
export class ProcessMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly eventLoop: EventLoopMonitor,
    private readonly feed: EventFeed,
  ) {}

  onModuleInit(): void {
    const { metrics } = this;
    metrics.addProcess();
    metrics.samples(
      { name: 'slt_build_info', help: 'Always 1; its labels tell the build', labels: ['version', 'node'] },
      () => [[{ version: VERSION, node: process.versions.node }, 1]],
    );
    metrics.samples(
      {
        name: 'slt_event_loop_delay_seconds',
        help: 'How late the event loop was since the last scrape',
        labels: ['quantile'],
      },
      () => {
        const { p50, p99, max } = this.eventLoop.delay(true);
        return [
          [{ quantile: '0.5' }, p50],
          [{ quantile: '0.99' }, p99],
          [{ quantile: '1' }, max],
        ];
      },
    );
    metrics.value('slt_event_listeners', 'Listeners of server-sent events', () => this.feed.listenerCount);
  }
}
