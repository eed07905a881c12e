/** Funding: at each settlement a position pays, or gets, its notional at mark × the rate (reference A8). */
import type { UtcMs } from '@slt/domain';
import type { Account } from './account';
import { announceBalance } from './announce';
import { decimal, toCents, ZERO } from './money';

/** To be called when a position is held: notes the symbol's next settlement. */
export function noteFunding(account: Account, symbol: string, now: UtcMs): void {
  if (account.fundingNoted.has(symbol)) return;
  account.fundingNoted.add(symbol);
  const { nextFundingTime } = account.view.market.markPrice(symbol, now);
  account.agenda.note(nextFundingTime, (at) => {
    account.fundingNoted.delete(symbol);
    settleFunding(account, symbol, at);
    if (account.held(symbol).length > 0) noteFunding(account, symbol, at);
  });
}

function settleFunding(account: Account, symbolName: string, at: UtcMs): void {
  const row = account.view.market.fundingHistory(symbolName, at, at, 1)[0];
  if (row === undefined) return;
  const isIsolated = account.isIsolated(account.view.symbol(symbolName));
  for (const holding of account.held(symbolName)) {
    const notional = holding.amount.times(decimal(row.markPrice));
    const amount = toCents(notional.times(row.fundingRate).neg());
    if (amount.eq(ZERO)) continue;
    account.book({ type: 'FUNDING_FEE', symbol: symbolName, amount, info: 'FUNDING_FEE', at });
    if (isIsolated) holding.isolatedWallet = holding.isolatedWallet.plus(amount);
    const holdings = isIsolated ? [holding] : [];
    announceBalance(account, { reason: 'FUNDING_FEE', at, change: amount, holdings, symbol: symbolName });
  }
}
