/**
 * Writes to the journal in the order things happened, one batch at a time: what comes while one is under way goes with
 * the next. A database that is away is waited for; only a lost lease, or a database that refuses, ends it.
 */
import { AppError, toAppError } from '@slt/domain';
import type { AppendResult, JournalEntry } from '../journal/entries';

export interface JournalTarget {
  append(entries: readonly JournalEntry[]): Promise<AppendResult>;
}

interface Batch {
  readonly entries: JournalEntry[];
  /** Positions that end in it. */
  readonly ended: Set<string>;
  readonly done: Promise<AppendResult>;
  resolve(result: AppendResult): void;
  reject(error: AppError): void;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

export class OrderedJournal {
  private readonly waiting: Batch[] = [];
  private writing: Batch | undefined;
  private failure: AppError | undefined;
  private writingSince: number | undefined;

  /** @param onFailure once: nothing is written any more, so nothing may be sent either */
  constructor(
    private readonly target: JournalTarget,
    private readonly onFailure: (error: AppError) => void,
  ) {}

  /** How long the oldest entry that is not durable yet has been waiting at most; wall time. */
  get lagMs(): number {
    return this.writingSince === undefined ? 0 : performance.now() - this.writingSince;
  }

  /** Nothing is written any more. */
  get hasFailed(): boolean {
    return this.failure !== undefined;
  }

  /** Resolves when the entries are in the journal. @throws AppError once writing has ended */
  append(entries: readonly JournalEntry[]): Promise<AppendResult> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const batch = this.batchFor(entries);
    for (const entry of entries) {
      batch.entries.push(entry);
      if (entry.kind === 'trade') batch.ended.add(entry.trade.positionId);
      if (entry.kind === 'position-dropped') batch.ended.add(entry.positionId);
    }
    if (this.writing === undefined) void this.write();
    return batch.done;
  }

  /** Entries that nobody waits for; a failure is told by onFailure. */
  note(entries: readonly JournalEntry[]): void {
    if (entries.length > 0) this.append(entries).catch(() => undefined);
  }

  /** Resolves when all that was given so far is written, or never will be. */
  async settled(): Promise<void> {
    for (let last = this.last; last !== undefined; last = this.last) await last.done.catch(() => undefined);
  }

  /** What is not written by now is given up: the exchange still knows it. */
  stop(): void {
    this.failure ??= new AppError('transient', 'TRADING.JOURNAL_CLOSED', 'the journal is closed');
  }

  private get last(): Batch | undefined {
    return this.waiting.at(-1) ?? this.writing;
  }

  /** Within a batch the journal writes plans before ends, so a position that begins again begins another batch. */
  private batchFor(entries: readonly JournalEntry[]): Batch {
    const last = this.waiting.at(-1);
    const beginsAgain = entries.some((entry) => entry.kind === 'position' && last?.ended.has(entry.plan.id));
    if (last !== undefined && !beginsAgain) return last;
    const batch = newBatch();
    this.waiting.push(batch);
    return batch;
  }

  private async write(): Promise<void> {
    for (let batch = this.waiting.shift(); batch !== undefined; batch = this.waiting.shift()) {
      this.writing = batch;
      this.writingSince = performance.now();
      try {
        batch.resolve(await this.persist(batch.entries));
      } catch (error) {
        this.fail(toAppError(error, 'TRADING.JOURNAL_FAILED'), batch);
      }
    }
    this.writing = undefined;
    this.writingSince = undefined;
  }

  /** Written again after a connection was lost: every entry may be. */
  private async persist(entries: readonly JournalEntry[]): Promise<AppendResult> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
      try {
        return await this.target.append(entries);
      } catch (error) {
        if (!(error instanceof AppError) || error.kind !== 'transient') throw error;
        if (this.failure !== undefined) throw this.failure;
        await new Promise((wake) => setTimeout(wake, pauseMs).unref());
      }
    }
  }

  private fail(error: AppError, batch: Batch): void {
    const isFirst = this.failure === undefined;
    this.failure ??= error;
    for (const lost of [batch, ...this.waiting.splice(0)]) lost.reject(error);
    if (isFirst) this.onFailure(error);
  }
}

function newBatch(): Batch {
  let resolve!: Batch['resolve'];
  let reject!: Batch['reject'];
  const done = new Promise<AppendResult>((resolveIt, rejectIt) => {
    resolve = resolveIt;
    reject = rejectIt;
  });
  done.catch(() => undefined);
  return { entries: [], ended: new Set(), done, resolve, reject };
}
