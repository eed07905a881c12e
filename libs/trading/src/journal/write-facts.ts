/** What happened: signals, fills, funding, transfers, balances, breaker changes, reconciliations. First write stays. */
import { type RawBuilder, sql } from 'kysely';
import type { Fill, FundingPayment } from '../core/broker';
import type { EntryOf } from './entries';
import type { JournalTransaction } from './journal-database';
import { toFillRow, toSignalRow } from './rows';

/** A statement has at most 65,535 parameters. */
const CHUNK_ROWS = 1_000;

/** A row that was only given its position has been there before: another transaction stands in its xmax. */
const INSERTED = sql<boolean>`(xmax = 0)`.as('is_new');

export async function writeSignals(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'signal'>[],
): Promise<void> {
  const rows = sorted(entries, ({ signal }) => signal.id).map((entry) =>
    toSignalRow(account, entry.signal, entry.decision),
  );
  for (const values of chunksOf(rows)) {
    await trx
      .insertInto('trading.signals')
      .values(values)
      .onConflict((conflict) => conflict.columns(['account', 'id']).doNothing())
      .execute();
  }
}

export async function writeDecisions(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'decision'>[],
): Promise<void> {
  const last = new Map(entries.map((entry) => [entry.signalId, entry.decision]));
  for (const [id, { decision, reasons }] of sorted([...last], ([signalId]) => signalId)) {
    await trx
      .updateTable('trading.signals')
      .set({ decision, reasons: [...reasons] })
      .where('account', '=', account)
      .where('id', '=', id)
      .execute();
  }
}

/**
 * What is there stays, but is given a position if it had none.
 * @returns those that were not there before
 */
export async function writeFills(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'fill'>[],
): Promise<readonly Fill[]> {
  const unique = firstOfEach(entries, ({ fill }) => keyOf(fill.symbol, fill.tradeId));
  const written = new Set<string>();
  for (const chunk of chunksOf(sorted([...unique], ([key]) => key))) {
    const rows = await trx
      .insertInto('trading.fills')
      .values(
        chunk.map(([, { fill, positionId }]) => ({
          ...toFillRow(account, fill),
          position_id: positionOf(account, fill, positionId, fill.clientOrderId),
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['account', 'symbol', 'trade_id'])
          .doUpdateSet((set) => ({ position_id: set.ref('excluded.position_id') }))
          .where('trading.fills.position_id', 'is', null)
          .where(sql.ref('excluded.position_id'), 'is not', null),
      )
      .returning(['symbol', 'trade_id', INSERTED])
      .execute();
    for (const row of rows) if (row.is_new) written.add(keyOf(row.symbol, row.trade_id));
  }
  return [...unique].filter(([key]) => written.has(key)).map(([, { fill }]) => fill);
}

/** @returns those that were not there before */
export async function writeFundings(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'funding'>[],
): Promise<readonly FundingPayment[]> {
  const unique = firstOfEach(entries, ({ payment }) => keyOf(payment.symbol, payment.id));
  const written = new Set<string>();
  for (const chunk of chunksOf(sorted([...unique], ([key]) => key))) {
    const rows = await trx
      .insertInto('trading.fundings')
      .values(
        chunk.map(([, { payment, positionId }]) => ({
          account,
          symbol: payment.symbol,
          id: payment.id,
          position_id: positionOf(account, payment, positionId),
          amount: payment.amount,
          at: payment.at,
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['account', 'symbol', 'id'])
          .doUpdateSet((set) => ({ position_id: set.ref('excluded.position_id') }))
          .where('trading.fundings.position_id', 'is', null)
          .where(sql.ref('excluded.position_id'), 'is not', null),
      )
      .returning(['symbol', 'id', INSERTED])
      .execute();
    for (const row of rows) if (row.is_new) written.add(keyOf(row.symbol, row.id));
  }
  return [...unique].filter(([key]) => written.has(key)).map(([, { payment }]) => payment);
}

export async function writeTransfers(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'transfer'>[],
): Promise<void> {
  for (const chunk of chunksOf(sorted(entries, ({ transfer }) => transfer.id))) {
    await trx
      .insertInto('trading.transfers')
      .values(chunk.map(({ transfer: { id, amount, reason, at } }) => ({ account, id, amount, reason, at })))
      .onConflict((conflict) => conflict.columns(['account', 'id']).doNothing())
      .execute();
  }
}

export async function writeBalances(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'balance'>[],
): Promise<void> {
  const points = [...entries].sort((a, b) => a.point.at - b.point.at);
  for (const chunk of chunksOf(points)) {
    await trx
      .insertInto('trading.balances')
      .values(
        chunk.map(({ point }) => ({
          account,
          at: point.at,
          wallet_balance: point.walletBalance,
          equity: point.equity,
        })),
      )
      .onConflict((conflict) => conflict.columns(['account', 'at']).doNothing())
      .execute();
  }
}

export async function writeBreakerChanges(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'breaker'>[],
): Promise<void> {
  for (const { change } of entries) {
    await trx
      .insertInto('trading.breaker_changes')
      .values({
        account,
        at: change.at,
        from_phase: change.from,
        to_phase: change.to,
        move: change.move,
        reasons: JSON.stringify(change.reasons),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

export async function writeReconciliations(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'reconciliation'>[],
): Promise<void> {
  for (const { result } of entries) {
    await trx
      .insertInto('trading.reconciliations')
      .values({
        account,
        at: result.at,
        cause: result.cause,
        is_clean: result.isClean,
        findings: JSON.stringify(result.findings),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

export async function writeSnapshots(
  trx: JournalTransaction,
  account: string,
  entries: readonly EntryOf<'snapshot'>[],
): Promise<void> {
  for (const { snapshot } of sorted(entries, (entry) => entry.snapshot.name)) {
    await trx
      .insertInto('trading.snapshots')
      .values({ account, name: snapshot.name, at: snapshot.at, body: JSON.stringify(snapshot.body) })
      .onConflict((conflict) =>
        conflict
          .columns(['account', 'name'])
          .doUpdateSet((set) => ({ at: set.ref('excluded.at'), body: set.ref('excluded.body') }))
          .whereRef('trading.snapshots.at', '<=', sql.ref('excluded.at')),
      )
      .execute();
  }
}

/** By what we were told, else by our own order, else the position of the symbol that was open then. */
function positionOf(
  account: string,
  execution: { readonly symbol: string; readonly at: number },
  told: string | undefined,
  clientOrderId?: string,
): RawBuilder<string | null> {
  const byOrder =
    clientOrderId === undefined
      ? sql`null`
      : sql`(select position_id from trading.intents
          where account = ${account} and client_order_id = ${clientOrderId})`;
  return sql<string | null>`coalesce(${told ?? null}::text, ${byOrder}, (
    select id from trading.positions
    where account = ${account} and symbol = ${execution.symbol} and state <> 'dropped'
      and opened_at <= ${execution.at} and (closed_at is null or closed_at >= ${execution.at})
    order by opened_at desc, id desc limit 1))`;
}

/** No symbol has a line feed. */
const keyOf = (symbol: string, id: string): string => `${symbol}\n${id}`;

function firstOfEach<E>(entries: readonly E[], key: (entry: E) => string): Map<string, E> {
  const unique = new Map<string, E>();
  for (const entry of entries) if (!unique.has(key(entry))) unique.set(key(entry), entry);
  return unique;
}

/** Batches that write the same rows in the same order cannot wait for each other. */
function sorted<E>(entries: readonly E[], key: (entry: E) => string): E[] {
  return [...entries].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

function* chunksOf<E>(rows: readonly E[]): Generator<E[]> {
  for (let start = 0; start < rows.length; start += CHUNK_ROWS) yield rows.slice(start, start + CHUNK_ROWS);
}
