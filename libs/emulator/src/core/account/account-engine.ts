/**
 * One account of the emulated exchange as a deterministic state machine (Binance USDⓈ-M semantics, reference A2, A3, A6–A8):
 * the same options, market and calls give the same events, however the time between them is sliced.
 */
import { AppError, type UtcMs } from '@slt/domain';
import type { Market } from '../market';
import type { AccountListener } from './account-event';
import { AlgoDesk } from './algo-desk';
import type { AlgoSnapshot } from './algo-order';
import { OrderDesk } from './order-desk';
import { type AccountLedger, ReportDesk } from './report-desk';
import { SettingsDesk } from './settings-desk';

export interface AccountOptions {
  readonly market: Market;
  /** Of ids, queue places and the timing of algo orders. */
  readonly seed: number;
  /** USDT, decimal text. */
  readonly initialBalance: string;
  /** Opening of the account: nothing before it is evaluated. */
  readonly openedAt: UtcMs;
  /** 19-digit order ids: for ETHUSDT and a share of the others (default), for all, or for none. */
  readonly longOrderIds?: 'some' | 'all' | 'none';
  /** Shares of a trade's notional, decimal text; default 0.0002 and 0.0005. */
  readonly makerFee?: string;
  readonly takerFee?: string;
  /** Of a symbol whose leverage was never set; default 20. */
  readonly defaultLeverage?: number;
  /** Asked once when an algo order's price has come: true leaves it in TRIGGERING until it is cancelled. */
  readonly isStuck?: (algo: AlgoSnapshot) => boolean;
}

const notBuilt = (): never => {
  throw new AppError('broken-invariant', 'ACCOUNT.NOT_BUILT', 'this call is not built');
};

export class AccountEngine {
  readonly orders: OrderDesk = new OrderDesk();
  readonly algoOrders: AlgoDesk = new AlgoDesk();
  readonly settings: SettingsDesk = new SettingsDesk();
  readonly reports: ReportDesk = new ReportDesk();

  constructor(readonly options: AccountOptions) {}

  /** Called synchronously for each event, in order, also from within calls. @returns stops listening */
  onEvent(_listener: AccountListener): () => void {
    return notBuilt();
  }

  /** Brings the account to an instant; a step back is no step. Costs nothing while nothing rests and nothing is held. */
  advance(_now: UtcMs): void {
    return notBuilt();
  }

  /** When something may happen next; undefined while idle. May be early, never late. */
  nextDueAt(): UtcMs | undefined {
    return notBuilt();
  }

  /** Deposit (positive) or withdrawal. @throws RestError -2018 when more would leave than is available */
  transfer(_amount: string, _now: UtcMs): void {
    return notBuilt();
  }

  ledger(now: UtcMs): AccountLedger {
    return this.reports.ledger(now);
  }
}
