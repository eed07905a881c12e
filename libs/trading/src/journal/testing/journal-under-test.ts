/** A journal on a real PostgreSQL of its own, in a folder that goes with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppConfig } from '@slt/config';
import { Database, type DatabaseOptions, DataDirLock } from '@slt/database';
import { JournalExport } from '../csv-export';
import { Journal } from '../journal';
import { JournalDatabase } from '../journal-database';
import { JournalReader } from '../journal-reader';
import { Leases } from '../lease';
import { JournalLedger } from '../ledger';
import { RecentDecisions } from '../recent-decisions';

export interface JournalParts {
  readonly database: Database;
  readonly journalDatabase: JournalDatabase;
  readonly journal: Journal;
  readonly reader: JournalReader;
  readonly ledger: JournalLedger;
  readonly exports: JournalExport;
  readonly leases: Leases;
  readonly recent: RecentDecisions;
}

export function journalOn(dataDir: string, options: DatabaseOptions = {}): JournalParts {
  const config = Object.assign(new AppConfig(), { DATA_DIR: dataDir });
  const database = new Database(config, new DataDirLock(config), options);
  const journalDatabase = new JournalDatabase(database);
  const reader = new JournalReader(journalDatabase);
  return {
    database,
    journalDatabase,
    reader,
    journal: new Journal(journalDatabase),
    ledger: new JournalLedger(journalDatabase),
    exports: new JournalExport(reader),
    leases: new Leases(journalDatabase),
    recent: new RecentDecisions(database),
  };
}

export class JournalUnderTest {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'slt-journal-'));
  readonly parts = journalOn(this.dataDir);
  private readonly others: JournalParts[] = [];
  private accounts = 0;

  /** As another process would have it: connections of its own. */
  other(): JournalParts {
    const parts = journalOn(this.dataDir, { role: 'guest' });
    this.others.push(parts);
    return parts;
  }

  newAccount(): string {
    return `paper:test-${++this.accounts}`;
  }

  async close(): Promise<void> {
    for (const { database } of this.others) await database.close();
    await this.parts.database.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
