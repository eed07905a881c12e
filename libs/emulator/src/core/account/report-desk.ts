/** What the account holds and what happened to it: balances, positions, trades, income, and the ledger for audits. */
import { AppError, type UtcMs } from '@slt/domain';
import type { AlgoSnapshot } from './algo-order';
import type { OrderSnapshot, TradeRecord } from './order';
import type { Params } from './params';
import type { BalanceSnapshot, IncomeRow, PositionSnapshot } from './position';

/** Everything that ever happened, oldest first. walletBalance = initialBalance + Σ income, exactly. */
export interface AccountLedger {
  readonly at: UtcMs;
  readonly initialBalance: string;
  readonly walletBalance: string;
  readonly orders: readonly OrderSnapshot[];
  readonly algoOrders: readonly AlgoSnapshot[];
  readonly trades: readonly TradeRecord[];
  readonly income: readonly IncomeRow[];
  /** Those that are not flat. */
  readonly positions: readonly PositionSnapshot[];
}

const notBuilt = (): never => {
  throw new AppError('broken-invariant', 'ACCOUNT.NOT_BUILT', 'this call is not built');
};

/** Each call first brings the account to `now`. */
export class ReportDesk {
  balance(_now: UtcMs): BalanceSnapshot {
    return notBuilt();
  }

  /** With position or open order (v3), or `every` listed symbol, flat ones too (v2). @throws RestError -1121 */
  positions(_params: Params, _now: UtcMs, _every = false): PositionSnapshot[] {
    return notBuilt();
  }

  /** GET /userTrades. @throws RestError */
  trades(_params: Params, _now: UtcMs): TradeRecord[] {
    return notBuilt();
  }

  /** GET /income. @throws RestError */
  income(_params: Params, _now: UtcMs): IncomeRow[] {
    return notBuilt();
  }

  /** GET /forceOrders: own liquidations. @throws RestError */
  forceOrders(_params: Params, _now: UtcMs): OrderSnapshot[] {
    return notBuilt();
  }

  /** GET /adlQuantile: 0 (last in line) to 4 for each symbol with a position. @throws RestError */
  adlQuantiles(_params: Params, _now: UtcMs): PositionSnapshot[] {
    return notBuilt();
  }

  ledger(_now: UtcMs): AccountLedger {
    return notBuilt();
  }
}
