/** An account's whole journal as of one moment: what an audit holds against the exchange. */
import type { UtcMs } from '@slt/domain';
import { sql } from 'kysely';
import type { Decimal, Fill, FundingPayment } from '../core/broker';
import type { Order } from '../core/order';
import type { JournalTransaction } from './journal-database';
import { toOrder } from './order-rows';
import { toFill, toFunding } from './rows';
import { selectOrders } from './write-orders';

export interface WholeJournal {
  /** The earliest of all that is written; null: nothing is. */
  readonly beganAt: UtcMs | null;
  readonly initialBalance: Decimal | null;
  readonly orders: readonly Order[];
  readonly fills: readonly Fill[];
  readonly fundings: readonly FundingPayment[];
  readonly transfers: readonly Decimal[];
  /** Of positions that are open, what their fills add up to, signed; by symbol. */
  readonly positions: ReadonlyMap<string, Decimal>;
}

export async function readWholeJournal(trx: JournalTransaction, account: string): Promise<WholeJournal> {
  const orders = await selectOrders(trx, account).selectAll(['i', 'o']).orderBy('i.created_at').execute();
  const fills = await trx
    .selectFrom('trading.fills')
    .selectAll()
    .where('account', '=', account)
    .orderBy('at')
    .execute();
  const fundings = await trx
    .selectFrom('trading.fundings')
    .selectAll()
    .where('account', '=', account)
    .orderBy('at')
    .execute();
  const transfers = await trx
    .selectFrom('trading.transfers')
    .select('amount')
    .where('account', '=', account)
    .execute();
  return {
    ...(await accountFacts(trx, account)),
    orders: orders.map(toOrder),
    fills: fills.map(toFill),
    fundings: fundings.map(toFunding),
    transfers: transfers.map(({ amount }) => amount),
    positions: await openPositions(trx, account),
  };
}

async function accountFacts(
  trx: JournalTransaction,
  account: string,
): Promise<Pick<WholeJournal, 'beganAt' | 'initialBalance'>> {
  const { rows } = await sql<{ initial: Decimal | null; began: string | null }>`select
    (select initial_balance from trading.accounts where id = ${account}) as initial,
    least(
      (select min(at) from trading.reconciliations where account = ${account}),
      (select min(created_at) from trading.intents where account = ${account}),
      (select min(at) from trading.fills where account = ${account}),
      (select min(at) from trading.fundings where account = ${account})) as began`.execute(trx);
  const row = rows[0]!;
  return { initialBalance: row.initial, beganAt: row.began === null ? null : Number(row.began) };
}

async function openPositions(trx: JournalTransaction, account: string): Promise<Map<string, Decimal>> {
  const { rows } = await sql<{ symbol: string; quantity: Decimal }>`
    select p.symbol, sum(case f.side when 'buy' then f.quantity else -f.quantity end) as quantity
    from trading.positions p
    join trading.fills f on f.account = p.account and f.position_id = p.id
    where p.account = ${account} and p.state = 'open'
    group by p.symbol`.execute(trx);
  return new Map(rows.map(({ symbol, quantity }) => [symbol, quantity]));
}
