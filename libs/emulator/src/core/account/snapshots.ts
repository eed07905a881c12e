/** Positions and the balance as the exchange shows them. */
import type { UtcMs } from '@slt/domain';
import type { Account } from './account';
import type { Holding } from './holding';
import { accountMargin, liquidationPrice, marginOf, margins, type PositionMargin } from './margin';
import { averageText, greatest, least, moneyText, quantityText, ZERO } from './money';
import type { BalanceSnapshot, PositionSnapshot } from './position';

/** @param rows of the whole account, margins() */
export function positionSnapshot(
  account: Account,
  row: PositionMargin,
  rows: readonly PositionMargin[],
): PositionSnapshot {
  const { holding } = row;
  const { facts } = holding;
  const symbol = account.view.symbol(holding.symbol);
  const { leverage, marginType } = account.settingsOf(symbol);
  const isolatedMargin = row.isIsolated ? holding.isolatedWallet.plus(row.unrealized) : ZERO;
  return {
    symbol: holding.symbol,
    positionSide: holding.positionSide,
    positionAmt: quantityText(facts, holding.amount),
    entryPrice: averageText(facts, holding.entryPrice),
    breakEvenPrice: averageText(facts, holding.breakEvenPrice),
    markPrice: moneyText(row.mark),
    unrealizedProfit: moneyText(row.unrealized),
    liquidationPrice: averageText(facts, liquidationPrice(account, row, rows)),
    marginType,
    leverage,
    isolatedMargin: moneyText(isolatedMargin),
    isolatedWallet: moneyText(holding.isolatedWallet),
    notional: moneyText(row.notional),
    initialMargin: moneyText(row.positionInitial.plus(row.orderInitial)),
    positionInitialMargin: moneyText(row.positionInitial),
    openOrderInitialMargin: moneyText(row.orderInitial),
    maintMargin: moneyText(row.maintenance),
    bidNotional: moneyText(row.bids),
    askNotional: moneyText(row.asks),
    accumulatedRealized: moneyText(holding.accumulatedRealized),
    adl: quantile(row, rows),
    updateTime: holding.updateTime,
  };
}

/** The more a position gains on its margin, the nearer it is to deleveraging: 0 to 4. */
function quantile(row: PositionMargin, rows: readonly PositionMargin[]): number {
  if (row.holding.isFlat || row.unrealized.lte(ZERO) || row.positionInitial.eq(ZERO)) return 0;
  const equity = greatest(row.positionInitial, accountEquity(row, rows));
  return Math.min(4, 1 + Math.floor(Number(row.unrealized.div(equity)) * 8));
}

function accountEquity(row: PositionMargin, rows: readonly PositionMargin[]): PositionMargin['notional'] {
  return rows.reduce((total, other) => total.plus(other.positionInitial), row.unrealized);
}

export function snapshotOf(account: Account, holding: Holding, now: UtcMs): PositionSnapshot {
  const rows = margins(account, now);
  const row = rows.find((candidate) => candidate.holding === holding) ?? marginOf(account, holding, now);
  return positionSnapshot(account, row, rows);
}

export function balanceSnapshot(account: Account, now: UtcMs): BalanceSnapshot {
  const margin = accountMargin(account, margins(account, now));
  const { wallet } = account;
  return {
    asset: 'USDT',
    walletBalance: moneyText(wallet.balance),
    crossWalletBalance: moneyText(margin.crossWallet),
    crossUnrealizedPnl: moneyText(margin.crossUnrealized),
    unrealizedProfit: moneyText(margin.unrealized),
    marginBalance: moneyText(wallet.balance.plus(margin.unrealized)),
    initialMargin: moneyText(margin.positionInitial.plus(margin.orderInitial)),
    positionInitialMargin: moneyText(margin.positionInitial),
    openOrderInitialMargin: moneyText(margin.orderInitial),
    maintMargin: moneyText(margin.maintenance),
    availableBalance: moneyText(margin.available),
    maxWithdrawAmount: moneyText(greatest(ZERO, least(margin.available, margin.crossWallet))),
    updateTime: wallet.updateTime,
  };
}
