/**
 * A batch of entries in one transaction. Kinds go in the order in which they refer to each other, whatever the batch's;
 * what ends a position, and what begins it anew, in the batch's.
 */
import { AppError } from '@slt/domain';
import { sql } from 'kysely';
import { type AppendResult, type EntryKind, type EntryOf, type JournalEntry, LEASED_KINDS } from './entries';
import type { JournalTransaction } from './journal-database';
import { leaseLost } from './lease-lost';
import { writeFills, writeFundings } from './write-executions';
import * as facts from './write-facts';
import { writeIntents, writeOrders } from './write-orders';
import { type LifeEntry, writeLives } from './write-positions';

/** A lease is one. Without a token only facts can be written. */
export interface JournalWriter {
  readonly account: string;
  readonly token?: number;
}

/** @throws AppError broken-invariant, `TRADING.NO_LEASE` where entries need a token and the writer has none */
export function checkWriter(writer: JournalWriter, entries: readonly JournalEntry[]): void {
  if (writer.token !== undefined) return;
  const leased = entries.find(({ kind }) => LEASED_KINDS.has(kind));
  if (leased === undefined) return;
  throw new AppError(
    'broken-invariant',
    'TRADING.NO_LEASE',
    `"${leased.kind}" of account ${writer.account} may be written only by the holder of its lease`,
  );
}

export async function appendAll(
  trx: JournalTransaction,
  writer: JournalWriter,
  entries: readonly JournalEntry[],
): Promise<AppendResult> {
  const { account, token } = writer;
  if (token !== undefined) await lockLease(trx, account, token);
  const of = byKind(entries);
  await facts.writeSignals(trx, account, of('signal'));
  await facts.writeDecisions(trx, account, of('decision'));
  const lives = livesOf(entries);
  await writeLives(trx, account, lives.beginnings);
  const intents = await writeIntents(
    trx,
    account,
    of('intent').map((entry) => entry.intent),
  );
  const staleOrders = await writeOrders(
    trx,
    account,
    of('order').map((entry) => entry.order),
  );
  const newFills = await writeFills(trx, account, of('fill'));
  const newFundings = await writeFundings(trx, account, of('funding'));
  await writeLives(trx, account, lives.endings);
  await facts.writeBreakerChanges(trx, account, of('breaker'));
  await facts.writeReconciliations(trx, account, of('reconciliation'));
  await facts.writeTransfers(trx, account, of('transfer'));
  await facts.writeBalances(trx, account, of('balance'));
  await facts.writeSnapshots(trx, account, of('snapshot'));
  return { newFills, newFundings, intents, staleOrders };
}

/** Plans go before the fills that belong to them; from the first end of a position on its order is kept. */
function livesOf(entries: readonly JournalEntry[]): Readonly<Record<'beginnings' | 'endings', LifeEntry[]>> {
  const ended = new Set<string>();
  const lives = { beginnings: [] as LifeEntry[], endings: [] as LifeEntry[] };
  for (const entry of entries.filter(isLife)) {
    if (entry.kind === 'position' && !ended.has(entry.plan.id)) {
      lives.beginnings.push(entry);
      continue;
    }
    ended.add(positionOf(entry));
    lives.endings.push(entry);
  }
  return lives;
}

const LIFE_KINDS: ReadonlySet<EntryKind> = new Set<LifeEntry['kind']>([
  'position',
  'position-dropped',
  'trade',
  'trade-retracted',
]);

const isLife = (entry: JournalEntry): entry is LifeEntry => LIFE_KINDS.has(entry.kind);

function positionOf(entry: LifeEntry): string {
  if (entry.kind === 'position') return entry.plan.id;
  return entry.kind === 'trade' ? entry.trade.positionId : entry.positionId;
}

/** Shared until the commit: whoever wants the lease waits, and no batch of an earlier holder comes after. */
async function lockLease(trx: JournalTransaction, account: string, token: number): Promise<void> {
  const { rows } = await sql`
    select 1 from trading.lease where account = ${account} and token = ${token} for share`.execute(trx);
  if (rows.length === 0) throw leaseLost(account, [token]);
}

function byKind(entries: readonly JournalEntry[]): <K extends EntryKind>(kind: K) => readonly EntryOf<K>[] {
  const groups = new Map<EntryKind, JournalEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.kind);
    if (group === undefined) groups.set(entry.kind, [entry]);
    else group.push(entry);
  }
  return <K extends EntryKind>(kind: K) => (groups.get(kind) ?? []) as unknown as readonly EntryOf<K>[];
}
