/**
 * What a request costs of the IP's weight, by its parameters: Binance's USDⓈ-M table as of November 2026. Unreadable
 * parameters cost as if they were left out.
 */

/** How a request asks: the query parameter of that name, undefined if it is missing. */
export type QueryOf = (name: string) => string | undefined;

type Weigh = (query: QueryOf) => number;

const DEFAULT_KLINES = 500;
const DEFAULT_DEPTH = 500;

/** By path, or by method and path where one path is several calls. */
const WEIGHTS: Readonly<Record<string, Weigh>> = {
  '/fapi/v1/ping': () => 1,
  '/fapi/v1/time': () => 1,
  '/fapi/v1/exchangeInfo': () => 1,
  '/fapi/v1/klines': byKlineLimit,
  '/fapi/v1/continuousKlines': byKlineLimit,
  '/fapi/v1/markPriceKlines': byKlineLimit,
  '/fapi/v1/indexPriceKlines': byKlineLimit,
  '/fapi/v1/premiumIndexKlines': byKlineLimit,
  '/fapi/v1/ticker/24hr': oneOrAll(1, 40),
  '/fapi/v1/ticker/price': oneOrAll(1, 2),
  '/fapi/v2/ticker/price': oneOrAll(1, 2),
  '/fapi/v1/ticker/bookTicker': oneOrAll(2, 5),
  '/fapi/v1/premiumIndex': oneOrAll(1, 10),
  '/fapi/v1/depth': (query) => depthWeight(limitOf(query, DEFAULT_DEPTH)),
  // Counted apart, 500 in five minutes together.
  '/fapi/v1/fundingRate': () => 0,
  '/fapi/v1/fundingInfo': () => 0,
  // Orders cost no weight: they are counted apart, for each account.
  'POST /fapi/v1/order': () => 0,
  'PUT /fapi/v1/order': () => 0,
  '/fapi/v1/order/test': () => 0,
  'POST /fapi/v1/algoOrder': () => 0,
  'POST /fapi/v1/batchOrders': () => 5,
  'PUT /fapi/v1/batchOrders': () => 5,
  '/fapi/v1/openOrders': oneOrAll(1, 40),
  '/fapi/v1/openAlgoOrders': oneOrAll(1, 40),
  '/fapi/v1/allOrders': () => 5,
  '/fapi/v1/allAlgoOrders': () => 5,
  '/fapi/v1/userTrades': () => 5,
  '/fapi/v1/countdownCancelAll': () => 10,
  '/fapi/v1/forceOrders': oneOrAll(20, 50),
  '/fapi/v1/income': () => 30,
  '/fapi/v1/commissionRate': () => 20,
  '/fapi/v1/accountConfig': () => 5,
  '/fapi/v1/symbolConfig': () => 5,
  '/fapi/v1/adlQuantile': () => 5,
  'GET /fapi/v1/positionSide/dual': () => 30,
  'GET /fapi/v1/multiAssetsMargin': () => 30,
  '/fapi/v1/stock/contract': () => 50,
  '/fapi/v2/account': () => 5,
  '/fapi/v3/account': () => 5,
  '/fapi/v2/balance': () => 5,
  '/fapi/v3/balance': () => 5,
  '/fapi/v2/positionRisk': () => 5,
  '/fapi/v3/positionRisk': () => 5,
};

/** @param path without query; an unknown one costs 1 */
export function requestWeight(path: string, query: QueryOf, method = 'GET'): number {
  const weigh = WEIGHTS[`${method} ${path}`] ?? WEIGHTS[path];
  return weigh?.(query) ?? 1;
}

/** @param limit rows asked for */
export function klineWeight(limit: number): number {
  if (limit < 100) return 1;
  if (limit < 500) return 2;
  return limit <= 1000 ? 5 : 10;
}

/** @param limit levels asked for */
export function depthWeight(limit: number): number {
  if (limit <= 50) return 2;
  if (limit <= 100) return 5;
  return limit <= 500 ? 10 : 20;
}

function byKlineLimit(query: QueryOf): number {
  return klineWeight(limitOf(query, DEFAULT_KLINES));
}

function oneOrAll(one: number, all: number): Weigh {
  return (query) => ((query('symbol') ?? '') === '' ? all : one);
}

function limitOf(query: QueryOf, fallback: number): number {
  const text = query('limit');
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : fallback;
}
