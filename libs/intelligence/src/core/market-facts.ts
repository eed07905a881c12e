/** What features may ask of the market beside the signal's own candles; all as known at the signal's close. */
import type { CandleSeries, Interval } from '@slt/domain';

export interface MarketFacts {
  /**
   * Candles of the symbol that leads the market (BTCUSDT). Its candle of the signal's own minute may or may not be in it
   * yet: a feature looks only at candles that opened before the signal's candle did.
   */
  leader(interval: Interval): CandleSeries | undefined;
  /** The last one settled, as a share per settlement (0.0001 = 1 bp); undefined: not known. */
  fundingRate(symbol: string): number | undefined;
  /** Price step of the symbol; undefined: not known. The least spread that there can be. */
  tickSize(symbol: string): number | undefined;
}

export const NO_MARKET_FACTS: MarketFacts = {
  leader: () => undefined,
  fundingRate: () => undefined,
  tickSize: () => undefined,
};
