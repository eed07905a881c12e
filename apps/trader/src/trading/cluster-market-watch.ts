/** The market as the running cluster sees it, for trading. */
import { Injectable } from '@nestjs/common';
import { ClusterService } from '@slt/cluster';
import type { CandleSeries, Instrument, Interval, UtcMs } from '@slt/domain';
import { Universe } from '@slt/exchange';
import { type SmcEvent, SmcService, type SmcView } from '@slt/smc';
import type { DataQuality, MarketWatch, SetupStep } from '@slt/trading';

/** Before the first warm-up has ended nothing can be said; what is not warm is not traded anyway. */
const NOT_JUDGED: DataQuality = { staleStreams: 0, warmSymbols: 1 };

interface SeenView {
  readonly symbol: string;
  readonly interval: Interval;
  readonly at: UtcMs | undefined;
  readonly view: SmcView | undefined;
}

@Injectable()
export class ClusterMarketWatch implements MarketWatch {
  private seen: SeenView | undefined;

  constructor(
    private readonly cluster: ClusterService,
    private readonly universe: Universe,
    private readonly smc: SmcService,
  ) {}

  instrument(symbol: string): Instrument | undefined {
    return this.universe.find(symbol);
  }

  isTradable(symbol: string): boolean {
    return (
      this.universe.current()?.instruments.has(symbol) === true &&
      this.cluster.symbolState(symbol)?.ready === true
    );
  }

  series(symbol: string, interval: Interval): CandleSeries | undefined {
    return this.cluster.series(symbol, interval);
  }

  /** Set-ups and risk look at the same view in one pass; it is made once, and let go after the pass. */
  view(symbol: string, interval: Interval): SmcView | undefined {
    const at = this.smc.lastOpenTime(symbol, interval);
    const { seen } = this;
    if (seen?.symbol === symbol && seen.interval === interval && seen.at === at) return seen.view;
    const view = this.smc.view(symbol, interval);
    if (seen === undefined) queueMicrotask(() => (this.seen = undefined));
    this.seen = { symbol, interval, at, view };
    return view;
  }

  /** Whole right after a load, which is when it is asked for. */
  recent(symbol: string, interval: Interval, count: number): readonly SetupStep[] {
    const series = this.cluster.series(symbol, interval);
    if (series === undefined) return [];
    const proved = new Map<UtcMs, SmcEvent[]>();
    for (const event of this.smc.recent(symbol, interval)) {
      const known = proved.get(event.knownAtTime);
      if (known === undefined) proved.set(event.knownAtTime, [event]);
      else known.push(event);
    }
    const first = Math.max(0, series.length - count);
    return Array.from({ length: series.length - first }, (_, i) => {
      const candle = series.at(first + i);
      return { candle, events: proved.get(candle.openTime) ?? [] };
    });
  }

  quality(): DataQuality {
    const { everReady, streams, warmUp, symbols } = this.cluster.status();
    if (!everReady || symbols === 0) return NOT_JUDGED;
    return {
      staleStreams: streams.silentSymbols / Math.max(1, streams.subscriptions),
      warmSymbols: warmUp.ready / Math.max(1, warmUp.total),
    };
  }
}
