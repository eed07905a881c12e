/**
 * Margin (reference A8). Initial margin of positions and open orders is notional ÷ leverage, the larger side counting; an
 * order's open loss against the mark price is asked for on top when it is placed.
 */
import type { UtcMs } from '@slt/domain';
import type { EmulatedSymbol } from '../market';
import type { Account } from './account';
import { bracketAt, maintenanceMargin, maxNotional } from './brackets';
import type { Holding } from './holding';
import { type Decimal, decimal, greatest, ONE, sum, toCents, ZERO } from './money';
import type { PositionSide, Side } from './order';
import { marginInsufficient, positionTooLarge } from './refusals';

export interface PositionMargin {
  readonly holding: Holding;
  readonly isIsolated: boolean;
  readonly mark: Decimal;
  /** Signed, at mark. */
  readonly notional: Decimal;
  readonly unrealized: Decimal;
  readonly maintenance: Decimal;
  /** Of the position alone. */
  readonly positionInitial: Decimal;
  /** What its open orders add. */
  readonly orderInitial: Decimal;
  readonly bids: Decimal;
  readonly asks: Decimal;
}

export function marginOf(account: Account, holding: Holding, now: UtcMs): PositionMargin {
  const symbol = account.view.symbol(holding.symbol);
  const mark = account.view.mark(symbol.symbol, now);
  const { leverage } = account.settingsOf(symbol);
  const notional = holding.amount.times(mark);
  const { positionSide } = holding;
  const bids = account.orders.notionalOf(symbol.symbol, 'BUY', positionSide, true);
  const asks = account.orders.notionalOf(symbol.symbol, 'SELL', positionSide, true);
  const positionInitial = toCents(notional.abs().div(leverage));
  const whole = toCents(worstNotional(notional, bids, asks).div(leverage));
  return {
    holding,
    isIsolated: account.isIsolated(symbol),
    mark,
    notional,
    unrealized: holding.unrealized(mark),
    maintenance: toCents(maintenanceMargin(symbol, notional.abs())),
    positionInitial,
    orderInitial: whole.minus(positionInitial),
    bids,
    asks,
  };
}

/** Of a position with all its buys, or all its sells, filled. */
function worstNotional(notional: Decimal, bids: Decimal, asks: Decimal): Decimal {
  return greatest(notional.plus(bids).abs(), notional.minus(asks).abs());
}

/** Of all that is held or has open orders. */
export function margins(account: Account, now: UtcMs): PositionMargin[] {
  const holdings = new Set(account.held());
  for (const symbol of account.orders.openSymbols()) {
    for (const order of account.orders.openOf(symbol)) {
      holdings.add(account.holding(account.view.symbol(symbol), order.positionSide));
    }
  }
  return [...holdings].map((holding) => marginOf(account, holding, now));
}

export interface AccountMargin {
  readonly crossWallet: Decimal;
  readonly crossUnrealized: Decimal;
  readonly crossMaintenance: Decimal;
  readonly unrealized: Decimal;
  readonly maintenance: Decimal;
  readonly positionInitial: Decimal;
  readonly orderInitial: Decimal;
  /** For new orders and withdrawal; 0 or more. */
  readonly available: Decimal;
}

export function accountMargin(account: Account, rows: readonly PositionMargin[]): AccountMargin {
  const total = (of: readonly PositionMargin[], value: (row: PositionMargin) => Decimal): Decimal =>
    sum(of.map(value));
  const cross = rows.filter((row) => !row.isIsolated);
  const crossWallet = account.crossWallet();
  const crossUnrealized = total(cross, (row) => row.unrealized);
  const bound = total(cross, (row) => row.positionInitial).plus(total(rows, (row) => row.orderInitial));
  return {
    crossWallet,
    crossUnrealized,
    crossMaintenance: total(cross, (row) => row.maintenance),
    unrealized: total(rows, (row) => row.unrealized),
    maintenance: total(rows, (row) => row.maintenance),
    positionInitial: total(rows, (row) => row.positionInitial),
    orderInitial: total(rows, (row) => row.orderInitial),
    available: greatest(ZERO, crossWallet.plus(crossUnrealized).minus(bound)),
  };
}

export const availableBalance = (account: Account, now: UtcMs): Decimal =>
  accountMargin(account, margins(account, now)).available;

/** An order to be, at the price it is expected to fill at. */
export interface Draft {
  readonly symbol: EmulatedSymbol;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly quantity: Decimal;
  readonly price: Decimal;
}

/** @throws RestError -2019, -2027 */
export function checkMargin(account: Account, draft: Draft, now: UtcMs): void {
  const { symbol, side, quantity, price } = draft;
  if (symbol.marginAsset !== 'USDT') throw marginInsufficient();
  const { leverage } = account.settingsOf(symbol);
  const row = marginOf(account, account.holding(symbol, draft.positionSide), now);
  const added = quantity.times(price);
  const bids = side === 'BUY' ? row.bids.plus(added) : row.bids;
  const asks = side === 'SELL' ? row.asks.plus(added) : row.asks;
  const before = worstNotional(row.notional, row.bids, row.asks);
  const after = worstNotional(row.notional, bids, asks);
  if (after.lte(before)) return;
  if (after.gt(maxNotional(symbol, leverage))) throw positionTooLarge();
  const openLoss = greatest(ZERO, price.minus(row.mark).times(side === 'BUY' ? ONE : decimal(-1))).times(
    quantity,
  );
  const needed = after.minus(before).div(leverage).plus(openLoss);
  if (needed.gt(availableBalance(account, now))) throw marginInsufficient();
}

/**
 * LP = (WB − TMM of the others + UPNL of the others + cum − side·|q|·EP) ÷ (|q|·MMR − side·|q|); the wallet is the isolated
 * one where the position has it. 0 where no price would liquidate it.
 */
export function liquidationPrice(
  account: Account,
  row: PositionMargin,
  rows: readonly PositionMargin[],
): Decimal {
  const { holding } = row;
  if (holding.isFlat) return ZERO;
  const others = row.isIsolated ? [] : rows.filter((other) => other !== row && !other.isIsolated);
  const wallet = row.isIsolated ? holding.isolatedWallet : account.crossWallet();
  const { maintenanceRate, cum } = bracketAt(holding.facts, row.notional.abs());
  const backing = wallet
    .minus(sum(others.map((other) => other.maintenance)))
    .plus(sum(others.map((other) => other.unrealized)));
  // side·|q|·EP is the signed cost.
  const price = backing
    .plus(cum)
    .minus(holding.cost)
    .div(holding.size.times(maintenanceRate).minus(holding.amount));
  return greatest(ZERO, price);
}
