/** The set-up engines of all symbols, fed in the pass of each closed candle. */
import type { Candle, CandleSeries } from '@slt/domain';
import type { SmcEvent } from '@slt/smc';
import type { Scorer } from './core/confidence';
import { SetupEngine } from './core/setups';
import type { Signal } from './core/signal';
import type { MarketWatch } from './session/market-watch';

/** Candles before the signal's that its volume is compared with. */
const VOLUME_CANDLES = 20;

export class SignalFinder {
  private readonly engines = new Map<string, SetupEngine>();

  /** @param scorer undefined: the heuristic */
  constructor(private readonly scorer?: Scorer) {}

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
      engine = this.begin(symbol, series, candle, market);
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

  /** What was half complete when the process ended, or when the past was rewritten, goes on from there. */
  private begin(symbol: string, series: CandleSeries, next: Candle, market: MarketWatch): SetupEngine {
    const { interval } = series;
    const engine = new SetupEngine({
      symbol,
      interval,
      ...(this.scorer === undefined ? {} : { scorer: this.scorer }),
    });
    const past = market.recent?.(symbol, interval, engine.memory + 1) ?? [];
    engine.warmUp(past.filter(({ candle }) => candle.openTime < next.openTime));
    return engine;
  }
}

/** Of the newest candle; undefined where too few lie before it, or none of them traded. */
export function relativeVolume(series: CandleSeries): number | undefined {
  const last = series.length - 1;
  if (last < VOLUME_CANDLES) return undefined;
  let sum = 0;
  for (let i = last - VOLUME_CANDLES; i < last; i++) sum += series.value('volume', i);
  return sum > 0 ? (series.value('volume', last) * VOLUME_CANDLES) / sum : undefined;
}
