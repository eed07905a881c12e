/** Reads the state of the cluster together for whoever asks. */
import { Inject, Injectable } from '@nestjs/common';
import { AppConfig } from '@slt/config';
import type { Clock, UtcMs } from '@slt/domain';
import { CLOCK } from '@slt/exchange';
import type { ClusterStatus, SymbolState } from './cluster-status';
import { assessReadiness, type Readiness } from './core/readiness';
import type { WarmUpStatus } from './core/warm-up-status';
import { MarketFeed } from './market-feed';
import type { SymbolPipeline } from './symbol-pipeline';
import { SymbolPipelines } from './symbol-pipelines';
import { WarmUp } from './warm-up';

@Injectable()
export class StatusReporter {
  private reached = false;

  constructor(
    @Inject(SymbolPipelines) private readonly pipelines: SymbolPipelines,
    @Inject(WarmUp) private readonly progress: WarmUp,
    @Inject(MarketFeed) private readonly feed: MarketFeed,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(AppConfig) private readonly config: AppConfig,
  ) {}

  /** Whether the cluster was ready at least once. */
  get everReady(): boolean {
    return this.reached;
  }

  /** Whether the first warm-up is over: the streams run, and every symbol has had its first answer. */
  get settled(): boolean {
    return this.progress.settled && (this.feed.isSubscribed || this.pipelines.size === 0);
  }

  facts(): Pick<ClusterStatus, 'symbols' | 'streams' | 'failures' | 'lagMs'> {
    const { size: symbols, lagMs } = this.pipelines;
    const failures = this.progress.failures();
    return { symbols, streams: this.feed.status(), failures, ...(lagMs !== undefined && { lagMs }) };
  }

  readiness(): Readiness {
    const facts = {
      total: this.pipelines.size,
      ready: this.readyCount(),
      subscribed: this.feed.isSubscribed,
    };
    const readiness = assessReadiness(facts, this.config.WARMUP_MIN_READY);
    this.reached ||= readiness.ready;
    return readiness;
  }

  warmUp(): WarmUpStatus {
    return this.progress.status(this.readyCount());
  }

  symbol(symbol: string): SymbolState | undefined {
    const pipeline = this.pipelines.get(symbol);
    return pipeline && this.stateOf(pipeline, this.clock.now());
  }

  symbols(): SymbolState[] {
    const now = this.clock.now();
    return [...this.pipelines.all()].map((pipeline) => this.stateOf(pipeline, now));
  }

  private readyCount(): number {
    const now = this.clock.now();
    let ready = 0;
    for (const pipeline of this.pipelines.all()) if (this.pipelines.isReady(pipeline, now)) ready++;
    return ready;
  }

  private stateOf(pipeline: SymbolPipeline, now: UtcMs): SymbolState {
    const { symbol, tallies } = pipeline;
    const failure = this.progress.failureOf(symbol);
    const origin = this.progress.originOf(symbol);
    const intervals = pipeline.seriesStates();
    const whole = intervals.every(({ state }) => state !== 'loading');
    const repairing = intervals.some(({ state }) => state === 'repairing');
    return {
      symbol,
      state: whole ? (repairing ? 'repairing' : 'live') : failure ? 'failed' : 'loading',
      ready: this.pipelines.isReady(pipeline, now),
      intervals,
      ...tallies,
      ...(origin && { origin }),
      ...(failure && { failure }),
    };
  }
}
