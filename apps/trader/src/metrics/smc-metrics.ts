import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SmcService } from '@slt/smc';
import { MetricsRegistry } from './metrics-registry';

@Injectable()
export class SmcMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly smc: SmcService,
  ) {}

  onModuleInit(): void {
    const { metrics, smc } = this;
    metrics.totals(
      { name: 'slt_smc_events_total', help: 'Events of the SMC engines, by kind', labels: ['kind'] },
      () => Object.entries(smc.totals().events).map(([kind, count]) => [{ kind }, count]),
    );
    metrics.total(
      'slt_smc_refused_candles_total',
      'Unsound candles that an SMC engine passed over',
      () => smc.totals().refused,
    );
    metrics.total(
      'slt_smc_lost_engines_total',
      'SMC engines that failed and were built anew',
      () => smc.totals().lost,
    );
    metrics.samples(
      {
        name: 'slt_smc_step_seconds',
        help: 'Time of an SMC engine for one closed candle since the last scrape',
        labels: ['quantile'],
      },
      () => {
        const times = smc.stepTimes(true);
        if (times === undefined) return [];
        return [
          [{ quantile: '0.5' }, times.p50],
          [{ quantile: '0.99' }, times.p99],
          [{ quantile: '1' }, times.max],
        ];
      },
    );
  }
}
