/** Which feed serves which stream. */
import { SECOND_MS } from '@slt/domain';
import type { Exchange } from '../exchange';
import { findContract } from '../rest/klines';
import type { CloseDelay } from './close-delay';
import { contractInfoFeed } from './contract-info-feed';
import { KlineFeed } from './kline-feed';
import { continuousKlineFrame, klineFrame } from './kline-frame';
import {
  aggTradeFeed,
  bookTickerAllFeed,
  bookTickerFeed,
  markPriceAllFeed,
  markPriceFeed,
  type FeedContext,
} from './price-feeds';
import type { Feed, StartFeed } from './stream-hub';
import type { StreamSpec } from './stream-name';
import type { Ticker } from './ticker';

const SILENT: Feed = { stop: () => undefined };

export interface FeedOptions {
  readonly exchange: Exchange;
  readonly ticker: Ticker;
  readonly closeDelay: CloseDelay;
}

export function feedStarter(options: FeedOptions): StartFeed {
  const { exchange, ticker } = options;
  return (stream, spec, hub) => startFeed({ exchange, hub, ticker, stream }, spec, options.closeDelay);
}

function startFeed(context: FeedContext, spec: StreamSpec, closeDelay: CloseDelay): Feed {
  switch (spec.kind) {
    case 'kline': {
      const { symbol, interval } = spec;
      const format = klineFrame.bind(undefined, symbol);
      return new KlineFeed({ ...context, symbol, interval, closeDelay, format });
    }
    case 'continuousKline': {
      const { pair, contractType, interval } = spec;
      const { market, time } = context.exchange;
      const symbol = findContract(market, pair, contractType, time.now())?.symbol;
      if (symbol === undefined) return SILENT;
      const format = continuousKlineFrame.bind(undefined, pair, contractType);
      return new KlineFeed({ ...context, symbol, interval, closeDelay, format });
    }
    case 'aggTrade':
      return aggTradeFeed(context, spec.symbol);
    case 'markPrice':
      return markPriceFeed(context, spec.symbol, (spec.everySecond ? 1 : 3) * SECOND_MS);
    case 'markPriceAll':
      return markPriceAllFeed(context, (spec.everySecond ? 1 : 3) * SECOND_MS);
    case 'contractInfo':
      return contractInfoFeed(context);
    case 'bookTicker':
      return bookTickerFeed(context, spec.symbol);
    case 'bookTickerAll':
      return bookTickerAllFeed(context, 5 * SECOND_MS);
  }
}
