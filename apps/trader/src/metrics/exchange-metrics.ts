import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ExchangeClock, WeightBudget } from '@slt/exchange';
import { MetricsRegistry } from './metrics-registry';

@Injectable()
export class ExchangeMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly weights: WeightBudget,
    private readonly clock: ExchangeClock,
  ) {}

  onModuleInit(): void {
    const { metrics } = this;
    const weights = () => this.weights.status();
    const clock = () => this.clock.status();
    metrics.value('slt_weight_used', 'Request weight spent in the current minute', () => weights().used);
    metrics.value('slt_weight_limit', 'Request weight that a minute allows', () => weights().limit);
    metrics.value('slt_weight_banned', '1 while the exchange bans this address', () =>
      Number(this.banSeconds() > 0),
    );
    metrics.value('slt_weight_ban_remaining_seconds', 'Until the ban ends, in exchange time', () =>
      this.banSeconds(),
    );
    metrics.value('slt_clock_offset_seconds', 'Exchange clock minus ours', () => clock().offsetMs / 1000);
    metrics.value(
      'slt_clock_round_trip_seconds',
      'Of the last synchronisation',
      () => clock().roundTripMs / 1000,
    );
  }

  private banSeconds(): number {
    const until = this.weights.status().bannedUntil;
    return until === undefined ? 0 : Math.max(0, until - this.clock.now()) / 1000;
  }
}
