/** An order that takes: it walks the modelled book up to its limit, level by level, each a trade. */
import type { UtcMs } from '@slt/domain';
import type { Account } from './account';
import { fill, takeable } from './fills';
import { isBeyond } from './liquidity';
import { isOpen, type LiveOrder } from './live-order';
import { type Decimal, decimal, least, ZERO } from './money';
import { EXPIRY, expireOrder } from './order-life';
import { standInLine } from './resting';

/** Matches a new or amended order; what is left of it expires or rests, as its type and time in force say. */
export function matchIncoming(account: Account, order: LiveOrder, now: UtcMs): void {
  const symbol = account.view.symbol(order.symbol);
  const limit = order.type === 'MARKET' ? account.view.marketBound(symbol, order.side, now) : order.price;
  take(account, order, limit, now);
  if (!isOpen(order)) return;
  if (order.isClosing && account.reducible(symbol, order.positionSide, order.side).eq(ZERO)) {
    expireOrder(account, order, now, EXPIRY.reduceOnly);
  } else if (order.type === 'MARKET') expireOrder(account, order, now, EXPIRY.market);
  else if (order.timeInForce === 'IOC' || order.timeInForce === 'FOK') {
    expireOrder(account, order, now, EXPIRY.immediateOrCancel);
  } else standInLine(account, order, now);
}

function take(account: Account, order: LiveOrder, limit: Decimal, now: UtcMs): void {
  const { symbol, side } = order;
  for (const offer of account.liquidity.offers(symbol, side, now)) {
    if (isBeyond(side, offer.price, limit)) return;
    preventSelfTrade(account, order, offer.price, now);
    if (!isOpen(order)) return;
    const quantity = least(offer.quantity, takeable(account, order));
    if (quantity.lte(ZERO)) return;
    account.liquidity.take(symbol, side, { level: offer.level, quantity, at: now });
    fill(account, order, { quantity, price: offer.price, isMaker: false }, now);
    if (!isOpen(order)) return;
  }
}

/** Own orders on the other side that stand at the price or before it are met first; the taker's mode says who goes. */
function preventSelfTrade(account: Account, taker: LiveOrder, price: Decimal, now: UtcMs): void {
  const mode = taker.selfTradePreventionMode;
  if (mode === 'NONE') return;
  const met = account.orders
    .openOf(taker.symbol)
    .filter((order) => order.side !== taker.side && order.type === 'LIMIT')
    .filter((order) => !isBeyond(taker.side, order.price, price));
  if (met.length === 0) return;
  if (mode !== 'EXPIRE_TAKER') for (const order of met) expireOrder(account, order, now, EXPIRY.selfTrade);
  if (mode !== 'EXPIRE_MAKER') expireOrder(account, taker, now, EXPIRY.selfTrade);
}

/** Whether a limit order would trade at once. */
export function crosses(
  account: Account,
  order: { symbol: string; side: LiveOrder['side']; price: Decimal },
  now: UtcMs,
): boolean {
  const best = account.view.bestOpposite(order.symbol, order.side, now);
  return best.gt(ZERO) && !isBeyond(order.side, best, order.price);
}

/** Where a market order is expected to fill, for its margin: a little beyond the best price. */
export function expectedPrice(
  account: Account,
  symbol: string,
  side: LiveOrder['side'],
  now: UtcMs,
): Decimal {
  const best = account.view.bestOpposite(symbol, side, now);
  const mark = account.view.mark(symbol, now);
  if (side === 'BUY') return (best.gt(ZERO) ? best : mark).times(decimal('1.0005'));
  return best.gt(mark) ? best : mark;
}
