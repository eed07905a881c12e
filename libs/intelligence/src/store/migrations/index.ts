/** Every migration by its name, which gives the order. One that was released is never changed: add the next. */
import type { Migration } from 'kysely/migration';
import { intelligenceMigration } from './0001-intelligence';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-intelligence': intelligenceMigration,
};
