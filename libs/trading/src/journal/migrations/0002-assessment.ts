/** What a learner made of each signal. JSON text as it was written, for it is read as a whole. */
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const assessmentMigration: Migration = {
  up: async (db: Kysely<unknown>) => {
    await sql.raw('alter table trading.signals add column assessment json').execute(db);
  },
};
