/** The market pipeline as a whole: start, stop, what it knows and what happens in it. */
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { CandleSeries, Interval, UtcMs } from '@slt/domain';
import { type CandleListener, ClusterEvents, type ReloadListener } from './cluster-events';
import { ClusterRun } from './cluster-run';
import type { ClusterCounters, ClusterEvent, ClusterStatus, SymbolState } from './cluster-status';
import { RestFiller } from './rest-filler';
import { StatusReporter } from './status-reporter';
import { SymbolPipelines } from './symbol-pipelines';

export interface ExpectedCandle {
  readonly symbol: string;
  /** Its open time. */
  readonly next: UtcMs;
  /** REST is asked for it, or later candles are there already. */
  readonly isRepairing: boolean;
}

@Injectable()
export class ClusterService implements OnModuleDestroy {
  constructor(
    @Inject(ClusterRun) private readonly run: ClusterRun,
    @Inject(StatusReporter) private readonly reporter: StatusReporter,
    @Inject(SymbolPipelines) private readonly pipelines: SymbolPipelines,
    @Inject(ClusterEvents) private readonly hub: ClusterEvents,
    @Inject(RestFiller) private readonly filler: RestFiller,
  ) {}

  /** Hot; completes never. */
  get events(): Observable<ClusterEvent> {
    return this.hub.events;
  }

  /** Begins to discover, warm up and stream; resolves once begun. Without effect while it runs. Never rejects. */
  start(): Promise<void> {
    return this.run.start();
  }

  /** Ends the streams and writes the series to disk, within five seconds. Without effect while idle. Never rejects. */
  stop(): Promise<void> {
    return this.run.stop();
  }

  async onModuleDestroy(): Promise<void> {
    await this.run.stop();
  }

  status(): ClusterStatus {
    return this.run.status();
  }

  /** Each closed candle of each interval, in the synchronous pass. @returns a function that takes the listener away */
  onCandle(listener: CandleListener): () => void {
    return this.hub.onCandle(listener);
  }

  /** Each series that was loaded or corrected as a whole. @returns a function that takes the listener away */
  onReload(listener: ReloadListener): () => void {
    return this.hub.onReload(listener);
  }

  /** The live series; its content changes with every candle. */
  series(symbol: string, interval: Interval): CandleSeries | undefined {
    return this.pipelines.series(symbol, interval);
  }

  /** Of each symbol whose history is there: the candle of the shortest interval that it tells next. */
  expected(): readonly ExpectedCandle[] {
    return [...this.pipelines.all()].flatMap(({ symbol, base }): ExpectedCandle[] => {
      const { next, isRepairing } = base;
      return next === undefined ? [] : [{ symbol, next, isRepairing }];
    });
  }

  symbolState(symbol: string): SymbolState | undefined {
    return this.reporter.symbol(symbol);
  }

  symbols(): SymbolState[] {
    return this.reporter.symbols();
  }

  counters(): Readonly<ClusterCounters> {
    return { ...this.hub.counters, restFetches: this.filler.fetches, restFailures: this.filler.failures };
  }
}
