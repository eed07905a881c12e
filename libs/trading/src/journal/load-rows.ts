/** The queries of load.ts, one each. Lists ascend by time. */
import type { UtcMs } from '@slt/domain';
import { type Selectable, sql } from 'kysely';
import type { BreakerTransition } from '../core/breaker';
import type { Fill, FundingPayment } from '../core/broker';
import type { Order } from '../core/order';
import type { PositionPlan, Trade } from '../core/position';
import type { BalancePoint } from './entries';
import type { JournalTransaction } from './journal-database';
import { FINAL_STATUSES } from './order-precedence';
import { toOrder } from './order-rows';
import { toBreakerTransition, toFill, toFunding, toPlan, toTrade } from './rows';
import type { FillTable } from './tables';
import { selectOrders } from './write-orders';

export interface Owned<Item> {
  readonly item: Item;
  readonly positionId: string | null;
}

const anyOf = (ids: readonly string[]) => sql<string>`any(${ids}::text[])`;

export async function openPlans(trx: JournalTransaction, account: string): Promise<PositionPlan[]> {
  const found = await trx
    .selectFrom('trading.positions')
    .selectAll()
    .where('account', '=', account)
    .where('state', '=', 'open')
    .orderBy('opened_at')
    .orderBy('id')
    .execute();
  return found.map(toPlan);
}

export async function plansOf(
  trx: JournalTransaction,
  account: string,
  ids: readonly string[],
): Promise<PositionPlan[]> {
  if (ids.length === 0) return [];
  const found = await trx
    .selectFrom('trading.positions')
    .selectAll()
    .where('account', '=', account)
    .where('id', '=', anyOf(ids))
    .orderBy('opened_at')
    .orderBy('id')
    .execute();
  return found.map(toPlan);
}

/** Unfinished ones, and all of these positions. */
export async function orders(
  trx: JournalTransaction,
  account: string,
  positionIds: readonly string[],
): Promise<Order[]> {
  const found = await selectOrders(trx, account)
    .where((where) =>
      where.or([
        where('o.status', 'not in', FINAL_STATUSES),
        where('i.position_id', '=', anyOf(positionIds)),
      ]),
    )
    .selectAll(['i', 'o'])
    .orderBy('i.created_at')
    .orderBy('i.id')
    .execute();
  return found.map(toOrder);
}

/**
 * Of each symbol all fills after the last moment before `wholeTo` at which they added up to nothing: those from then on,
 * with whatever was held at it. One that goes through zero leaves something, and what it left begins earlier.
 */
export async function fillsSinceFlat(
  trx: JournalTransaction,
  account: string,
  wholeTo: UtcMs,
): Promise<Owned<Fill>[]> {
  const found = await sql<Selectable<FillTable>>`
    with counted as (
      select f.*, row_number() over w as n,
        sum(case side when 'buy' then quantity else -quantity end) over w as held
      from trading.fills f where account = ${account}
      window w as (partition by symbol order by at, length(trade_id), trade_id)),
    flat as (
      select symbol, max(n) as n from counted where held = 0 and at < ${wholeTo}::bigint group by symbol)
    select counted.* from counted left join flat using (symbol)
    where counted.n > coalesce(flat.n, 0)
    order by at, symbol, counted.n`.execute(trx);
  return found.rows.map((row) => ({ item: toFill(row), positionId: row.position_id }));
}

/** Of these positions, and all since then. */
export async function fundings(
  trx: JournalTransaction,
  account: string,
  positionIds: readonly string[],
  since: UtcMs,
): Promise<Owned<FundingPayment>[]> {
  const found = await trx
    .selectFrom('trading.fundings')
    .selectAll()
    .where('account', '=', account)
    .where((where) =>
      where.or([where('position_id', '=', anyOf(positionIds)), where('at', '>=', String(since))]),
    )
    .orderBy('at')
    .orderBy('symbol')
    .orderBy('id')
    .execute();
  return found.map((row) => ({ item: toFunding(row), positionId: row.position_id }));
}

export async function recentTrades(
  trx: JournalTransaction,
  account: string,
  limit: number,
): Promise<Trade[]> {
  const found = await trx
    .selectFrom('trading.trades')
    .selectAll()
    .where('account', '=', account)
    .orderBy('exit_time', 'desc')
    .orderBy('position_id', 'desc')
    .orderBy('entry_time', 'desc')
    .limit(limit)
    .execute();
  return found.map(toTrade).reverse();
}

export async function lastBalance(trx: JournalTransaction, account: string): Promise<BalancePoint | null> {
  const row = await trx
    .selectFrom('trading.balances')
    .selectAll()
    .where('account', '=', account)
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined
    ? null
    : { at: Number(row.at), walletBalance: row.wallet_balance, equity: row.equity };
}

export async function lastBreakerChange(
  trx: JournalTransaction,
  account: string,
): Promise<BreakerTransition | null> {
  const row = await trx
    .selectFrom('trading.breaker_changes')
    .selectAll()
    .where('account', '=', account)
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : toBreakerTransition(row);
}
