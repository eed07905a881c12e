/**
 * What happened to the account, page after page until nothing is left out: trades, income, orders. The exchange keeps
 * three months of them (orders that ended without a fill three days), and answers for seven days of most at a time.
 */
import { DAY_MS, type DurationMs, type UtcMs } from '@slt/domain';
import { type AccountClient, PAGE_ROWS } from './account-client';
import type { AccountTrade, IncomeRow } from './core/account-wire';
import type { AlgoOrder, Placed, PlainOrder } from './core/order-wire';
import { badResponse } from './core/bad-response';

/** Three months, whatever their lengths, and a day for the exchange's own reckoning. */
const KEPT_MS: DurationMs = 88 * DAY_MS;
const TRADES_WINDOW_MS: DurationMs = 7 * DAY_MS;
/** Less than seven days, to the millisecond. */
const ORDERS_WINDOW_MS: DurationMs = 7 * DAY_MS - 1;
const INCOME_WINDOW_MS: DurationMs = 30 * DAY_MS;

interface Row {
  readonly symbol: string;
  readonly at: UtcMs;
}

/** The first page of the window, ascending. */
type Fetch<T> = (startTime: UtcMs, endTime: UtcMs) => Promise<readonly T[]>;

/** What follows a full page, up to the window's end or further; undefined: it must be asked for by time. */
type Continue<T> = (last: T) => Promise<readonly T[]>;

interface Reading<T> {
  readonly since: UtcMs;
  readonly now: UtcMs;
  readonly windowMs: DurationMs;
  readonly keyOf: (row: T) => string;
  readonly fetch: Fetch<T>;
  readonly next?: Continue<T> | undefined;
}

export type AccountReader = Pick<AccountClient, 'userTrades' | 'income'>;
export type OrderReader = Pick<AccountClient, 'allOrders' | 'allAlgoOrders'>;

/**
 * Own trades from the instant on, inclusive, ascending by time.
 * @param symbol undefined: of all
 */
export async function readTrades(
  account: AccountReader,
  symbol: string | undefined,
  { since, now }: { readonly since: UtcMs; readonly now: UtcMs },
): Promise<AccountTrade[]> {
  const ofSymbol = symbol === undefined ? {} : { symbol };
  return readAll<AccountTrade>({
    since,
    now,
    windowMs: TRADES_WINDOW_MS,
    keyOf: (trade) => `${trade.symbol} ${trade.tradeId}`,
    fetch: (startTime, endTime) => account.userTrades({ ...ofSymbol, startTime, endTime }),
    next:
      symbol === undefined
        ? undefined
        : (last) => account.userTrades({ symbol, fromId: String(BigInt(last.tradeId) + 1n) }),
  });
}

/** Income of one kind from the instant on, inclusive, ascending by time. @param type the exchange's own word */
export async function readIncome(
  account: AccountReader,
  type: string,
  { since, now }: { readonly since: UtcMs; readonly now: UtcMs },
): Promise<IncomeRow[]> {
  return readAll<IncomeRow>({
    since,
    now,
    windowMs: INCOME_WINDOW_MS,
    // One transaction may book several symbols.
    keyOf: (row) => `${row.symbol} ${row.id}`,
    fetch: (startTime, endTime) => account.income({ type, startTime, endTime }),
  });
}

/** Plain orders of all symbols that were placed from the instant on, inclusive, ascending by then. */
export async function readOrders(
  account: OrderReader,
  { since, now }: { readonly since: UtcMs; readonly now: UtcMs },
): Promise<PlainOrder[]> {
  const placed = await readAll<Placed<PlainOrder>>({
    since,
    now,
    windowMs: ORDERS_WINDOW_MS,
    keyOf: ({ symbol, order }) => `${symbol} ${order.orderId}`,
    fetch: (startTime, endTime) => account.allOrders({ startTime, endTime }),
  });
  return placed.map(({ order }) => order);
}

/** Conditional orders of one symbol that were placed from the instant on, inclusive. */
export async function readAlgoOrders(
  account: OrderReader,
  symbol: string,
  { since, now }: { readonly since: UtcMs; readonly now: UtcMs },
): Promise<AlgoOrder[]> {
  const found = new Map<string, AlgoOrder>();
  for (let startTime = Math.max(since, now - KEPT_MS); startTime <= now; startTime += ORDERS_WINDOW_MS) {
    const span = { startTime, endTime: startTime + ORDERS_WINDOW_MS - 1 };
    for (let page = 1; ; page++) {
      const rows = await account.allAlgoOrders(symbol, span, page);
      for (const { order } of rows) found.set(order.algoId, order);
      if (rows.length < PAGE_ROWS) break;
    }
  }
  return [...found.values()];
}

async function readAll<T extends Row>(reading: Reading<T>): Promise<T[]> {
  const found = new Map<string, T>();
  const since = Math.max(reading.since, reading.now - KEPT_MS);
  for (let start = since; start <= reading.now; start += reading.windowMs) {
    await readWindow(reading, start, found);
  }
  const rows = [...found.values()].filter((row) => row.at >= since);
  return rows.sort((a, b) => a.at - b.at);
}

async function readWindow<T extends Row>(
  { fetch, next, keyOf, windowMs }: Reading<T>,
  start: UtcMs,
  found: Map<string, T>,
): Promise<void> {
  const end = start + windowMs - 1;
  let page = await fetch(start, end);
  for (let reached: string | undefined; ;) {
    for (const row of page) found.set(keyOf(row), row);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_ROWS || last.at > end) return;
    // A page that is known whole is no standstill: the one before the window may have gone on into it.
    if (keyOf(last) === reached) throw badResponse(`pages that do not end, all of ${last.at}`);
    reached = keyOf(last);
    page = await (next === undefined ? fetch(last.at, end) : next(last));
  }
}
