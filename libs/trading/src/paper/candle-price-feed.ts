/** Prices for a paper account that candles drive: the newest close, and fundings as the exchange settled them. */
import { AppError, type Clock, type UtcMs } from '@slt/domain';
import type { PriceClient } from '@slt/exchange';
import type { FundingFacts } from '../core/paper/paper-account';
import type { Quote } from '../core/paper/quote';
import type { PriceFeed } from './price-feed';

export interface CandlePriceParts {
  readonly prices: Pick<PriceClient, 'fundings'>;
  /** Of the candles. */
  readonly clock: Pick<Clock, 'now'>;
  /** Close of the newest candle; undefined before the first. */
  priceOf(symbol: string): number | undefined;
}

export class CandlePriceFeed implements PriceFeed {
  constructor(private readonly parts: CandlePriceParts) {}

  open(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Candles of all symbols come by themselves. */
  follow(): void {}

  quote(symbol: string): Promise<Quote> {
    const price = this.parts.priceOf(symbol);
    if (price === undefined) {
      const error = new AppError('transient', 'PAPER.NO_PRICE', `there is no candle of ${symbol} yet`);
      return Promise.reject(error);
    }
    return Promise.resolve({ bid: price, ask: price, last: price, mark: price, at: this.parts.clock.now() });
  }

  async fundings(symbol: string, after: UtcMs, until: UtcMs): Promise<readonly FundingFacts[]> {
    if (until <= after) return [];
    const settled = await this.parts.prices.fundings({ symbol, from: after + 1, to: until });
    return settled.filter((funding) => funding.symbol === symbol && funding.at > after);
  }
}
