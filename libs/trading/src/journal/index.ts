export { type AccountMode, liveAccountId, modeOfAccount, paperAccountId } from './account-id';
export type { JournalWriter } from './append';
export { JournalExport } from './csv-export';
export { csvLine, type CsvValue } from './csv';
export { MOST_PER_PAGE, type Page } from './cursor';
export type {
  AppendResult,
  BalancePoint,
  EntryKind,
  JournalEntry,
  Reconciliation,
  Snapshot,
  Transfer,
} from './entries';
export { Journal } from './journal';
export { JournalModule } from './journal.module';
export {
  type EquityRequest,
  JournalReader,
  type PageRequest,
  type SignalFilter,
  type TradeFilter,
} from './journal-reader';
export { Lease, type LeaseHolder, type LeaseRequest, Leases } from './lease';
export { LeaseKeeper } from './lease-keeper';
export { JournalLedger, type LedgerTotals } from './ledger';
export type { JournalState, LoadOptions, OpenPosition } from './load';
export { type Decided, RecentDecisions } from './recent-decisions';
export type { SignalRecord } from './rows';
export { writtenAssessment, type WrittenAssessment } from './assessment-json';
export type { WholeJournal } from './whole-journal';
