import { Module } from '@nestjs/common';
import { JournalExport } from './csv-export';
import { Journal } from './journal';
import { JournalDatabase } from './journal-database';
import { JournalReader } from './journal-reader';
import { Leases } from './lease';
import { JournalLedger } from './ledger';
import { RecentDecisions } from './recent-decisions';

const JOURNAL = [Journal, JournalReader, JournalLedger, JournalExport, RecentDecisions, Leases];

/** Needs DatabaseModule, which is global. */
@Module({
  providers: [JournalDatabase, ...JOURNAL],
  exports: JOURNAL,
})
export class JournalModule {}
