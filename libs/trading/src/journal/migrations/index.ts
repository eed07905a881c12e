/** Every migration by its name, which gives the order. One that was released is never changed: add the next. */
import type { Migration } from 'kysely/migration';
import { journalMigration } from './0001-journal';
import { assessmentMigration } from './0002-assessment';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-journal': journalMigration,
  '0002-assessment': assessmentMigration,
};
