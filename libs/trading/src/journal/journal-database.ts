/** The journal's door to PostgreSQL. */
import { Inject, Injectable } from '@nestjs/common';
import { Database, SchemaDatabase } from '@slt/database';
import type { Kysely, Transaction } from 'kysely';
import { MIGRATIONS } from './migrations';
import type { JournalTables } from './tables';

export type JournalTransaction = Transaction<JournalTables>;
export type JournalQueries = Kysely<JournalTables>;

@Injectable()
export class JournalDatabase extends SchemaDatabase<JournalTables> {
  constructor(@Inject(Database) database: Database) {
    super(database, {
      schema: 'trading',
      migrations: MIGRATIONS,
      failure: { code: 'TRADING.JOURNAL_MIGRATION', what: "the journal's tables" },
    });
  }
}
