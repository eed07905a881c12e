/** Changing a resting limit order's price or quantity: it goes to the end of the line. */
import type { UtcMs } from '@slt/domain';
import { mandatoryParameter } from '../rest-error';
import type { Account } from './account';
import { announceOrder } from './announce';
import { fillPrice } from './order-entry';
import { isOpen, type LiveOrder, restOf } from './live-order';
import { checkMargin } from './margin';
import { type Decimal, ZERO } from './money';
import { checkNotional, checkPercentPrice, checkPrice, checkQuantity } from './order-checks';
import { cancelOrder } from './order-life';
import { decimalOf, optional, type Params } from './params';
import { noSuchOrder, nothingToAmend, onlyLimitOrders, tooManyAmendments } from './refusals';
import { crosses, matchIncoming } from './taking';

const MOST_AMENDMENTS = 10_000;

/**
 * A quantity at or below what is filled already cancels the order, and so does a post-only price that would trade.
 * @throws RestError
 */
export function amendOrder(account: Account, order: LiveOrder, params: Params, now: UtcMs): void {
  if (order.type !== 'LIMIT') throw onlyLimitOrders();
  if (!isOpen(order)) throw noSuchOrder();
  const quantity = decimalOf(params, 'quantity');
  const price = decimalOf(params, 'price');
  if (quantity === undefined) throw mandatoryParameter('quantity');
  if (price === undefined) throw mandatoryParameter('price');
  checkAmendment(account, order, { quantity, price }, now);
  if (quantity.lte(order.executed)) return cancelOrder(account, order, now);
  if (order.timeInForce === 'GTX' && crosses(account, { ...order, price }, now)) {
    return cancelOrder(account, order, now);
  }
  order.quantity = quantity;
  order.price = price;
  order.amendments++;
  order.updateTime = now;
  const modifyId = optional(params, 'modifyId');
  if (modifyId === undefined) delete order.modifyId;
  else order.modifyId = modifyId;
  account.orders.moveToEnd(order);
  announceOrder(account, order, { execution: 'AMENDMENT', at: now });
  matchIncoming(account, order, now);
}

function checkAmendment(
  account: Account,
  order: LiveOrder,
  wanted: { quantity: Decimal; price: Decimal },
  now: UtcMs,
): void {
  const { quantity, price } = wanted;
  const symbol = account.view.symbol(order.symbol);
  if (quantity.eq(order.quantity) && price.eq(order.price)) throw nothingToAmend();
  if (order.amendments >= MOST_AMENDMENTS) throw tooManyAmendments();
  checkQuantity(symbol, quantity, 'LIMIT');
  checkPrice(symbol, price);
  checkPercentPrice(account, { symbol, side: order.side, price }, now);
  if (order.isClosing) return;
  checkNotional(symbol, quantity.times(price));
  const added = quantity.times(price).minus(restOf(order).plus(order.executed).times(order.price));
  if (added.lte(ZERO)) return;
  const draftPrice = fillPrice(account, { symbol, side: order.side, type: 'LIMIT', price }, now);
  const draft = { symbol, side: order.side, positionSide: order.positionSide, price: draftPrice };
  checkMargin(account, { ...draft, quantity: added.div(draftPrice) }, now);
}
