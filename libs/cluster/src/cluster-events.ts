/** Where the cluster tells what happens: events for people, hooks for the synchronous pass, totals for metrics. */
import { Injectable, Logger } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { Candle, CandleSeries, Interval } from '@slt/domain';
import type { SmcEvent } from '@slt/smc';
import type { ClusterCounters, ClusterEvent } from './cluster-status';

/**
 * Called in the pass of each closed candle, after it was appended and stepped; must not block and must not wait.
 * `proved` is what the SMC engine learned from this candle.
 */
export type CandleListener = (
  symbol: string,
  interval: Interval,
  candle: Candle,
  series: CandleSeries,
  proved: readonly SmcEvent[],
) => void;

/** Called when a series was loaded or corrected as a whole: what was derived from it is to be derived anew. */
export type ReloadListener = (symbol: string, interval: Interval, series: CandleSeries) => void;

@Injectable()
export class ClusterEvents {
  readonly events = new Subject<ClusterEvent>();
  readonly counters: ClusterCounters = {
    candlesTotal: 0,
    gapsRepaired: 0,
    candlesRepaired: 0,
    holesAccepted: 0,
    holesFilledLater: 0,
    duplicatesDropped: 0,
    disagreements: 0,
    corrections: 0,
    framesRejected: 0,
    restFetches: 0,
    restFailures: 0,
    reloads: 0,
    listenerErrors: 0,
  };
  private readonly logger = new Logger('Cluster');
  private candleListeners: readonly CandleListener[] = [];
  private reloadListeners: readonly ReloadListener[] = [];

  /** @returns a function that takes the listener away again */
  onCandle(listener: CandleListener): () => void {
    this.candleListeners = [...this.candleListeners, listener];
    return () => void (this.candleListeners = this.candleListeners.filter((each) => each !== listener));
  }

  /** @returns a function that takes the listener away again */
  onReload(listener: ReloadListener): () => void {
    this.reloadListeners = [...this.reloadListeners, listener];
    return () => void (this.reloadListeners = this.reloadListeners.filter((each) => each !== listener));
  }

  emit(event: ClusterEvent): void {
    if (this.events.observed) this.events.next(event);
  }

  candleClosed(series: CandleSeries, candle: Candle, at: number, proved: readonly SmcEvent[]): void {
    this.counters.candlesTotal++;
    for (const listener of this.candleListeners) {
      try {
        listener(series.symbol, series.interval, candle, series, proved);
      } catch (error) {
        this.listenerFailed(series, error);
      }
    }
    if (!this.events.observed) return;
    this.events.next({ type: 'candle', at, symbol: series.symbol, interval: series.interval, candle });
  }

  seriesReloaded(series: CandleSeries): void {
    for (const listener of this.reloadListeners) {
      try {
        listener(series.symbol, series.interval, series);
      } catch (error) {
        this.listenerFailed(series, error);
      }
    }
  }

  /** One listener's failure must not keep the candle from the others, nor the next candle from its series. */
  private listenerFailed(series: CandleSeries, error: unknown): void {
    this.counters.listenerErrors++;
    this.logger.error(`a listener failed on ${series.symbol} ${series.interval}: ${describe(error)}`);
  }
}

export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
