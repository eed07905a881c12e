/** Intents under the lease's token, and what becomes of their orders. */
import { AppError } from '@slt/domain';
import { sql } from 'kysely';
import type { Order, OrderIntent } from '../core/order';
import { isUnchanged } from '../core/order-life';
import type { JournalQueries, JournalTransaction } from './journal-database';
import { leaseLost } from './lease-lost';
import { supersedes } from './order-precedence';
import { type OrderWithIntentRow, toIntentRow, toOrder, toOrderRow, unsentOrder } from './order-rows';

const NOT_NULL_VIOLATION = '23502';

/** Orders with their intents: one row has the columns of both. */
export function selectOrders(db: JournalQueries, account: string) {
  return db
    .selectFrom('trading.intents as i')
    .innerJoin('trading.orders as o', (join) =>
      join.onRef('o.account', '=', 'i.account').onRef('o.intent_id', '=', 'i.id'),
    )
    .where('i.account', '=', account);
}

/**
 * @returns what the journal now holds for each, in the order given
 * @throws AppError broken-invariant, `TRADING.LEASE_LOST` unless each token is the account's; `TRADING.CLIENT_ORDER_ID`
 */
export async function writeIntents(
  trx: JournalTransaction,
  account: string,
  intents: readonly OrderIntent[],
): Promise<readonly Order[]> {
  if (intents.length === 0) return [];
  const unique = [...new Map(intents.map((intent) => [intent.id, intent])).values()].sort(byId);
  const written = await insertIntents(trx, account, unique);
  const isNew = new Set(written);
  const fresh = unique.filter(({ id }) => isNew.has(id)).map(unsentOrder);
  if (fresh.length > 0) {
    await trx
      .insertInto('trading.orders')
      .values(fresh.map((order) => toOrderRow(account, order)))
      .execute();
  }
  const stored = await ordersById(
    trx,
    account,
    unique.map(({ id }) => id),
  );
  return intents.map((intent) => stored.get(intent.id) ?? clientOrderIdTaken(intent));
}

/** The token is read from the lease by the insert itself, with a lock that keeps others from taking it before the commit. */
async function insertIntents(
  trx: JournalTransaction,
  account: string,
  intents: readonly OrderIntent[],
): Promise<readonly string[]> {
  try {
    const rows = await trx
      .insertInto('trading.intents')
      .values(
        intents.map((intent) => ({
          ...toIntentRow(account, intent),
          fencing_token: sql<number>`(select token from trading.lease
            where account = ${account} and token = ${intent.fencingToken} for share)`,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute();
    return rows.map((row) => row.id);
  } catch (error) {
    const { code, column } = error as { code?: string; column?: string };
    if (code === NOT_NULL_VIOLATION && column === 'fencing_token') {
      throw leaseLost(account, [...new Set(intents.map((intent) => intent.fencingToken))], error);
    }
    throw error;
  }
}

/**
 * @returns those that the journal knew further on, as it holds them
 * @throws AppError broken-invariant, `TRADING.ORDER_WITHOUT_INTENT`
 */
export async function writeOrders(
  trx: JournalTransaction,
  account: string,
  given: readonly Order[],
): Promise<readonly Order[]> {
  if (given.length === 0) return [];
  const ids = [...new Set(given.map((order) => order.intent.id))].sort();
  // Locked in one order everywhere, so that two batches do not wait for each other.
  await trx
    .selectFrom('trading.orders')
    .select('intent_id')
    .where('account', '=', account)
    .where('intent_id', 'in', ids)
    .orderBy('intent_id')
    .forUpdate()
    .execute();
  const stored = await ordersById(trx, account, ids);
  const present = new Map(stored);
  const stale = new Map<string, Order>();
  for (const order of given) {
    const { id } = order.intent;
    const before = present.get(id) ?? orderWithoutIntent(order);
    stale.delete(id);
    if (supersedes(order, before)) present.set(id, order);
    else if (!isUnchanged(order, before)) stale.set(id, before);
  }
  const changed = [...present.values()].filter((order) => stored.get(order.intent.id) !== order);
  if (changed.length > 0) await updateOrders(trx, account, changed);
  return [...stale.values()];
}

async function updateOrders(
  trx: JournalTransaction,
  account: string,
  orders: readonly Order[],
): Promise<void> {
  await trx
    .insertInto('trading.orders')
    .values(orders.map((order) => toOrderRow(account, order)))
    .onConflict((conflict) =>
      conflict.columns(['account', 'intent_id']).doUpdateSet((set) => ({
        status: set.ref('excluded.status'),
        filled_quantity: set.ref('excluded.filled_quantity'),
        average_price: set.ref('excluded.average_price'),
        order_id: set.ref('excluded.order_id'),
        algo_id: set.ref('excluded.algo_id'),
        reason: set.ref('excluded.reason'),
        updated_at: set.ref('excluded.updated_at'),
      })),
    )
    .execute();
}

async function ordersById(
  trx: JournalTransaction,
  account: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Order>> {
  const rows: OrderWithIntentRow[] = await selectOrders(trx, account)
    .where('i.id', 'in', ids)
    .selectAll(['i', 'o'])
    .execute();
  return new Map(rows.map((row) => [row.id, toOrder(row)]));
}

const byId = (a: OrderIntent, b: OrderIntent): number => (a.id < b.id ? -1 : 1);

function clientOrderIdTaken(intent: OrderIntent): never {
  throw new AppError(
    'broken-invariant',
    'TRADING.CLIENT_ORDER_ID',
    `client order id ${intent.order.clientOrderId} of intent ${intent.id} belongs to another intent`,
  );
}

function orderWithoutIntent(order: Order): never {
  throw new AppError(
    'broken-invariant',
    'TRADING.ORDER_WITHOUT_INTENT',
    `order ${order.intent.order.clientOrderId} is ${order.status}, and intent ${order.intent.id} is not in the journal`,
  );
}
