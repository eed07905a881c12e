/** Prices of one symbol over REST, at the weight of a call each; for trading, so they may use its share. */
import type { USDMClient } from 'binance/lib/usdm-client';
import type { UtcMs } from '@slt/domain';
import {
  type BookTop,
  parseBookTop,
  parseFundings,
  parseMarkPrice,
  parseMinuteVolume,
  type SettledFunding,
} from './core/price-wire';
import { RestCalls } from './rest-calls';

const BOOK_WEIGHT = 2;
const SINGLE_WEIGHT = 1;
/** Counted apart from weight: 500 calls in five minutes. */
const FUNDING_WEIGHT = 0;
const FUNDING_ROWS = 1_000;

export interface FundingRange {
  readonly symbol: string;
  /** Both inclusive. */
  readonly from: UtcMs;
  readonly to: UtcMs;
}

/** All calls throw AppError: transient, or not-found for a symbol that is not listed. */
export class PriceClient {
  constructor(private readonly calls: RestCalls) {}

  bookTop(symbol: string): Promise<BookTop> {
    return this.ask(BOOK_WEIGHT, (client) => client.getSymbolOrderBookTicker({ symbol }), parseBookTop);
  }

  markPrice(symbol: string): Promise<number> {
    return this.ask(SINGLE_WEIGHT, (client) => client.getMarkPrice({ symbol }), parseMarkPrice);
  }

  /** USDT traded a minute, on average over the last day. */
  minuteVolume(symbol: string): Promise<number> {
    return this.ask(SINGLE_WEIGHT, (client) => client.get24hrChangeStatistics({ symbol }), parseMinuteVolume);
  }

  /** Settled ones, ascending; the oldest 1000 of the range. */
  fundings({ symbol, from, to }: FundingRange): Promise<SettledFunding[]> {
    const request = { symbol, startTime: from, endTime: to, limit: FUNDING_ROWS };
    return this.ask(FUNDING_WEIGHT, (client) => client.getFundingRateHistory(request), parseFundings);
  }

  /** Of all symbols, ascending, page by page; one that stands at the end of a page may come twice. Both ends inclusive. */
  async *settledFundings(from: UtcMs, to: UtcMs): AsyncGenerator<SettledFunding> {
    for (let startTime = from; startTime <= to;) {
      const request = { startTime, endTime: to, limit: FUNDING_ROWS };
      const page = await this.ask(
        FUNDING_WEIGHT,
        (client) => client.getFundingRateHistory(request),
        parseFundings,
      );
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < FUNDING_ROWS) return;
      // More than a page of one instant there is not.
      startTime = last.at > startTime ? last.at : startTime + 1;
    }
  }

  private ask<T>(
    weight: number,
    send: (client: USDMClient) => Promise<unknown>,
    parse: (body: unknown) => T,
  ): Promise<T> {
    return this.calls.run({ weight, purpose: 'trading', send, parse });
  }
}
