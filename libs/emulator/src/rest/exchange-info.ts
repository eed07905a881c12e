/** The answer of exchangeInfo: every contract with its filters. */
import { DAY_MS, type UtcMs } from '@slt/domain';
import type { OrderLimits } from '../limits/order-limiter';
import type { EmulatedSymbol, Market } from '../market';

/** The real one comes from a cache; a day old was seen. Whoever takes it for the time is wrong by that much. */
const STALE_BY_MS = DAY_MS - 137_000;

const ORDER_TYPES = [
  'LIMIT',
  'MARKET',
  'STOP',
  'STOP_MARKET',
  'TAKE_PROFIT',
  'TAKE_PROFIT_MARKET',
  'TRAILING_STOP_MARKET',
];
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'GTX', 'GTD', 'RPI'];

export interface ShownLimits {
  readonly weightLimit: number;
  readonly orderLimits: OrderLimits;
}

export function exchangeInfo(market: Market, now: UtcMs, limits: ShownLimits): unknown {
  const { weightLimit, orderLimits } = limits;
  const listed = market.listed(now);
  return {
    timezone: 'UTC',
    serverTime: now - STALE_BY_MS,
    futuresType: 'U_MARGINED',
    rateLimits: [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: weightLimit },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: orderLimits.ordersPerMinute },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: orderLimits.ordersPer10Seconds },
    ],
    exchangeFilters: [],
    assets: assets(listed),
    symbols: listed.map((symbol) => contract(symbol, now)),
  };
}

function assets(listed: readonly EmulatedSymbol[]): unknown[] {
  return [...new Set(listed.map((symbol) => symbol.marginAsset))].map((asset) => ({
    asset,
    marginAvailable: true,
    autoAssetExchange: asset === 'BTC' ? '-0.10000000' : '-10000',
  }));
}

function contract(symbol: EmulatedSymbol, now: UtcMs): unknown {
  return {
    symbol: symbol.symbol,
    pair: symbol.pair,
    contractType: symbol.contractType,
    deliveryDate: symbol.deliveryDateAt(now),
    onboardDate: symbol.onboardDate,
    status: symbol.statusAt(now),
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: symbol.baseAsset,
    quoteAsset: symbol.quoteAsset,
    marginAsset: symbol.marginAsset,
    pricePrecision: symbol.pricePrecision,
    quantityPrecision: symbol.quantityPrecision,
    baseAssetPrecision: symbol.baseAssetPrecision,
    quotePrecision: symbol.quotePrecision,
    underlyingType: symbol.underlyingType,
    underlyingSubType: symbol.underlyingSubType,
    triggerProtect: symbol.triggerProtect,
    liquidationFee: symbol.liquidationFee,
    marketTakeBound: symbol.marketTakeBound,
    maxMoveOrderLimit: 10000,
    filters: filters(symbol),
    orderTypes: ORDER_TYPES,
    timeInForce: TIMES_IN_FORCE,
    permissionSets: ['GRID', 'COPY', 'DCA', 'PSB'],
  };
}

function filters(symbol: EmulatedSymbol): unknown[] {
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: symbol.minPrice,
      maxPrice: symbol.maxPrice,
      tickSize: symbol.tickSize,
    },
    { filterType: 'LOT_SIZE', minQty: symbol.minQty, maxQty: symbol.maxQty, stepSize: symbol.stepSize },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: symbol.marketMinQty,
      maxQty: symbol.marketMaxQty,
      stepSize: symbol.marketStepSize,
    },
    { filterType: 'MAX_NUM_ORDERS', limit: 200 },
    { filterType: 'MIN_NOTIONAL', notional: symbol.minNotional },
    {
      filterType: 'PERCENT_PRICE',
      multiplierUp: symbol.multiplierUp,
      multiplierDown: symbol.multiplierDown,
      multiplierDecimal: '4',
    },
    { filterType: 'POSITION_RISK_CONTROL', positionControlSide: 'NONE' },
  ];
}
