/** What happened: signals, transfers, balances, breaker changes, reconciliations, of which the first write stays. */
import { sql } from 'kysely';
import { chunksOf, sorted } from './batching';
import type { EntryOf } from './entries';
import type { JournalTransaction } from './journal-database';
import { toSignalRow } from './rows';

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
