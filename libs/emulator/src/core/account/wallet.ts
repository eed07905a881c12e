/** The USDT wallet: its balance and every change of it. */
import type { UtcMs } from '@slt/domain';
import { type Decimal, moneyText, ZERO } from './money';
import type { IncomeRow, IncomeType } from './position';

export interface IncomeEntry {
  readonly type: IncomeType;
  readonly symbol: string;
  /** Signed: positive is received. */
  readonly amount: Decimal;
  readonly info: string;
  readonly tradeId?: number;
  readonly at: UtcMs;
}

export class Wallet {
  readonly income: IncomeRow[] = [];
  updateTime: UtcMs = 0;

  /** @param balance at the opening */
  constructor(public balance: Decimal) {}

  /** Nothing is booked for 0. */
  book(entry: IncomeEntry, transactionId: () => number): void {
    if (entry.amount.eq(ZERO)) return;
    this.balance = this.balance.plus(entry.amount);
    this.updateTime = entry.at;
    this.income.push({
      symbol: entry.symbol,
      incomeType: entry.type,
      income: moneyText(entry.amount),
      asset: 'USDT',
      info: entry.info,
      time: entry.at,
      tranId: transactionId(),
      tradeId: entry.tradeId === undefined ? '' : String(entry.tradeId),
      balanceAfter: moneyText(this.balance),
    });
  }
}
