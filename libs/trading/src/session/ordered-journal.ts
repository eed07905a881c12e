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
  readonly done: Promise<AppendResult>;
  resolve(result: AppendResult): void;
  reject(error: AppError): void;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

export class OrderedJournal {
  private next: Batch | undefined;
  private isWriting = false;
  private failure: AppError | undefined;
  private failingSince: number | undefined;
  private writingSince: number | undefined;

  /** @param onFailure once: nothing is written any more, so nothing may be sent either */
  constructor(
    private readonly target: JournalTarget,
    private readonly onFailure: (error: AppError) => void,
  ) {}

  /** Since when the database does not take anything, by performance.now(); undefined: it does. */
  get behindSince(): number | undefined {
    return this.failingSince;
  }

  /** How long the oldest entry that is not durable yet has been waiting at most; wall time. */
  get lagMs(): number {
    return this.writingSince === undefined ? 0 : performance.now() - this.writingSince;
  }

  /** Resolves when the entries are in the journal. @throws AppError broken-invariant once writing has ended */
  append(entries: readonly JournalEntry[]): Promise<AppendResult> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const batch = (this.next ??= newBatch());
    batch.entries.push(...entries);
    if (!this.isWriting) void this.write();
    return batch.done;
  }

  /** Entries that nobody waits for; a failure is told by onFailure. */
  note(entries: readonly JournalEntry[]): void {
    if (entries.length > 0) this.append(entries).catch(() => undefined);
  }

  /** Resolves when all that was given so far is written, or never will be. */
  async settled(): Promise<void> {
    await this.next?.done.catch(() => undefined);
    while (this.isWriting) await this.append([]).catch(() => undefined);
  }

  /** What is not written by now is given up: the exchange still knows it. */
  stop(): void {
    this.failure ??= new AppError('transient', 'TRADING.JOURNAL_CLOSED', 'the journal is closed');
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    for (let batch = this.take(); batch !== undefined; batch = this.take()) {
      this.writingSince = performance.now();
      try {
        batch.resolve(await this.persist(batch.entries));
      } catch (error) {
        this.fail(toAppError(error, 'TRADING.JOURNAL_FAILED'), batch);
      }
    }
    this.writingSince = undefined;
    this.isWriting = false;
  }

  private take(): Batch | undefined {
    const batch = this.next;
    this.next = undefined;
    return batch;
  }

  /** Written again after a connection was lost: every entry may be. */
  private async persist(entries: readonly JournalEntry[]): Promise<AppendResult> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs)) {
      try {
        const result = await this.target.append(entries);
        this.failingSince = undefined;
        return result;
      } catch (error) {
        if (!(error instanceof AppError) || error.kind !== 'transient') throw error;
        if (this.failure !== undefined) throw this.failure;
        this.failingSince ??= performance.now();
        await new Promise((wake) => setTimeout(wake, pauseMs).unref());
      }
    }
  }

  private fail(error: AppError, batch: Batch): void {
    batch.reject(error);
    this.next?.reject(error);
    this.next = undefined;
    if (this.failure !== undefined) return;
    this.failure = error;
    this.onFailure(error);
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
  return { entries: [], done, resolve, reject };
}
