/** What the account holds and what happened to it: balances, positions, trades, income, and the ledger for audits. */
import { DAY_MS, type UtcMs } from '@slt/domain';
import type { EmulatedSymbol } from '../market';
import { invalidData } from '../rest-error';
import type { Account } from './account';
import type { AlgoSnapshot } from './algo-order';
import { algoSnapshot } from './live-algo';
import { orderSnapshot } from './live-order';
import { marginOf, margins } from './margin';
import { moneyText } from './money';
import type { OrderSnapshot, TradeRecord } from './order';
import {
  bigIdOf,
  limitOf,
  optional,
  optionalSymbolOf,
  type Params,
  timeRangeOf,
  wholeNumberOf,
  wordOf,
} from './params';
import { type BalanceSnapshot, INCOME_TYPES, type IncomeRow, type PositionSnapshot } from './position';
import { badCombination } from './refusals';
import { balanceSnapshot, positionSnapshot } from './snapshots';
import type { TimeLine } from './time-line';

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

const WEEK_MS = 7 * DAY_MS;
/** Trades and income are kept for about three months. */
const KEPT_MS = 90 * DAY_MS;

/** Each call first brings the account to `now`. */
export class ReportDesk {
  constructor(
    private readonly account: Account,
    private readonly time: TimeLine,
  ) {}

  balance(now: UtcMs): BalanceSnapshot {
    return balanceSnapshot(this.account, this.time.advance(now));
  }

  /** With position or open order (v3), or `every` listed symbol, flat ones too (v2). @throws RestError -1121 */
  positions(params: Params, now: UtcMs, every = false): PositionSnapshot[] {
    const at = this.time.advance(now);
    const { account } = this;
    const symbol = optionalSymbolOf(params, account.view.market, at);
    const rows = margins(account, at);
    if (every) {
      const symbols = symbol === undefined ? account.view.market.listed(at) : [symbol];
      return symbols.flatMap((of) => this.allSides(of, at));
    }
    return rows
      .filter((row) => symbol === undefined || row.holding.symbol === symbol.symbol)
      .map((row) => positionSnapshot(account, row, rows));
  }

  /** GET /userTrades: from an id on, or in a range of at most 7 days, or the last 7 days. @throws RestError */
  trades(params: Params, now: UtcMs): TradeRecord[] {
    const at = this.time.advance(now);
    const symbol = optionalSymbolOf(params, this.account.view.market, at);
    const limit = limitOf(params, 500, 1000);
    const orderId = bigIdOf(params, 'orderId');
    const fromId = wholeNumberOf(params, 'fromId');
    const hasStart = optional(params, 'startTime') !== undefined;
    const hasTime = hasStart || optional(params, 'endTime') !== undefined;
    if (fromId !== undefined && hasTime) throw badCombination();
    const range = timeRangeOf(params, at, WEEK_MS, 7);
    const found = this.account.trades.filter(
      (trade) =>
        (symbol === undefined || trade.symbol === symbol.symbol) &&
        (orderId === undefined || trade.orderId === orderId) &&
        trade.time >= at - KEPT_MS &&
        (fromId === undefined
          ? orderId !== undefined || (trade.time >= range.from && trade.time <= range.to)
          : trade.tradeId >= fromId),
    );
    return fromId !== undefined || hasStart ? found.slice(0, limit) : found.slice(-limit);
  }

  /** GET /income: in a range, by default the last 7 days; oldest first, in pages. @throws RestError */
  income(params: Params, now: UtcMs): IncomeRow[] {
    const at = this.time.advance(now);
    const symbol = optionalSymbolOf(params, this.account.view.market, at);
    const limit = limitOf(params, 100, 1000);
    const page = wholeNumberOf(params, 'page') ?? 1;
    const type = wordOf(params, 'incomeType', INCOME_TYPES, () => invalidData('incomeType'));
    const start = wholeNumberOf(params, 'startTime');
    const end = wholeNumberOf(params, 'endTime');
    const from = Math.max(at - KEPT_MS, start ?? (end ?? at) - WEEK_MS);
    const found = this.account.wallet.income.filter(
      (row) =>
        (symbol === undefined || row.symbol === symbol.symbol) &&
        (type === undefined || row.incomeType === type) &&
        row.time >= from &&
        row.time <= (end ?? Infinity),
    );
    const first = Math.max(0, page - 1) * limit;
    return found.slice(first, first + limit);
  }

  /** GET /forceOrders: own liquidations and settlements, newest last. @throws RestError */
  forceOrders(params: Params, now: UtcMs): OrderSnapshot[] {
    const at = this.time.advance(now);
    const symbol = optionalSymbolOf(params, this.account.view.market, at);
    const limit = limitOf(params, 50, 100);
    const range = timeRangeOf(params, at, WEEK_MS, 7);
    return this.account.orders.all
      .filter(
        (order) =>
          /^(settlement_)?autoclose-/.test(order.clientOrderId) &&
          (symbol === undefined || order.symbol === symbol.symbol) &&
          order.time >= range.from &&
          order.time <= range.to,
      )
      .slice(-limit)
      .map(orderSnapshot);
  }

  /** GET /adlQuantile: the positions, whose `adl` tells it. @throws RestError */
  adlQuantiles(params: Params, now: UtcMs): PositionSnapshot[] {
    return this.positions(params, now).filter(({ positionAmt }) => Number(positionAmt) !== 0);
  }

  ledger(now: UtcMs): AccountLedger {
    const at = this.time.advance(now);
    const { account } = this;
    const rows = margins(account, at);
    return {
      at,
      initialBalance: moneyText(account.initialBalance),
      walletBalance: moneyText(account.wallet.balance),
      orders: account.orders.all.map(orderSnapshot),
      algoOrders: account.algos.all.map(algoSnapshot),
      trades: [...account.trades],
      income: [...account.wallet.income],
      positions: rows.filter((row) => !row.holding.isFlat).map((row) => positionSnapshot(account, row, rows)),
    };
  }

  private allSides(symbol: EmulatedSymbol, now: UtcMs): PositionSnapshot[] {
    const { account } = this;
    const sides = account.isHedgeMode ? (['LONG', 'SHORT'] as const) : (['BOTH'] as const);
    const rows = margins(account, now);
    return sides.map((side) => {
      const holding = account.holding(symbol, side);
      const row = rows.find((known) => known.holding === holding) ?? marginOf(account, holding, now);
      return positionSnapshot(account, row, rows);
    });
  }
}
