/**
 * What the exchange checks before it accepts an order, in its words: the codes are those that its own answers get in
 * @slt/exchange. Every refusal is `rejected`: nothing was done.
 */
import { AppError, type Instrument } from '@slt/domain';
import type { NewOrder } from '../broker';
import { type Exact, exact } from '../decimal';
import { initialMargin } from './margin';
import type { PaperBook } from './paper-book';
import { isTriggerKind } from './paper-order';
import type { PaperState } from './paper-state';
import { ofNumber, type Quote } from './quote';
import { equityOf, initialMarginOf } from './worth';

const CLIENT_ID = /^[.A-Za-z0-9:/_-]{1,36}$/;
const DECIMAL = /^\d+(?:\.\d+)?$/;
/** Open orders of each service. */
const MAX_OPEN_ORDERS = 200;
export const MARGIN_INSUFFICIENT = 'ORDER.MARGIN_INSUFFICIENT';

export function rejected(code: string, message: string): AppError {
  return new AppError('rejected', code, message);
}

/** A positive decimal. @throws AppError rejected */
function positive(text: string, code: string, what: string): Exact {
  const value = DECIMAL.test(text) ? exact(text) : undefined;
  if (value === undefined || value.lte(0)) throw rejected(code, `${what} ${JSON.stringify(text)} is none`);
  return value;
}

function expectMultiple(value: Exact, step: string, code: string, what: string): void {
  if (exact(step).gt(0) && !value.mod(step).eq(0)) {
    throw rejected(code, `${what} ${value.toFixed()} is no multiple of ${step}`);
  }
}

/** Id, symbol and filters: what needs no look at the account. @throws AppError rejected */
export function checkForm(order: NewOrder, instrument: Instrument | undefined): void {
  if (!CLIENT_ID.test(order.clientOrderId)) {
    throw rejected('ORDER.BAD_CLIENT_ID', `${JSON.stringify(order.clientOrderId)} is no client order id`);
  }
  if (instrument === undefined) {
    throw rejected('EXCHANGE.INVALID_SYMBOL', `${JSON.stringify(order.symbol)} is not listed`);
  }
  if (instrument.status !== 'trading' && !order.reduceOnly) {
    throw rejected('ORDER.SYMBOL_CLOSED', `${order.symbol} is ${instrument.status}`);
  }
  checkQuantity(order, instrument);
  if (order.kind === 'limit') checkPrice(order.price, instrument, 'a price');
  if ('triggerPrice' in order) checkPrice(order.triggerPrice, instrument, 'a trigger price');
}

function checkQuantity({ kind, quantity: text }: NewOrder, { filters }: Instrument): void {
  const quantity = positive(text, 'ORDER.BAD_QUANTITY', 'a quantity of');
  const isLimit = kind === 'limit';
  const step = isLimit ? filters.stepSize : filters.marketStepSize;
  const least = isLimit ? filters.minQty : filters.marketMinQty;
  const most = isLimit ? filters.maxQty : filters.marketMaxQty;
  if (quantity.lt(least)) throw rejected('ORDER.BAD_QUANTITY', `${text} is less than ${least}`);
  if (quantity.gt(most)) throw rejected('ORDER.BAD_QUANTITY', `${text} is more than ${most}`);
  expectMultiple(quantity, step, 'ORDER.BAD_QUANTITY', 'the quantity');
}

function checkPrice(text: string, { filters }: Instrument, what: string): void {
  const price = positive(text, 'ORDER.BAD_PRICE', what);
  const { minPrice, maxPrice, tickSize } = filters;
  // A bound of 0 is none.
  const isTooHigh = exact(maxPrice).gt(0) && price.gt(maxPrice);
  if (price.lt(minPrice) || isTooHigh) {
    throw rejected('ORDER.PRICE_OUT_OF_RANGE', `${what} of ${text} is not within ${minPrice} to ${maxPrice}`);
  }
  expectMultiple(price, tickSize, 'ORDER.BAD_PRICE', what);
}

/** @returns the price at which margin and notional are reckoned. @throws AppError rejected */
export function checkAgainstAccount(
  order: NewOrder,
  { state, book, quote }: { state: PaperState; book: PaperBook; quote: Quote },
): number {
  if (state.openOrder(order) !== undefined) {
    throw rejected('ORDER.DUPLICATE', `an open order has the id ${order.clientOrderId} already`);
  }
  const isTrigger = isTriggerKind(order.kind);
  const sameService = state.openOrders().filter((open) => isTriggerKind(open.order.kind) === isTrigger);
  if (sameService.length >= MAX_OPEN_ORDERS) {
    throw rejected('ORDER.TOO_MANY_OPEN', `${sameService.length} orders are open`);
  }
  if ('triggerPrice' in order) return checkTrigger(order, quote);
  const quantity = exact(order.quantity);
  const price = order.kind === 'limit' ? Number(order.price) : takerPrice(order, quote);
  if (order.kind === 'limit' && order.timeInForce === 'GTX' && crosses(order.side, price, quote)) {
    throw rejected('ORDER.WOULD_TAKE', `at ${order.price} the order would not rest`);
  }
  if (order.reduceOnly) {
    if (book.closable(order.side, quantity).eq(0)) {
      throw rejected('ORDER.REDUCE_ONLY', `there is no position in ${order.symbol} to reduce`);
    }
    return price;
  }
  const notional = quantity.times(ofNumber(order.kind === 'limit' ? price : quote.mark));
  if (notional.lt(book.filters.minNotional)) {
    throw rejected('ORDER.BELOW_MIN_NOTIONAL', `${notional.toFixed()} is below ${book.filters.minNotional}`);
  }
  const problem = marginProblem(order, { state, book, price });
  if (problem !== undefined) throw rejected(MARGIN_INSUFFICIENT, problem);
  return price;
}

function checkTrigger(order: NewOrder & { kind: 'stop' | 'take-profit' }, quote: Quote): number {
  const trigger = Number(order.triggerPrice);
  if (isTriggered({ ...order, trigger }, quote)) {
    throw rejected('ORDER.WOULD_TRIGGER', `at ${order.triggerPrice} the ${order.kind} would trigger at once`);
  }
  return trigger;
}

export const takerPrice = ({ side }: NewOrder, quote: Quote): number =>
  side === 'buy' ? quote.ask : quote.bid;

export const crosses = (side: NewOrder['side'], price: number, quote: Quote): boolean =>
  side === 'buy' ? price >= quote.ask : price <= quote.bid;

/** A buy stop and a sell take-profit wait for a rise, the others for a fall; touching is enough. */
export function waitsForRise({ kind, side }: Pick<NewOrder, 'kind' | 'side'>): boolean {
  return (kind === 'stop') === (side === 'buy');
}

export function isTriggered(
  order: Pick<NewOrder, 'kind' | 'side'> & { readonly trigger: number; readonly workingType: string },
  quote: Quote,
): boolean {
  const price = order.workingType === 'mark' ? quote.mark : quote.last;
  return waitsForRise(order) ? price >= order.trigger : price <= order.trigger;
}

/**
 * Why the account cannot carry the order; undefined: it can. What makes it safer it always can.
 * @param price what the order is reckoned at
 */
export function marginProblem(
  { side, quantity: text, symbol }: NewOrder,
  { state, book, price: number }: { state: PaperState; book: PaperBook; price: number },
): string | undefined {
  const [quantity, price] = [exact(text), ofNumber(number)];
  const added = initialMargin(book, { side, quantity, price }).minus(initialMargin(book));
  if (added.lte(0)) return undefined;
  const fee = quantity.times(price).times(state.settings.takerFeeRate);
  const mark = ofNumber(book.markPrice);
  const worse = (side === 'buy' ? price.minus(mark) : mark.minus(price)).times(quantity);
  const needed = added.plus(fee).plus(worse.gt(0) ? worse : 0);
  const available = equityOf(state).minus(initialMarginOf(state));
  if (needed.lte(available)) return undefined;
  return `${symbol}: ${needed.toFixed(2)} USDT are needed, ${available.toFixed(2)} are available`;
}
