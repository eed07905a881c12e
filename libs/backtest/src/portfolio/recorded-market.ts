/** The market as trading asks for it, told by recordings: all of them are whole, and run. */
import type { CandleSeries, Instrument, Interval } from '@slt/domain';
import type { SmcView } from '@slt/smc';
import type { DataQuality, MarketWatch } from '@slt/trading';
import type { SymbolTrack } from '../market/symbol-track';

const WHOLE: DataQuality = { staleStreams: 0, warmSymbols: 1 };

export class RecordedMarket implements MarketWatch {
  constructor(
    private readonly tracks: ReadonlyMap<string, SymbolTrack>,
    private readonly interval: Interval,
  ) {}

  instrument(symbol: string): Instrument | undefined {
    return this.tracks.get(symbol)?.instrument;
  }

  isTradable(symbol: string): boolean {
    return this.tracks.has(symbol);
  }

  series(symbol: string, interval: Interval): CandleSeries | undefined {
    return interval === this.interval ? this.tracks.get(symbol)?.series : undefined;
  }

  view(symbol: string, interval: Interval): SmcView | undefined {
    return interval === this.interval ? this.tracks.get(symbol)?.view() : undefined;
  }

  /** Close of the newest candle. */
  price(symbol: string): number | undefined {
    const price = this.tracks.get(symbol)?.lastClose;
    return price !== undefined && price > 0 ? price : undefined;
  }

  quality(): DataQuality {
    return WHOLE;
  }
}
