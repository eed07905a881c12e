/**
 * One execution: position, wallet, order, and the events of it; then the orders that live on the position alone are looked
 * after. Opening takes initial margin into an isolated wallet, closing gives it back with its profit.
 */
import type { UtcMs } from '@slt/domain';
import type { Account } from './account';
import { followChild, moveAlgo } from './algo-life';
import { announceBalance, announceOrder } from './announce';
import { noteFunding } from './funding';
import type { FillEffect, Holding } from './holding';
import { endsWithPosition } from './live-algo';
import { type LiveOrder, orderSnapshot, restOf } from './live-order';
import { type Decimal, least, moneyText, priceText, quantityText, toCents, ZERO } from './money';
import type { TradeRecord } from './order';
import { endOrder, EXPIRY, expireOrder } from './order-life';

export interface Execution {
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly isMaker: boolean;
  /** Of notional; by default the maker's or taker's. */
  readonly feeRate?: Decimal;
  /** Of a forced order: told as CALCULATED. */
  readonly isForced?: boolean;
}

export function fill(account: Account, order: LiveOrder, execution: Execution, now: UtcMs): void {
  const symbol = account.view.symbol(order.symbol);
  const holding = account.holding(symbol, order.positionSide);
  const { quantity, price } = execution;
  const walletBefore = holding.isolatedWallet;
  const sizeBefore = holding.size;
  const effect = holding.apply(order.side, quantity, price, now);
  const rate = execution.feeRate ?? (execution.isMaker ? account.makerFee : account.takerFee);
  const commission = toCents(quantity.times(price).times(rate));
  holding.carryFee(commission);
  if (account.isIsolated(symbol)) {
    const { leverage } = account.settingsOf(symbol);
    holding.isolatedWallet = isolatedAfter({ walletBefore, sizeBefore, effect, price, leverage });
  }
  order.executed = order.executed.plus(quantity);
  order.cumQuote = order.cumQuote.plus(quantity.times(price));
  order.updateTime = now;
  order.status = restOf(order).gt(ZERO) ? 'PARTIALLY_FILLED' : 'FILLED';
  if (order.status === 'FILLED') endOrder(account, order, now);
  const trade = record(account, order, { execution, realized: effect.realized, commission, now });
  tell(account, order, { trade, holding, isForced: execution.isForced === true });
  followChild(account, order);
  if (!holding.isFlat) noteFunding(account, order.symbol, now);
  knockOut(account, order.symbol, now);
}

function isolatedAfter(at: {
  walletBefore: Decimal;
  sizeBefore: Decimal;
  effect: FillEffect;
  price: Decimal;
  leverage: number;
}): Decimal {
  const { effect, sizeBefore } = at;
  let wallet = at.walletBefore;
  if (effect.closed.gt(ZERO)) {
    const left = sizeBefore.minus(effect.closed);
    wallet = toCents(wallet.plus(effect.realized).times(left).div(sizeBefore));
  }
  return wallet.plus(toCents(effect.opened.times(at.price).div(at.leverage)));
}

function record(
  account: Account,
  order: LiveOrder,
  of: { execution: Execution; realized: Decimal; commission: Decimal; now: UtcMs },
): TradeRecord {
  const { execution, realized, commission, now } = of;
  const { facts, symbol } = order;
  const tradeId = account.ids.tradeId(symbol, now);
  const booked = { symbol, info: String(tradeId), tradeId, at: now };
  account.book({ type: 'REALIZED_PNL', amount: realized, ...booked });
  account.book({ type: 'COMMISSION', amount: commission.neg(), ...booked });
  const trade: TradeRecord = {
    symbol,
    tradeId,
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    side: order.side,
    positionSide: order.positionSide,
    price: priceText(facts, execution.price),
    qty: quantityText(facts, execution.quantity),
    quoteQty: moneyText(execution.quantity.times(execution.price)),
    realizedPnl: moneyText(realized),
    commission: moneyText(commission),
    commissionAsset: 'USDT',
    isMaker: execution.isMaker,
    time: now,
  };
  account.trades.push(trade);
  return trade;
}

function tell(
  account: Account,
  order: LiveOrder,
  news: { trade: TradeRecord; holding: Holding; isForced: boolean },
): void {
  const { trade, holding, isForced } = news;
  const at = trade.time;
  if (!isForced) account.emit({ kind: 'trade-lite', at, order: orderSnapshot(order), trade });
  announceBalance(account, { reason: 'ORDER', at, holdings: [holding] });
  announceOrder(account, order, { execution: isForced ? 'CALCULATED' : 'TRADE', at, trade });
}

/** What is left of it, or of the position it may only reduce. */
export function takeable(account: Account, order: LiveOrder): Decimal {
  const rest = restOf(order);
  if (!order.isClosing) return rest;
  const symbol = account.view.symbol(order.symbol);
  return least(rest, account.reducible(symbol, order.positionSide, order.side));
}

/** Ends what could only make a position larger now: reduce-only orders and orders that end with their position. */
export function knockOut(account: Account, symbolName: string, now: UtcMs): void {
  const symbol = account.view.symbol(symbolName);
  const hasNone = (order: { positionSide: LiveOrder['positionSide']; side: LiveOrder['side'] }): boolean =>
    account.reducible(symbol, order.positionSide, order.side).eq(ZERO);
  for (const order of [...account.orders.openOf(symbolName)]) {
    // A market order under way ends by its own matching.
    if (order.isClosing && order.type === 'LIMIT' && hasNone(order)) {
      expireOrder(account, order, now, EXPIRY.reduceOnly);
    }
  }
  for (const algo of account.algos.pending(symbolName)) {
    if (endsWithPosition(algo) && hasNone(algo)) moveAlgo(account, algo, 'EXPIRED', now);
  }
}
