/**
 * Margin calls and liquidation (reference A8): when a margin balance is down to the maintenance margin at mark price, open
 * orders go and positions are closed by forced orders, the largest first, until the rest is covered. Isolated positions
 * answer with their own wallet alone. What falls below zero the insurance fund clears. A forced order's commission is the
 * liquidation fee. (The exchange closes large positions step by step; here each is closed at once.)
 */
import type { UtcMs } from '@slt/domain';
import type { Account } from './account';
import { announceBalance } from './announce';
import { roughMaintenance } from './brackets';
import { forceClose } from './forced-order';
import type { Holding } from './holding';
import { accountMargin, margins, type PositionMargin } from './margin';
import { type Decimal, decimal, moneyText, sum, ZERO } from './money';
import { EXPIRY, expireOrder } from './order-life';
import { positionSnapshot } from './snapshots';

/** Of maintenance margin to margin balance. */
const CALL_AT = 0.8;
const CALM_BELOW = 0.7;
/** Below it at the worst price of a minute, the minute needs no watching. */
const SAFE_BELOW = 0.5;
/** No mark price strays further from the last one within a minute. */
export const MARK_STRAY = 0.01;

interface PriceRange {
  readonly low: number;
  readonly high: number;
}

/** Calls and liquidates at one instant. */
export class MarginWatch {
  /** Who has been called and not recovered: '' for cross, else symbol and side. */
  private readonly called = new Set<string>();

  constructor(private readonly account: Account) {}

  /** @param lastOf last price of a symbol: far from danger, no mark price is asked for */
  check(now: UtcMs, lastOf: (symbol: string) => number): void {
    if (!this.account.isHolding) return;
    if (this.isSafe((symbol) => ({ low: lastOf(symbol), high: lastOf(symbol) }))) return;
    const rows = margins(this.account, now);
    for (const row of rows) {
      if (row.isIsolated && !row.holding.isFlat) this.checkIsolated(row, rows, now);
    }
    this.checkCross(now);
  }

  /**
   * Whether nothing can come of any price within the ranges. In float64, as it is asked every second: its bound is far
   * from where anything is decided.
   * @param rangeOf of a symbol's last price; undefined where it is not known
   */
  isSafe(rangeOf: (symbol: string) => PriceRange | undefined): boolean {
    if (this.called.size > 0) return false;
    let crossBalance = Number(this.account.wallet.balance);
    let crossMaintenance = 0;
    for (const holding of this.account.held()) {
      const range = rangeOf(holding.symbol);
      if (range === undefined || Number.isNaN(range.low)) return false;
      const { unrealized, maintenance } = worstOf(holding, range);
      const isolated = Number(holding.isolatedWallet);
      crossBalance -= isolated;
      if (this.account.isIsolated(holding.facts)) {
        if (maintenance > SAFE_BELOW * (isolated + unrealized)) return false;
      } else {
        crossBalance += unrealized;
        crossMaintenance += maintenance;
      }
    }
    return crossMaintenance === 0 || crossMaintenance <= SAFE_BELOW * crossBalance;
  }

  private checkIsolated(row: PositionMargin, rows: readonly PositionMargin[], now: UtcMs): void {
    const { holding } = row;
    const balance = holding.isolatedWallet.plus(row.unrealized);
    const key = `${holding.symbol}/${holding.positionSide}`;
    if (balance.gt(row.maintenance)) return this.call({ key, balance, rows: [row], all: rows, at: now });
    this.called.delete(key);
    expireOrders(this.account, [holding.symbol], now);
    const crossBefore = this.account.crossWallet();
    this.close(row, now);
    const lost = crossBefore.minus(this.account.crossWallet());
    if (lost.gt(ZERO)) clearByInsurance(this.account, holding.symbol, lost, now);
  }

  private checkCross(now: UtcMs): void {
    let rows = margins(this.account, now);
    let isFirst = true;
    for (;;) {
      const cross = rows.filter((row) => !row.isIsolated && !row.holding.isFlat);
      if (cross.length === 0) break;
      const { crossWallet, crossUnrealized, crossMaintenance } = accountMargin(this.account, rows);
      const balance = crossWallet.plus(crossUnrealized);
      if (balance.gt(crossMaintenance)) {
        return this.call({ key: '', balance, rows: cross, all: rows, at: now });
      }
      if (isFirst) expireOrders(this.account, this.crossSymbols(), now);
      isFirst = false;
      const largest = cross.reduce((a, b) => (b.maintenance.gt(a.maintenance) ? b : a));
      this.close(largest, now);
      const below = this.account.crossWallet();
      if (cross.length === 1 && below.lt(ZERO)) {
        clearByInsurance(this.account, largest.holding.symbol, below.neg(), now);
      }
      rows = margins(this.account, now);
    }
    this.called.delete('');
  }

  private crossSymbols(): string[] {
    const { view, orders } = this.account;
    return orders.openSymbols().filter((name) => !this.account.isIsolated(view.symbol(name)));
  }

  private close({ holding }: PositionMargin, now: UtcMs): void {
    const feeRate = decimal(holding.facts.liquidationFee);
    forceClose(this.account, holding, { prefix: 'autoclose-', feeRate }, now);
  }

  /** Once when the margin runs short, and again only after it has recovered. */
  private call(about: {
    key: string;
    balance: Decimal;
    rows: readonly PositionMargin[];
    all: readonly PositionMargin[];
    at: UtcMs;
  }): void {
    const { key, balance, rows, all, at } = about;
    const maintenance = sum(rows.map((row) => row.maintenance));
    if (isCalm(maintenance, balance, CALM_BELOW)) this.called.delete(key);
    if (isCalm(maintenance, balance, CALL_AT) || this.called.has(key)) return;
    this.called.add(key);
    this.account.emit({
      kind: 'margin-call',
      at,
      ...(key === '' && { crossWalletBalance: moneyText(this.account.crossWallet()) }),
      positions: rows.map((row) => positionSnapshot(this.account, row, all)),
    });
  }
}

function worstOf(holding: Holding, range: PriceRange): { unrealized: number; maintenance: number } {
  const { amount, cost } = holding.rough;
  const high = range.high * (1 + MARK_STRAY);
  const worst = amount > 0 ? range.low * (1 - MARK_STRAY) : high;
  const maintenance = roughMaintenance(holding.facts, Math.abs(amount) * high);
  return { unrealized: amount * worst - cost, maintenance };
}

const isCalm = (maintenance: Decimal, balance: Decimal, below: number): boolean =>
  maintenance.lt(balance.times(below));

function expireOrders(account: Account, symbols: readonly string[], now: UtcMs): void {
  for (const symbol of symbols) {
    for (const order of [...account.orders.openOf(symbol)]) {
      expireOrder(account, order, now, EXPIRY.liquidation);
    }
  }
}

function clearByInsurance(account: Account, symbol: string, amount: Decimal, at: UtcMs): void {
  account.book({ type: 'INSURANCE_CLEAR', symbol, amount, info: 'INSURANCE_CLEAR', at });
  announceBalance(account, { reason: 'INSURANCE_CLEAR', at, change: amount });
}
