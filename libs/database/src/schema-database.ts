/**
 * A library's own schema in PostgreSQL, by Kysely. Its tables are made, or brought up to date, when something is first
 * asked of them, not at the start of the service; several processes may do so at once.
 */
import { AppError } from '@slt/domain';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './database';
import { databaseError, isWithoutTables } from './database-error';

export interface SchemaOptions {
  readonly schema: string;
  /** By their names, which give the order. One that was released is never changed. */
  readonly migrations: Readonly<Record<string, Migration>>;
  /** Of the error where they cannot be made. */
  readonly failure: { readonly code: string; readonly what: string };
}

/** Deadlock and serialisation failure: surely rolled back, and done at the next attempt. */
const ROLLED_BACK = /^(40001|40P01)$/;
const ATTEMPTS = 4;

export class SchemaDatabase<Tables> {
  private opened: Promise<Kysely<Tables>> | undefined;

  constructor(
    private readonly database: Database,
    private readonly options: SchemaOptions,
  ) {}

  /** Migrates on the first call; a failure is forgotten, so that the next call tries again. */
  open(): Promise<Kysely<Tables>> {
    this.opened ??= this.migrated().catch((error: unknown) => {
      this.opened = undefined;
      throw databaseError(error);
    });
    return this.opened;
  }

  /** @throws AppError as Database.query does */
  async read<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    const db = await this.open();
    try {
      return await work(db);
    } catch (error) {
      throw databaseError(error);
    }
  }

  /** All reads of the work see the same state. */
  async readConsistently<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
    return this.read((db) =>
      db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
    );
  }

  /**
   * All of the work or nothing of it. It may run more than once.
   * @throws AppError transient `DATABASE.UNREACHABLE`: whether it was done is not known
   */
  async write<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T> {
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

  private async migrated(): Promise<Kysely<Tables>> {
    // The pool belongs to Database, so this is never destroyed.
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: () => this.database.pool() }) });
    if (!(await this.isUpToDate(db))) await this.migrate(db);
    return db;
  }

  /** Spares the migrator's look at the catalogue, ten round trips, on all starts but the first. */
  private async isUpToDate(db: Kysely<Tables>): Promise<boolean> {
    const { schema, migrations } = this.options;
    try {
      const { rows } = await sql<{ name: string }>`
        select name from ${sql.table(`${schema}.kysely_migration`)} order by name collate "C"`.execute(db);
      return rows.map((row) => row.name).join() === Object.keys(migrations).sort().join();
    } catch (error) {
      if (isWithoutTables(error)) return false;
      throw error;
    }
  }

  private async migrate(db: Kysely<Tables>): Promise<void> {
    const { schema, migrations, failure } = this.options;
    const migrator = new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
      migrationTableSchema: schema,
    });
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) return;
    const cause = databaseError(error);
    if (cause.kind === 'transient') throw cause;
    const message = `${failure.what} could not be brought up to date: ${cause.message}`;
    throw new AppError('broken-invariant', failure.code, message, { cause: error });
  }
}
