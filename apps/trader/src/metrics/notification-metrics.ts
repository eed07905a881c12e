import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CHANNEL_NAMES, type ChannelStatus, NotificationsService } from '@slt/notifications';
import { MetricsRegistry, type Sample } from './metrics-registry';

const labels = ['channel'];
type Figure = Exclude<keyof ChannelStatus, 'channel'>;

/** Every channel has its samples from the start, so that a rise from nothing shows as one. */
@Injectable()
export class NotificationMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly notifications: NotificationsService,
  ) {}

  onModuleInit(): void {
    const { metrics, notifications } = this;
    metrics.samples(
      { name: 'slt_notifications_enabled', help: '1 for a channel that is configured', labels },
      () => CHANNEL_NAMES.map((channel) => [{ channel }, Number(notifications.channels.includes(channel))]),
    );
    metrics.samples(
      { name: 'slt_notifications_waiting', help: 'Notifications that the queue does not have yet', labels },
      () => this.of('waiting'),
    );
    this.total('slt_notifications_sent_total', 'Messages that the channel took', 'sent');
    this.total('slt_notifications_retries_total', 'Attempts that failed and are made again', 'retried');
    this.total('slt_notifications_failed_total', 'Messages given up', 'failed');
    this.total('slt_notifications_limited_total', 'Answers that asked for a silence', 'limited');
    this.total(
      'slt_notifications_dropped_total',
      'Notifications given up because too many waited',
      'dropped',
    );
  }

  private total(name: string, help: string, figure: Figure): void {
    this.metrics.totals({ name, help, labels }, () => this.of(figure));
  }

  private of(figure: Figure): Sample[] {
    const status = this.notifications.status();
    return CHANNEL_NAMES.map((channel) => [
      { channel },
      status.find((each) => each.channel === channel)?.[figure] ?? 0,
    ]);
  }
}
