/**
 * Signals come in a burst when a minute closes. Whatever comes while a write is under way goes into the next one, so a
 * burst costs a few round trips, and nobody's signal waits for a timer.
 */
import type { JournalEntry } from './entries';

interface Waiting {
  readonly entry: JournalEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const MOST_AT_ONCE = 1_000;

export class SignalQueue {
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;

  /** @param write all or nothing */
  constructor(private readonly write: (entries: readonly JournalEntry[]) => Promise<unknown>) {}

  /** Resolves when it is in the journal; rejects when its batch could not be written. */
  add(entry: JournalEntry): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.waiting.push({ entry, resolve, reject }));
    this.writing ??= this.writeAll();
    return written;
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    // What the same turn of the event loop adds goes with the first.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MOST_AT_ONCE);
      try {
        await this.write(batch.map(({ entry }) => entry));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.writing = undefined;
  }
}
