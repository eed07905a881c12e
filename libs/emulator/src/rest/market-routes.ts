/** The market-data calls: what each answers. */
import { DAY_MS, MINUTE_MS, type UtcMs } from '@slt/domain';
import type { Faults } from '../faults/faults';
import type { OrderLimits } from '../limits/order-limiter';
import type { QueryOf } from '../limits/weights';
import type { EmulatedSymbol, Market } from '../market';
import { exchangeInfo } from './exchange-info';
import { continuousKlines, klines } from './klines';
import { limitOf, mandatorySymbol, optionalSymbol, wholeNumber } from './params';
import { invalidData, startAfterEnd } from './rest-error';

const DEPTH_LIMITS: ReadonlySet<number> = new Set([5, 10, 20, 50, 100, 500, 1000]);
const INTEREST_RATE = '0.00010000';
const ADL_RISKS = ['low', 'medium', 'high'];
const ADL_PERIOD_MS = 30 * MINUTE_MS;

export interface MarketCall {
  readonly path: string;
  readonly query: QueryOf;
  readonly market: Market;
  readonly faults: Faults;
  readonly now: UtcMs;
  readonly weightLimit: number;
  readonly orderLimits: OrderLimits;
}

/** @returns the body: text (ASCII) as it is, anything else as JSON. @throws RestError */
export type MarketHandler = (call: MarketCall) => unknown;

export const MARKET_ROUTES: Readonly<Record<string, MarketHandler>> = {
  '/fapi/v1/ping': () => ({}),
  '/fapi/v1/time': ({ now, faults, path }) => ({ serverTime: now + faults.skewMs({ target: 'rest', path }) }),
  '/fapi/v1/exchangeInfo': ({ market, now, ...limits }) => exchangeInfo(market, now, limits),
  '/fapi/v1/klines': klines,
  '/fapi/v1/continuousKlines': continuousKlines,
  '/fapi/v1/ticker/24hr': (call) => oneOrAll(call, (symbol) => ticker(symbol, call)),
  '/fapi/v1/ticker/price': (call) => oneOrAll(call, (symbol) => price(symbol, call)),
  '/fapi/v2/ticker/price': (call) => oneOrAll(call, (symbol) => price(symbol, call)),
  '/fapi/v1/ticker/bookTicker': (call) => oneOrAll(call, (symbol) => bookTicker(symbol, call)),
  '/fapi/v1/premiumIndex': (call) => oneOrAll(call, (symbol) => premiumIndex(symbol, call)),
  '/fapi/v1/fundingRate': fundingRate,
  '/fapi/v1/fundingInfo': fundingInfo,
  '/fapi/v1/depth': depth,
  '/fapi/v1/symbolAdlRisk': symbolAdlRisk,
};

/** Symbols that have a price: pending ones do not. */
function priced({ market, now }: MarketCall): EmulatedSymbol[] {
  return market.listed(now).filter((symbol) => hasPrice(symbol, now));
}

function hasPrice(symbol: EmulatedSymbol, now: UtcMs): boolean {
  return symbol.onboardDate <= now && symbol.statusAt(now) !== 'PENDING_TRADING';
}

function oneOrAll(call: MarketCall, row: (symbol: EmulatedSymbol) => unknown): unknown {
  const symbol = optionalSymbol(call.query, call.market, call.now);
  if (symbol === undefined) return priced(call).map(row);
  return hasPrice(symbol, call.now) ? row(symbol) : {};
}

function ticker({ symbol }: EmulatedSymbol, { market, now }: MarketCall): unknown {
  return { symbol, ...market.ticker24h(symbol, now) };
}

function price({ symbol }: EmulatedSymbol, { market, now }: MarketCall): unknown {
  return {
    symbol,
    price: market.forming(symbol, '1m', now)?.close ?? lastClose(symbol, market, now),
    time: now,
  };
}

/** For what does not trade any more, or has a hole in its recording just now. */
function lastClose(symbol: string, market: Market, now: UtcMs): string {
  const range = { from: now - 7 * DAY_MS, to: now, limit: 1, fromEnd: true };
  return market.klines(symbol, '1m', range, now)[0]?.close ?? '0';
}

function bookTicker({ symbol }: EmulatedSymbol, { market, now }: MarketCall): unknown {
  return { symbol, ...market.book(symbol, now), time: now, lastUpdateId: now };
}

function premiumIndex({ symbol }: EmulatedSymbol, { market, now }: MarketCall): unknown {
  const { markPrice, indexPrice, lastFundingRate, nextFundingTime } = market.markPrice(symbol, now);
  return {
    symbol,
    markPrice,
    indexPrice,
    estimatedSettlePrice: markPrice,
    lastFundingRate,
    interestRate: INTEREST_RATE,
    nextFundingTime,
    time: now,
  };
}

function fundingRate(call: MarketCall): unknown {
  const { market, query, now } = call;
  const symbol = optionalSymbol(query, market, now);
  const limit = limitOf(query, 100, 1000);
  const startTime = wholeNumber(query, 'startTime');
  const endTime = Math.min(wholeNumber(query, 'endTime') ?? now, now);
  if (startTime !== undefined && startTime > endTime) throw startAfterEnd();
  const symbols = symbol === undefined ? priced(call) : [symbol];
  const from = startTime ?? Math.max(0, endTime - limit * DAY_MS);
  const rows = symbols
    .flatMap((each) =>
      market.fundingHistory(each.symbol, from, endTime, startTime === undefined ? Infinity : limit),
    )
    .sort((a, b) => a.fundingTime - b.fundingTime);
  const kept = startTime === undefined ? rows.slice(-limit) : rows.slice(0, limit);
  return kept.map((row) => ({ ...row, rateType: 'Regular' }));
}

/** Only contracts that differ from the usual 8 hours. */
function fundingInfo({ market, now }: MarketCall): unknown {
  return market
    .listed(now)
    .filter((symbol) => symbol.fundingIntervalHours !== 8)
    .map((symbol) => ({
      symbol: symbol.symbol,
      adjustedFundingRateCap: '0.02000000',
      adjustedFundingRateFloor: '-0.02000000',
      fundingIntervalHours: symbol.fundingIntervalHours,
      disclaimer: false,
    }));
}

function depth({ market, query, now }: MarketCall): unknown {
  const { symbol } = mandatorySymbol(query, market, now);
  const limit = wholeNumber(query, 'limit') ?? 500;
  if (!DEPTH_LIMITS.has(limit)) throw invalidData('limit');
  const { bids, asks } = market.depth(symbol, now, limit);
  return { lastUpdateId: now, E: now, T: now, bids, asks };
}

/** By the symbol's name: nothing in the emulated market depends on it. */
function symbolAdlRisk(call: MarketCall): unknown {
  const updateTime = Math.floor(call.now / ADL_PERIOD_MS) * ADL_PERIOD_MS;
  const row = ({ symbol }: EmulatedSymbol): unknown => ({
    symbol,
    adlRisk: ADL_RISKS[symbol.length % ADL_RISKS.length],
    updateTime,
  });
  const chosen = optionalSymbol(call.query, call.market, call.now);
  return chosen === undefined ? priced(call).map(row) : row(chosen);
}
