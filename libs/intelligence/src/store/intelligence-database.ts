/** What was learned, in PostgreSQL. */
import { Inject, Injectable } from '@nestjs/common';
import { Database, SchemaDatabase } from '@slt/database';
import { MIGRATIONS } from './migrations';
import type { IntelligenceTables } from './tables';

@Injectable()
export class IntelligenceDatabase extends SchemaDatabase<IntelligenceTables> {
  constructor(@Inject(Database) database: Database) {
    super(database, {
      schema: 'intelligence',
      migrations: MIGRATIONS,
      failure: { code: 'LEARNING.MIGRATION', what: "the learner's tables" },
    });
  }
}
