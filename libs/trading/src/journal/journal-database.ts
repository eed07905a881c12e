/**
 * The journal's door to PostgreSQL. Tables are made, or brought up to date, when something is first asked of them, not
 * at the start of the service; several processes may do so at once.
 */
import { Injectable } from '@nestjs/common';
import { Database, databaseError } from '@slt/database';
import { AppError } from '@slt/domain';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS } from './migrations';
import type { JournalTables } from './tables';

export type JournalTransaction = Transaction<JournalTables>;
export type JournalQueries = Kysely<JournalTables>;

const SCHEMA = 'trading';
/** Deadlock and serialisation failure: surely rolled back, and done at the next attempt. */
const ROLLED_BACK = /^(40001|40P01)$/;
const ATTEMPTS = 4;
const UNDEFINED_TABLE_OR_SCHEMA = /^(42P01|3F000)$/;

@Injectable()
export class JournalDatabase {
  private opened: Promise<JournalQueries> | undefined;

  constructor(private readonly database: Database) {}

  /** Migrates on the first call; a failure is forgotten, so that the next call tries again. */
  open(): Promise<JournalQueries> {
    this.opened ??= this.migrated().catch((error: unknown) => {
      this.opened = undefined;
      throw databaseError(error);
    });
    return this.opened;
  }

  /** @throws AppError as Database.query does */
  async read<T>(work: (db: JournalQueries) => Promise<T>): Promise<T> {
    const db = await this.open();
    try {
      return await work(db);
    } catch (error) {
      throw databaseError(error);
    }
  }

  /** All reads of the work see the same state. */
  async readConsistently<T>(work: (db: JournalTransaction) => Promise<T>): Promise<T> {
    return this.read((db) =>
      db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
    );
  }

  /**
   * All of the work or nothing of it. It may run more than once.
   * @throws AppError transient `DATABASE.UNREACHABLE`: whether it was done is not known
   */
  async write<T>(work: (db: JournalTransaction) => Promise<T>): Promise<T> {
    const db = await this.open();
    for (let attempt = 1; ; attempt++) {
      try {
        return await db.transaction().execute(work);
      } catch (error) {
        const { code = '' } = error as { code?: string };
        if (!ROLLED_BACK.test(code) || attempt === ATTEMPTS) throw databaseError(error);
      }
    }
  }

  private async migrated(): Promise<JournalQueries> {
    // The pool belongs to Database, so this is never destroyed.
    const db = new Kysely<JournalTables>({
      dialect: new PostgresDialect({ pool: () => this.database.pool() }),
    });
    if (!(await isUpToDate(db))) await migrate(db);
    return db;
  }
}

/** Spares the migrator's look at the catalogue, ten round trips, on all starts but the first. */
async function isUpToDate(db: JournalQueries): Promise<boolean> {
  try {
    const { rows } = await sql<{ name: string }>`
      select name from ${sql.table(`${SCHEMA}.kysely_migration`)} order by name collate "C"`.execute(db);
    return rows.map((row) => row.name).join() === Object.keys(MIGRATIONS).sort().join();
  } catch (error) {
    if (UNDEFINED_TABLE_OR_SCHEMA.test((error as { code?: string }).code ?? '')) return false;
    throw error;
  }
}

async function migrate(db: JournalQueries): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) },
    migrationTableSchema: SCHEMA,
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const cause = databaseError(error);
  if (cause.kind === 'transient') throw cause;
  throw new AppError(
    'broken-invariant',
    'TRADING.JOURNAL_MIGRATION',
    `the journal's tables could not be brought up to date: ${cause.message}`,
    { cause: error },
  );
}
