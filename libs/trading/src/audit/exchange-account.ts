/** The exchange's side of an audit: everything that it tells of the account since the journal began. Only ever reads. */
import type { AccountState, Fill, FundingPayment, OrderReport } from '../core/broker';
import type { UtcMs } from '@slt/domain';

export interface ToldAccount {
  readonly account: AccountState;
  readonly orders: readonly OrderReport[];
  readonly fills: readonly Fill[];
  readonly fundings: readonly FundingPayment[];
}

export interface ExchangeAccount {
  /**
   * @param since when the journal began
   * @param symbols that the journal has trigger orders of
   */
  read(since: UtcMs, symbols: readonly string[]): Promise<ToldAccount>;
  /** What happened earlier it has forgotten. */
  rememberedFrom(now: UtcMs): UtcMs;
  /** Likewise orders that ended without a fill. */
  unfilledFrom(now: UtcMs): UtcMs;
}
