/** What an order is refused for: the symbol's filters, the position mode, the position it would reduce (reference A7, A8). */
import type { UtcMs } from '@slt/domain';
import type { EmulatedSymbol } from '../market';
import type { Account } from './account';
import { restOf } from './live-order';
import { type Decimal, decimal, decimalsOf, isMultiple, sum, ZERO } from './money';
import type { OrderType, PositionSide, Side } from './order';
import {
  notionalTooSmall,
  notRequired,
  notYetTrading,
  priceAboveMax,
  priceBelowMin,
  priceNegative,
  priceOffTick,
  priceTooHigh,
  priceTooLow,
  quantityAboveMax,
  quantityBelowMin,
  quantityNotPositive,
  quantityOffStep,
  reduceOnlyRejected,
  symbolClosed,
  tooPrecise,
  wrongPositionSide,
} from './refusals';

/** @throws RestError -4140, -4141 */
export function checkStatus(symbol: EmulatedSymbol, now: UtcMs): void {
  const status = symbol.statusAt(now);
  if (status === 'PENDING_TRADING') throw notYetTrading();
  if (status !== 'TRADING') throw symbolClosed();
}

/** LOT_SIZE, or MARKET_LOT_SIZE for market orders. @throws RestError -1111, -4003, -4004, -4005, -4023 */
export function checkQuantity(symbol: EmulatedSymbol, quantity: Decimal, type: OrderType): void {
  const isMarket = type === 'MARKET';
  if (quantity.lte(ZERO)) throw quantityNotPositive();
  if (decimalsOf(quantity) > symbol.quantityPrecision) throw tooPrecise();
  if (quantity.lt(isMarket ? symbol.marketMinQty : symbol.minQty)) throw quantityBelowMin();
  if (quantity.gt(isMarket ? symbol.marketMaxQty : symbol.maxQty)) throw quantityAboveMax();
  if (!isMultiple(quantity, decimal(isMarket ? symbol.marketStepSize : symbol.stepSize))) {
    throw quantityOffStep();
  }
}

/** PRICE_FILTER. @throws RestError -1111, -4001, -4002, -4013, -4014 */
export function checkPrice(symbol: EmulatedSymbol, price: Decimal): void {
  if (price.lt(ZERO)) throw priceNegative();
  if (price.lt(symbol.minPrice)) throw priceBelowMin();
  if (price.gt(symbol.maxPrice)) throw priceAboveMax();
  if (decimalsOf(price) > symbol.pricePrecision) throw tooPrecise();
  if (!isMultiple(price, decimal(symbol.tickSize))) throw priceOffTick();
}

/** PERCENT_PRICE: buys not far above the mark price, sells not far below. @throws RestError -4016, -4024 */
export function checkPercentPrice(
  account: Account,
  order: { symbol: EmulatedSymbol; side: Side; price: Decimal },
  now: UtcMs,
): void {
  const { symbol, side, price } = order;
  const mark = account.view.mark(symbol.symbol, now);
  const cap = mark.times(symbol.multiplierUp);
  const floor = mark.times(symbol.multiplierDown);
  if (side === 'BUY' && price.gt(cap)) throw priceTooHigh(cap.round(symbol.pricePrecision, 0).toFixed());
  if (side === 'SELL' && price.lt(floor)) throw priceTooLow(floor.round(symbol.pricePrecision, 3).toFixed());
}

/** MIN_NOTIONAL; what only closes is exempt. @throws RestError -4164 */
export function checkNotional(symbol: EmulatedSymbol, notional: Decimal): void {
  if (notional.gte(symbol.minNotional)) return;
  throw notionalTooSmall(/\./.test(symbol.minNotional) ? symbol.minNotional : `${symbol.minNotional}.0`);
}

/** One-way: BOTH; hedge: LONG or SHORT, and reduceOnly may not be sent. @throws RestError -1106, -4061 */
export function checkPositionSide(
  account: Account,
  order: { positionSide: PositionSide; reduceOnly: boolean },
): void {
  if ((order.positionSide === 'BOTH') === account.isHedgeMode) throw wrongPositionSide();
  if (account.isHedgeMode && order.reduceOnly) throw notRequired('reduceonly');
}

/** Only makes a position smaller: reduceOnly, or the closing side in hedge mode. */
export function closes(order: { positionSide: PositionSide; side: Side; reduceOnly: boolean }): boolean {
  if (order.positionSide === 'LONG') return order.side === 'SELL';
  if (order.positionSide === 'SHORT') return order.side === 'BUY';
  return order.reduceOnly;
}

/**
 * There must be a position to close; in hedge mode one as large as the order; and resting orders must not cover all of it
 * already when another is to rest. @throws RestError -2022
 */
export function checkClosing(
  account: Account,
  order: {
    symbol: EmulatedSymbol;
    positionSide: PositionSide;
    side: Side;
    type: OrderType;
    quantity: Decimal;
  },
): void {
  const { symbol, positionSide, side } = order;
  const reducible = account.reducible(symbol, positionSide, side);
  if (reducible.eq(ZERO)) throw reduceOnlyRejected();
  if (positionSide !== 'BOTH' && order.quantity.gt(reducible)) throw reduceOnlyRejected();
  if (order.type === 'MARKET') return;
  const resting = account.orders
    .openOf(symbol.symbol)
    .filter((other) => other.isClosing && other.side === side && other.positionSide === positionSide);
  if (sum(resting.map(restOf)).gte(reducible)) throw reduceOnlyRejected();
}
