/** The figures of the service for Prometheus, read from their owners when they are asked for. */
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Subscription } from 'rxjs';
import { ClusterService, type ClusterStatus } from '@slt/cluster';
import { ExchangeClock, WeightBudget } from '@slt/exchange';
import { HistoryService } from '@slt/history';
import { EventLoopMonitor } from './event-loop';

const QUEUE_TIMEOUT_MS = 1_000;
const PHASES = ['idle', 'discovering', 'warming', 'streaming', 'degraded', 'stopping'] as const;

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

@Injectable()
export class MetricsService implements OnModuleInit, OnModuleDestroy {
  readonly registry = new Registry();
  private subscription: Subscription | undefined;
  /** Read once a scrape: it looks at every symbol. */
  private status: ClusterStatus | undefined;

  constructor(
    private readonly cluster: ClusterService,
    private readonly weights: WeightBudget,
    private readonly history: HistoryService,
    private readonly clock: ExchangeClock,
    private readonly eventLoop: EventLoopMonitor,
  ) {}

  onModuleInit(): void {
    collectDefaultMetrics({ register: this.registry });
    this.addCluster();
    this.addStreams();
    this.addExchange();
    this.addHistory();
    this.samples('slt_event_loop_delay_seconds', 'How late the event loop was since the last scrape', () => {
      const { p50, p99, max } = this.eventLoop.delay(true);
      return [
        [{ quantile: '0.5' }, p50],
        [{ quantile: '0.99' }, p99],
        [{ quantile: '1' }, max],
      ];
    });
  }

  onModuleDestroy(): void {
    this.subscription?.unsubscribe();
    this.registry.clear();
  }

  text(): Promise<string> {
    this.status = this.cluster.status();
    return this.registry.metrics();
  }

  private addCluster(): void {
    const status = (): ClusterStatus => this.status ?? this.cluster.status();
    this.value('slt_cluster_ready', '1 when enough symbols are whole and streaming', () =>
      Number(status().ready),
    );
    this.value('slt_cluster_symbols', 'Symbols followed', () => status().symbols);
    this.samples('slt_cluster_phase', '1 for the phase the market pipeline is in', () => {
      const { phase } = status();
      return PHASES.map((name) => [{ phase: name }, Number(name === phase)]);
    });
    this.samples('slt_warmup_symbols', 'Symbols of the warm-up, by what became of them', () => {
      const { total, ready, cached, fetched, failed } = status().warmUp;
      const states = { total, ready, cached, fetched, failed };
      return Object.entries(states).map(([state, count]) => [{ state }, count]);
    });
    this.value(
      'slt_warmup_progress_ratio',
      'Share of the warm-up that is done',
      () => status().warmUp.percent / 100,
    );
    this.total('slt_candles_total', 'Closed candles that reached a series', () => status().candles);
    this.total('slt_gaps_repaired_total', 'Holes in streams filled by REST', () => status().gapsRepaired);
  }

  private addStreams(): void {
    const streams = (): ClusterStatus['streams'] => (this.status ?? this.cluster.status()).streams;
    this.value('slt_stream_connections', 'Open stream connections', () => streams().connections);
    this.value('slt_stream_subscriptions', 'Subscribed streams', () => streams().subscriptions);
    this.value(
      'slt_stream_silent_symbols',
      'Symbols whose stream has gone silent',
      () => streams().silentSymbols,
    );
    this.total(
      'slt_stream_reconnects_total',
      'Stream connections that were replaced',
      () => streams().reconnects,
    );
    this.samples('slt_stream_lag_seconds', 'From an event at the exchange to us', () => {
      const { lagMs } = streams();
      return lagMs === undefined ? [] : [[{}, lagMs / 1000]];
    });
  }

  private addExchange(): void {
    const weights = () => this.weights.status();
    this.value('slt_weight_used', 'Request weight spent in the current minute', () => weights().used);
    this.value('slt_weight_limit', 'Request weight a minute allows', () => weights().limit);
    this.value('slt_weight_banned', '1 while the exchange bans this address', () =>
      Number(this.banSeconds() > 0),
    );
    this.value('slt_weight_ban_remaining_seconds', 'Until the ban ends, in exchange time', () =>
      this.banSeconds(),
    );
    this.value(
      'slt_clock_offset_seconds',
      'Exchange clock minus ours',
      () => this.clock.status().offsetMs / 1000,
    );
    this.value(
      'slt_clock_round_trip_seconds',
      'Round trip of the last clock synchronisation',
      () => this.clock.status().roundTripMs / 1000,
    );
  }

  private banSeconds(): number {
    const until = this.weights.status().bannedUntil;
    return until === undefined ? 0 : Math.max(0, until - this.clock.now()) / 1000;
  }

  private addHistory(): void {
    const outcomes = new Counter({
      name: 'slt_history_series_total',
      help: 'Series that were brought up to date, by where they came from',
      labelNames: ['outcome'],
      registers: [this.registry],
    });
    this.subscription = this.history.progress.subscribe(({ outcome }) => outcomes.inc({ outcome }));
    this.samples('slt_queue_jobs', 'Jobs of the history queue, by state', async () => {
      const { counts } = await within(QUEUE_TIMEOUT_MS, this.history.queueHealth(), { counts: {} });
      return Object.entries(counts).map(([state, count]) => [{ state }, count]);
    });
  }

  private value(name: string, help: string, read: () => number): void {
    this.samples(name, help, () => [[{}, read()]]);
  }

  /** A counter somebody else keeps. */
  private total(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  private samples(
    name: string,
    help: string,
    read: () => readonly Sample[] | Promise<readonly Sample[]>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: LABELS[name] ?? [],
      registers: [this.registry],
      async collect() {
        const samples = await read();
        this.reset();
        if (samples.length === 0) this.remove({});
        for (const [labels, value] of samples) this.set(labels, value);
      },
    });
  }
}

const LABELS: Readonly<Record<string, string[]>> = {
  slt_cluster_phase: ['phase'],
  slt_warmup_symbols: ['state'],
  slt_queue_jobs: ['state'],
  slt_event_loop_delay_seconds: ['quantile'],
};

/** The answer, or what to say when it does not come in time or fails. */
async function within<T>(timeoutMs: number, answer: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => (timer = setTimeout(resolve, timeoutMs, otherwise)));
  try {
    return await Promise.race([answer.catch(() => otherwise), late]);
  } finally {
    clearTimeout(timer);
  }
}
