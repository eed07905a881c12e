/**
 * The journal of trading: what was seen, decided, sent and filled, for every account, in PostgreSQL. An entry is there
 * with all of its batch or not at all, may be written again without effect, and never moves anything back.
 */
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { AppError, type UtcMs } from '@slt/domain';
import { sql } from 'kysely';
import type { BreakerTransition } from '../core/breaker';
import type { Decimal } from '../core/broker';
import type { Decision, Signal } from '../core/signal';
import { modeOfAccount } from './account-id';
import { appendAll, checkWriter, type JournalWriter } from './append';
import type { AppendResult, JournalEntry, Snapshot } from './entries';
import { JournalDatabase, type JournalQueries } from './journal-database';
import { type JournalState, type LoadOptions, loadState } from './load';
import { SignalQueue } from './signal-queue';

const LOAD_DEFAULTS: LoadOptions = { tradeLimit: 1_000, overlapMs: 60_000 };
const DAY_MS = 86_400_000;
/** Deleted at once, so that no lock and no transaction lasts long. */
const DELETED_AT_ONCE = 5_000;
const NOTHING: AppendResult = { newFills: [], newFundings: [], intents: [], staleOrders: [] };

@Injectable()
export class Journal implements BeforeApplicationShutdown {
  private readonly queues = new Map<string, SignalQueue>();
  private readonly known = new Set<string>();

  constructor(private readonly database: JournalDatabase) {}

  /** Makes or updates the tables, which the first call of anything else would do. */
  async open(): Promise<void> {
    await this.database.open();
  }

  /**
   * Writes a batch in one transaction. A lease is a writer.
   * @throws AppError broken-invariant `TRADING.LEASE_LOST`, `TRADING.NO_LEASE`, `TRADING.CLIENT_ORDER_ID`,
   * `TRADING.ORDER_WITHOUT_INTENT`: nothing was written; transient `DATABASE.UNREACHABLE`: that is not known. Write the
   * same batch again, or `load`: what the second writing returns as new may fall short.
   */
  async append(writer: JournalWriter, entries: readonly JournalEntry[]): Promise<AppendResult> {
    if (entries.length === 0) return NOTHING;
    checkWriter(writer, entries);
    await this.ensureAccount(writer.account);
    return this.database.write((trx) => appendAll(trx, writer, entries));
  }

  /** Resolves when it is durable. Many at once cost few round trips. The first decision on a signal stays. */
  recordSignal(account: string, signal: Signal, decision: Decision): Promise<void> {
    return this.queueOf(account).add({ kind: 'signal', signal, decision });
  }

  async breakerChanged(account: string, change: BreakerTransition): Promise<void> {
    await this.append({ account }, [{ kind: 'breaker', change }]);
  }

  /** Sets it once. @returns the one that counts */
  async setInitialBalance(account: string, balance: Decimal): Promise<Decimal> {
    await this.ensureAccount(account);
    const row = await this.database.read((db) =>
      db
        .updateTable('trading.accounts')
        .set({ initial_balance: sql<string>`coalesce(initial_balance, ${balance}::trading.exact)` })
        .where('id', '=', account)
        .returning('initial_balance')
        .executeTakeFirstOrThrow(),
    );
    return row.initial_balance ?? balance;
  }

  /** Everything needed to go on, as of one moment. */
  load(account: string, options: Partial<LoadOptions> = {}): Promise<JournalState> {
    return this.database.readConsistently((trx) => loadState(trx, account, { ...LOAD_DEFAULTS, ...options }));
  }

  /** The newest `snapshot` of that name. */
  snapshot(account: string, name: string): Promise<Snapshot | undefined> {
    return this.database.read(async (db) => {
      const row = await db
        .selectFrom('trading.snapshots')
        .select(['at', 'body'])
        .where('account', '=', account)
        .where('name', '=', name)
        .executeTakeFirst();
      return row && { name, at: Number(row.at), body: row.body };
    });
  }

  /**
   * Forgets refused signals that are older than so many days; what was traded stays. Of one account only: markets have
   * clocks of their own.
   * @returns how many signals were deleted
   */
  async deleteRefusedSignals(account: string, now: UtcMs, keepDays: number): Promise<number> {
    if (!(keepDays >= 0)) {
      throw new AppError('invalid', 'TRADING.RETENTION', `cannot keep signals for ${keepDays} days`);
    }
    const before = Math.floor(now - keepDays * DAY_MS);
    for (let deleted = 0; ;) {
      const batch = await this.database.read((db) => deleteRefused(db, account, before));
      deleted += batch;
      if (batch < DELETED_AT_ONCE) return deleted;
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([...this.queues.values()].map((queue) => queue.drained()));
  }

  private queueOf(account: string): SignalQueue {
    let queue = this.queues.get(account);
    if (queue === undefined) {
      queue = new SignalQueue((entries) => this.append({ account }, entries));
      this.queues.set(account, queue);
    }
    return queue;
  }

  private async ensureAccount(account: string): Promise<void> {
    if (this.known.has(account)) return;
    const mode = modeOfAccount(account);
    await this.database.read((db) =>
      db
        .insertInto('trading.accounts')
        .values({ id: account, mode })
        .onConflict((conflict) => conflict.doNothing())
        .execute(),
    );
    this.known.add(account);
  }
}

async function deleteRefused(db: JournalQueries, account: string, before: UtcMs): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from trading.signals where ctid = any(array(
      select ctid from trading.signals
      where account = ${account} and decision = 'refused' and at < ${before} limit ${DELETED_AT_ONCE}))`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0);
}
