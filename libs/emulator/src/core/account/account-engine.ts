/**
 * One account of the emulated exchange as a deterministic state machine (Binance USDⓈ-M semantics, reference A2, A3, A6–A8):
 * the same options, market and calls give the same events, however the time between them is sliced.
 */
import { AppError, type UtcMs } from '@slt/domain';
import { Account, type AccountOptions } from './account';
import type { AccountListener } from './account-event';
import { AlgoDesk } from './algo-desk';
import { announceBalance } from './announce';
import { availableBalance } from './margin';
import { decimal, toCents, ZERO } from './money';
import { OrderDesk } from './order-desk';
import { balanceInsufficient } from './refusals';
import { type AccountLedger, ReportDesk } from './report-desk';
import { SettingsDesk } from './settings-desk';
import { TimeLine } from './time-line';

export class AccountEngine {
  readonly orders: OrderDesk;
  readonly algoOrders: AlgoDesk;
  readonly settings: SettingsDesk;
  readonly reports: ReportDesk;
  private readonly account: Account;
  private readonly time: TimeLine;

  constructor(readonly options: AccountOptions) {
    this.account = new Account(options);
    this.time = new TimeLine(this.account);
    this.orders = new OrderDesk(this.account, this.time);
    this.algoOrders = new AlgoDesk(this.account, this.time);
    this.settings = new SettingsDesk(this.account, this.time);
    this.reports = new ReportDesk(this.account, this.time);
  }

  /**
   * Called synchronously for each event, in order, also from within calls; a listener makes no calls itself.
   * @returns stops listening
   */
  onEvent(listener: AccountListener): () => void {
    return this.account.listen(listener);
  }

  /** Brings the account to an instant; a step back is no step. Costs nothing while nothing rests and nothing is held. */
  advance(now: UtcMs): void {
    this.time.advance(now);
  }

  /** When something may happen next; undefined while idle. May be early, never late. */
  nextDueAt(): UtcMs | undefined {
    return this.time.nextDueAt();
  }

  /**
   * Deposit (positive) or withdrawal.
   * @throws RestError -2018 when more would leave than is available; AppError invalid `ACCOUNT.AMOUNT`
   */
  transfer(amount: string, now: UtcMs): void {
    const at = this.time.advance(now);
    if (!/^-?\d{1,15}(\.\d{1,8})?$/.test(amount)) {
      throw new AppError('invalid', 'ACCOUNT.AMOUNT', `${amount} is no amount of USDT`);
    }
    const change = toCents(decimal(amount));
    if (change.lt(ZERO) && change.neg().gt(availableBalance(this.account, at))) throw balanceInsufficient();
    this.account.book({ type: 'TRANSFER', symbol: '', amount: change, info: 'TRANSFER', at });
    announceBalance(this.account, { reason: change.lt(ZERO) ? 'WITHDRAW' : 'DEPOSIT', at, change });
  }

  ledger(now: UtcMs): AccountLedger {
    return this.reports.ledger(now);
  }
}
