import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CLUSTER_PHASES, ClusterService, type ClusterStatus } from '@slt/cluster';
import { MetricsRegistry } from './metrics-registry';

@Injectable()
export class ClusterMetrics implements OnModuleInit {
  /** Read once a scrape: it looks at every symbol. */
  private status: ClusterStatus;

  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly cluster: ClusterService,
  ) {}

  onModuleInit(): void {
    this.metrics.beforeScrape(() => (this.status = this.cluster.status()));
    this.addPipeline();
    this.addStreams();
  }

  private addPipeline(): void {
    const { metrics } = this;
    metrics.value('slt_cluster_ready', '1 when enough symbols are whole and streaming', () =>
      Number(this.status.ready),
    );
    metrics.value('slt_cluster_symbols', 'Symbols followed', () => this.status.symbols);
    metrics.samples(
      { name: 'slt_cluster_phase', help: '1 for the phase the market pipeline is in', labels: ['phase'] },
      () => CLUSTER_PHASES.map((phase) => [{ phase }, Number(phase === this.status.phase)]),
    );
    metrics.samples(
      {
        name: 'slt_warmup_symbols',
        help: 'Symbols of the warm-up, by what became of them',
        labels: ['state'],
      },
      () => {
        const { total, ready, cached, fetched, failed } = this.status.warmUp;
        return Object.entries({ total, ready, cached, fetched, failed }).map(([state, count]) => [
          { state },
          count,
        ]);
      },
    );
    metrics.value(
      'slt_warmup_progress_ratio',
      'Share of symbols with whole history',
      () => this.status.warmUp.percent / 100,
    );
    metrics.total('slt_candles_total', 'Closed candles that reached a series', () => this.status.candles);
    metrics.total(
      'slt_gaps_repaired_total',
      'Holes in streams filled by REST',
      () => this.status.gapsRepaired,
    );
  }

  private addStreams(): void {
    const { metrics } = this;
    const streams = (): ClusterStatus['streams'] => this.status.streams;
    metrics.value('slt_stream_connections', 'Open stream connections', () => streams().connections);
    metrics.value('slt_stream_subscriptions', 'Subscribed streams', () => streams().subscriptions);
    metrics.value(
      'slt_stream_silent_symbols',
      'Symbols whose stream is silent',
      () => streams().silentSymbols,
    );
    metrics.total('slt_stream_reconnects_total', 'Stream connections replaced', () => streams().reconnects);
    metrics.samples({ name: 'slt_stream_lag_seconds', help: 'From an event at the exchange to us' }, () => {
      const { lagMs } = streams();
      return lagMs === undefined ? [] : [[{}, lagMs / 1000]];
    });
  }
}
