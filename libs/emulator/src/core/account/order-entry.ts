/** Takes a new order into the engine: all refusals first, then its life begins. Matching it is the caller's next step. */
import type { UtcMs } from '@slt/domain';
import type { EmulatedSymbol } from '../market';
import type { Account } from './account';
import { isBeyond } from './liquidity';
import { isOpen, type LiveOrder } from './live-order';
import { checkMargin } from './margin';
import { type Decimal, decimal, greatest, ZERO } from './money';
import type { OrderType, Side } from './order';
import {
  checkClosing,
  checkNotional,
  checkPercentPrice,
  checkPositionSide,
  checkPrice,
  checkQuantity,
  checkStatus,
  closes,
} from './order-checks';
import { openOrder } from './order-life';
import type { OrderSpec } from './order-spec';
import {
  counterpartyTooFar,
  duplicateClientId,
  fokRejected,
  postOnlyRejected,
  tooManyOpenOrders,
} from './refusals';
import { crosses, expectedPrice } from './taking';

const MOST_OPEN_ORDERS = 200;

/** The order as it would be entered. @throws RestError where it is refused */
export function admit(account: Account, spec: OrderSpec, now: UtcMs): OrderSpec {
  const { symbol } = spec;
  checkStatus(symbol, now);
  const matched = withMatchedPrice(account, spec, now);
  checkPositionSide(account, matched);
  if (!matched.closePosition) checkQuantity(symbol, matched.quantity, matched.type);
  if (matched.type === 'LIMIT') {
    checkPrice(symbol, matched.price);
    checkPercentPrice(account, matched, now);
  } else checkCounterparty(account, symbol, matched.side, now);
  checkClientId(account, matched);
  if (account.orders.openOf(symbol.symbol).length >= MOST_OPEN_ORDERS) throw tooManyOpenOrders();
  if (closes(matched)) checkClosing(account, matched);
  else checkOpening(account, matched, now);
  checkTimeInForce(account, matched, now);
  return matched;
}

/** @throws RestError */
export function enterOrder(account: Account, spec: OrderSpec, now: UtcMs): LiveOrder {
  const order = makeOrder(account, admit(account, spec, now), now);
  openOrder(account, order);
  return order;
}

/** Not in the engine yet: openOrder() takes it there. */
export function makeOrder(account: Account, admitted: OrderSpec, now: UtcMs): LiveOrder {
  const { symbol, clientOrderId, ...rest } = admitted;
  return {
    ...rest,
    facts: symbol,
    symbol: symbol.symbol,
    orderId: account.ids.orderId(symbol.symbol),
    clientOrderId: clientOrderId ?? account.ids.clientId(),
    isClosing: closes(admitted),
    time: now,
    status: 'NEW',
    executed: ZERO,
    cumQuote: ZERO,
    updateTime: now,
    expiryReason: '0',
    amendments: 0,
    ahead: ZERO,
  };
}

function checkOpening(account: Account, spec: OrderSpec, now: UtcMs): void {
  const { symbol, quantity } = spec;
  const worth = spec.type === 'MARKET' ? account.view.mark(symbol.symbol, now) : spec.price;
  checkNotional(symbol, quantity.times(worth));
  checkMargin(account, { ...spec, price: fillPrice(account, spec, now) }, now);
}

/** Where it is expected to fill: a limit sell below the best bid fills at the bid. */
export function fillPrice(
  account: Account,
  order: { symbol: EmulatedSymbol; side: Side; type: OrderType; price: Decimal },
  now: UtcMs,
): Decimal {
  const { side, price } = order;
  const { symbol } = order.symbol;
  if (order.type === 'MARKET') return expectedPrice(account, symbol, side, now);
  return side === 'BUY' ? price : greatest(price, account.view.bestOpposite(symbol, side, now));
}

/** Only open orders count: an id may come again (reference A7). */
export function checkClientId(
  account: Account,
  order: { symbol: EmulatedSymbol; clientOrderId: string | undefined },
): void {
  if (order.clientOrderId === undefined) return;
  const known = account.orders.findByClientId(order.symbol.symbol, order.clientOrderId);
  if (known !== undefined && isOpen(known)) throw duplicateClientId();
}

function checkCounterparty(account: Account, symbol: EmulatedSymbol, side: Side, now: UtcMs): void {
  const best = account.view.bestOpposite(symbol.symbol, side, now);
  const bound = account.view.marketBound(symbol, side, now);
  if (best.eq(ZERO) || isBeyond(side, best, bound)) throw counterpartyTooFar();
}

/** @throws RestError -5021, -5022 */
export function checkTimeInForce(account: Account, spec: OrderSpec, now: UtcMs): void {
  const { symbol, side, price, quantity } = spec;
  if (spec.timeInForce === 'GTX' && crosses(account, { symbol: symbol.symbol, side, price }, now)) {
    throw postOnlyRejected();
  }
  if (spec.timeInForce !== 'FOK' || spec.type === 'MARKET') return;
  const isWhole = !closes(spec) || account.reducible(symbol, spec.positionSide, side).gte(quantity);
  if (!isWhole) throw fokRejected();
  if (!account.liquidity.covers(symbol.symbol, side, { quantity, limit: price, at: now }))
    throw fokRejected();
}

/** OPPONENT_5: the fifth price of the other side; QUEUE: the best of the own side. */
function withMatchedPrice(account: Account, spec: OrderSpec, now: UtcMs): OrderSpec {
  if (spec.priceMatch === 'NONE' || spec.type === 'MARKET') return spec;
  const [where, place = '1'] = spec.priceMatch.split('_');
  const level = Number(place);
  const { bids, asks } = account.view.depth(spec.symbol.symbol, now, level);
  const rows = (spec.side === 'BUY') === (where === 'OPPONENT') ? asks : bids;
  const row = rows[level - 1];
  return row === undefined ? spec : { ...spec, price: decimal(row[0]) };
}
