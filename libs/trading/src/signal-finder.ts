/** The set-up engines of all symbols, fed in the pass of each closed candle. */
import type { Candle, CandleSeries } from '@slt/domain';
import type { SmcEvent } from '@slt/smc';
import { SetupEngine } from './core/setups';
import type { Signal } from './core/signal';
import type { MarketWatch } from './session/market-watch';

/** Candles before the signal's that its volume is compared with. */
const VOLUME_CANDLES = 20;

export class SignalFinder {
  private readonly engines = new Map<string, SetupEngine>();

  /** @param series whose newest candle this is */
  onCandle(
    symbol: string,
    candle: Candle,
    series: CandleSeries,
    events: readonly SmcEvent[],
    market: MarketWatch,
  ): readonly Signal[] {
    let engine = this.engines.get(symbol);
    if (engine === undefined) {
      engine = new SetupEngine({ symbol, interval: series.interval });
      this.engines.set(symbol, engine);
    }
    return engine.onCandle(candle, events, {
      view: () => market.view(symbol, series.interval),
      relativeVolume: () => relativeVolume(series),
      series: () => series,
    });
  }

  forget(symbol: string): void {
    this.engines.delete(symbol);
  }
}

/** Of the newest candle; undefined where too few lie before it, or none of them traded. */
export function relativeVolume(series: CandleSeries): number | undefined {
  const last = series.length - 1;
  if (last < VOLUME_CANDLES) return undefined;
  let sum = 0;
  for (let i = last - VOLUME_CANDLES; i < last; i++) sum += series.at(i).volume;
  return sum > 0 ? (series.at(last).volume * VOLUME_CANDLES) / sum : undefined;
}
