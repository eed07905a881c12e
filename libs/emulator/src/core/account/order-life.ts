/** How an order begins and ends, other than by fills. */
import type { UtcMs } from '@slt/domain';
import type { Account } from './account';
import { followChild } from './algo-life';
import { announceOrder } from './announce';
import { isOpen, type LiveOrder } from './live-order';

/** `er` of ORDER_TRADE_UPDATE: why an order expired. */
export const EXPIRY = {
  none: '0',
  selfTrade: '1',
  immediateOrCancel: '2',
  /** Reduce-only, and nothing left to reduce. */
  reduceOnly: '4',
  liquidation: '5',
  delisting: '7',
  /** A market order, and no more to take within its bound. */
  market: '9',
} as const;

export function openOrder(account: Account, order: LiveOrder): void {
  account.orders.add(order);
  announceOrder(account, order, { execution: 'NEW', at: order.time });
  if (order.goodTillDate === 0) return;
  account.agenda.note(order.goodTillDate, (at) => {
    if (isOpen(order)) expireOrder(account, order, at, EXPIRY.none);
  });
}

export function cancelOrder(account: Account, order: LiveOrder, at: UtcMs): void {
  order.status = 'CANCELED';
  endOrder(account, order, at);
  announceOrder(account, order, { execution: 'CANCELED', at });
  followChild(account, order);
}

export function expireOrder(account: Account, order: LiveOrder, at: UtcMs, reason: string): void {
  order.status = reason === EXPIRY.selfTrade ? 'EXPIRED_IN_MATCH' : 'EXPIRED';
  order.expiryReason = reason;
  endOrder(account, order, at);
  announceOrder(account, order, { execution: 'EXPIRED', at });
  followChild(account, order);
}

/** Takes it out of the open ones; its status is final already. */
export function endOrder(account: Account, order: LiveOrder, at: UtcMs): void {
  order.updateTime = at;
  account.orders.close(order);
}

/** All open plain orders of a symbol. */
export function cancelAllOf(account: Account, symbol: string, at: UtcMs): void {
  for (const order of [...account.orders.openOf(symbol)]) cancelOrder(account, order, at);
}
