/** The end of a contract: open orders expire and positions are closed at the mark price (reference A9). */
import type { UtcMs } from '@slt/domain';
import type { Account } from './account';
import { moveAlgo } from './algo-life';
import { forceClose } from './forced-order';
import { EXPIRY, expireOrder } from './order-life';

export function settle(account: Account, symbol: string, now: UtcMs): void {
  for (const order of [...account.orders.openOf(symbol)]) {
    expireOrder(account, order, now, EXPIRY.delisting);
  }
  for (const algo of account.algos.pending(symbol)) moveAlgo(account, algo, 'EXPIRED', now);
  const price = account.view.mark(symbol, now);
  for (const holding of account.held(symbol)) {
    forceClose(account, holding, { prefix: 'settlement_autoclose-', feeRate: account.takerFee, price }, now);
  }
}
