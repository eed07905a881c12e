/** Events about orders, balances and positions, made of the account as it stands. */
import type { UtcMs } from '@slt/domain';
import type { Account } from './account';
import type { AccountUpdateReason } from './account-event';
import type { Holding } from './holding';
import { algoSnapshot, type LiveAlgo } from './live-algo';
import { type LiveOrder, orderSnapshot } from './live-order';
import { type Decimal, moneyText, ZERO } from './money';
import type { ExecutionType, TradeRecord } from './order';
import { snapshotOf } from './snapshots';

export function announceOrder(
  account: Account,
  order: LiveOrder,
  told: { execution: ExecutionType; at: UtcMs; trade?: TradeRecord },
): void {
  account.emit({
    kind: 'order-trade-update',
    at: told.at,
    execution: told.execution,
    order: orderSnapshot(order),
    ...(told.trade !== undefined && { trade: told.trade }),
    bidNotional: moneyText(account.orders.notionalOf(order.symbol, 'BUY', undefined, false)),
    askNotional: moneyText(account.orders.notionalOf(order.symbol, 'SELL', undefined, false)),
  });
}

export function announceAlgo(account: Account, algo: LiveAlgo): void {
  account.emit({ kind: 'algo-update', at: algo.updateTime, algo: algoSnapshot(algo) });
}

export interface BalanceNews {
  readonly reason: AccountUpdateReason;
  readonly at: UtcMs;
  /** Except realised profit and commission. */
  readonly change?: Decimal;
  readonly holdings?: readonly Holding[];
  readonly symbol?: string;
}

export function announceBalance(account: Account, news: BalanceNews): void {
  account.emit({
    kind: 'account-update',
    at: news.at,
    reason: news.reason,
    balance: {
      asset: 'USDT',
      walletBalance: moneyText(account.wallet.balance),
      crossWalletBalance: moneyText(account.crossWallet()),
      balanceChange: moneyText(news.change ?? ZERO),
    },
    positions: (news.holdings ?? []).map((holding) => snapshotOf(account, holding, news.at)),
    ...(news.symbol !== undefined && { symbol: news.symbol }),
  });
}
