/** Streams of prices: mark price, best bid and ask, trades. Looked at once per tick, sent when something changed. */
import { MINUTE_MS, type DurationMs, type UtcMs } from '@slt/domain';
import { bucketOf } from '../core/market-interval';
import { eventTime, type Exchange } from '../exchange';
import { firstTradeId, type EmulatedSymbol, type KlineRow } from '../market';
import type { Feed, StreamHub } from './stream-hub';
import type { Ticker } from './ticker';

/** Symbol type of USDⓈ-M contracts, in streams that carry both; COIN-M is 2. */
const UM = 1;
const CM = 2;

export interface FeedContext {
  readonly exchange: Exchange;
  readonly hub: StreamHub;
  readonly ticker: Ticker;
  readonly stream: string;
}

/** Calls `send` at every tick, but not more often than a period of exchange time. */
function everyPeriod({ exchange, ticker }: FeedContext, periodMs: DurationMs, send: () => void): Feed {
  let nextAt = 0;
  const stop = ticker.add(() => {
    const now = exchange.time.now();
    if (now < nextAt) return;
    nextAt = (Math.floor(now / periodMs) + 1) * periodMs;
    send();
  });
  return { stop };
}

export function markPriceFeed(context: FeedContext, symbol: string, periodMs: DurationMs): Feed {
  const { exchange, hub, stream } = context;
  return everyPeriod(context, periodMs, () => {
    const found = exchange.market.find(symbol);
    if (found === undefined || !isPriced(found, exchange.time.now())) return;
    hub.publish(stream, JSON.stringify(markPrice(exchange, found, UM)), { symbol });
  });
}

/** All symbols in one array, and one COIN-M row; contracts on stocks and the like in a message of their own. */
export function markPriceAllFeed(context: FeedContext, periodMs: DurationMs): Feed {
  const { exchange, hub, stream } = context;
  return everyPeriod(context, periodMs, () => {
    const now = exchange.time.now();
    const priced = exchange.market.listed(now).filter((symbol) => isPriced(symbol, now));
    const isTraditional = (symbol: EmulatedSymbol): boolean => symbol.contractType === 'TRADIFI_PERPETUAL';
    const crypto = priced.filter((symbol) => !isTraditional(symbol));
    const rows = crypto.map((symbol) => markPrice(exchange, symbol, UM));
    if (crypto[0] !== undefined) rows.push({ ...markPrice(exchange, crypto[0], CM), s: 'BTCUSD_PERP' });
    hub.publish(stream, JSON.stringify(rows), {});
    const traditional = priced.filter(isTraditional).map((symbol) => markPrice(exchange, symbol, UM));
    if (traditional.length > 0) hub.publish(stream, JSON.stringify(traditional), {});
  });
}

function isPriced(symbol: EmulatedSymbol, now: UtcMs): boolean {
  return symbol.statusAt(now) === 'TRADING' && symbol.onboardDate <= now;
}

function markPrice(exchange: Exchange, { symbol }: EmulatedSymbol, st: number): Record<string, unknown> {
  const mark = exchange.market.markPrice(symbol, exchange.time.now());
  return {
    e: 'markPriceUpdate',
    E: eventTime(exchange, symbol),
    s: symbol,
    p: mark.markPrice,
    ap: mark.markPrice,
    P: mark.markPrice,
    i: mark.indexPrice,
    r: mark.lastFundingRate,
    T: mark.nextFundingTime,
    st,
  };
}

export function bookTickerFeed(context: FeedContext, symbol: string): Feed {
  const { exchange, hub, stream, ticker } = context;
  let last = '';
  const stop = ticker.add(() => {
    const found = exchange.market.find(symbol);
    if (found === undefined || !isPriced(found, exchange.time.now())) return;
    const { bidPrice, bidQty, askPrice, askQty } = exchange.market.book(symbol, exchange.time.now());
    const state = `${bidPrice} ${bidQty} ${askPrice} ${askQty}`;
    if (state === last) return;
    last = state;
    hub.publish(stream, bookTicker(exchange, found), { symbol });
  });
  return { stop };
}

export function bookTickerAllFeed(context: FeedContext, periodMs: DurationMs): Feed {
  const { exchange, hub, stream } = context;
  return everyPeriod(context, periodMs, () => {
    const now = exchange.time.now();
    for (const symbol of exchange.market.listed(now)) {
      if (isPriced(symbol, now)) hub.publish(stream, bookTicker(exchange, symbol), { symbol: symbol.symbol });
    }
  });
}

function bookTicker(exchange: Exchange, { symbol, pair }: EmulatedSymbol): string {
  const { bidPrice, bidQty, askPrice, askQty } = exchange.market.book(symbol, exchange.time.now());
  const at = eventTime(exchange, symbol);
  return JSON.stringify({
    e: 'bookTicker',
    u: exchange.time.now(),
    E: at,
    T: at,
    s: symbol,
    b: bidPrice,
    B: bidQty,
    a: askPrice,
    A: askQty,
    ps: pair,
    st: UM,
  });
}

/** What was traded since the last tick, as one aggregate trade at the last price. */
export function aggTradeFeed(context: FeedContext, symbol: string): Feed {
  const { exchange, hub, stream, ticker } = context;
  let before: KlineRow | undefined;
  const stop = ticker.add(() => {
    const now = exchange.time.now();
    const row = exchange.market.forming(symbol, '1m', now);
    if (row === undefined) return;
    const isSame = before !== undefined && before.openTime === bucketOf(now, '1m');
    const trades = row.trades - (isSame ? before!.trades : 0);
    const quantity = Number(row.volume) - (isSame ? Number(before!.volume) : 0);
    const priorClose = before?.close ?? row.open;
    before = row;
    if (trades <= 0 || quantity <= 0) return;
    hub.publish(stream, aggTrade(exchange, symbol, { row, trades, quantity, priorClose }), { symbol });
  });
  return { stop };
}

interface Traded {
  readonly row: KlineRow;
  readonly trades: number;
  readonly quantity: number;
  readonly priorClose: string;
}

function aggTrade(exchange: Exchange, symbol: string, { row, trades, quantity, priorClose }: Traded): string {
  const lastId = firstTradeId(row.openTime) + row.trades - 1;
  const decimals = row.volume.split('.')[1]?.length ?? 0;
  const q = quantity.toFixed(decimals);
  const at = eventTime(exchange, symbol);
  return JSON.stringify({
    e: 'aggTrade',
    E: at,
    a: Math.floor(row.openTime / MINUTE_MS) * 1_000_000 + row.trades,
    s: symbol,
    p: row.close,
    q,
    nq: q,
    f: lastId - trades + 1,
    l: lastId,
    T: at,
    m: Number(row.close) < Number(priorClose),
    st: UM,
  });
}
