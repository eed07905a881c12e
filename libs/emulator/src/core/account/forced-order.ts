/** Orders the exchange itself places: liquidation and the end of a contract. They always close the whole position. */
import type { UtcMs } from '@slt/domain';
import type { Account } from './account';
import { fill } from './fills';
import type { Holding } from './holding';
import { type LiveOrder, restOf } from './live-order';
import { type Decimal, least, ZERO } from './money';
import { openOrder } from './order-life';

export interface ForcedClose {
  /** `autoclose-` or `settlement_autoclose-`. */
  readonly prefix: string;
  readonly feeRate: Decimal;
  /** Settlement closes at one price; a liquidation takes what the book offers. */
  readonly price?: Decimal;
}

/** @returns the order, filled */
export function forceClose(account: Account, holding: Holding, close: ForcedClose, now: UtcMs): LiveOrder {
  const order = forcedOrder(account, holding, close.prefix, now);
  openOrder(account, order);
  const execute = (quantity: Decimal, price: Decimal): void =>
    fill(account, order, { quantity, price, isMaker: false, feeRate: close.feeRate, isForced: true }, now);
  let worst = account.view.mark(order.symbol, now);
  if (close.price === undefined) {
    for (const offer of account.liquidity.offers(order.symbol, order.side, now)) {
      const quantity = least(offer.quantity, restOf(order));
      account.liquidity.take(order.symbol, order.side, { level: offer.level, quantity, at: now });
      worst = offer.price;
      execute(quantity, offer.price);
      if (restOf(order).eq(ZERO)) break;
    }
  }
  if (restOf(order).gt(ZERO)) execute(restOf(order), close.price ?? worst);
  return order;
}

function forcedOrder(account: Account, holding: Holding, prefix: string, now: UtcMs): LiveOrder {
  return {
    facts: holding.facts,
    symbol: holding.symbol,
    orderId: account.ids.orderId(holding.symbol),
    clientOrderId: `${prefix}${account.ids.forcedId(now)}`,
    side: holding.direction > 0 ? 'SELL' : 'BUY',
    positionSide: holding.positionSide,
    type: 'MARKET',
    origType: 'MARKET',
    timeInForce: 'GTC',
    stopPrice: ZERO,
    reduceOnly: false,
    closePosition: false,
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    priceMatch: 'NONE',
    selfTradePreventionMode: 'NONE',
    goodTillDate: 0,
    isClosing: true,
    time: now,
    quantity: holding.size,
    price: ZERO,
    status: 'NEW',
    executed: ZERO,
    cumQuote: ZERO,
    updateTime: now,
    expiryReason: '0',
    amendments: 0,
    ahead: ZERO,
  };
}
