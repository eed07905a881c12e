/** How far a long sync is, over all its symbols. */
export interface ArchiveProgressReport {
  /** Candles settled: found in the store, fetched, or known not to exist. */
  readonly done: number;
  /** Candles wanted; grows until every symbol has begun. */
  readonly total: number;
  /** Downloaded from the archive. */
  readonly bytes: number;
  /** Wall time; undefined until there is something to go by. */
  readonly etaMs: number | undefined;
}

export class ArchiveProgress {
  private readonly begun = performance.now();
  private done = 0;
  /** Done before it began, so no measure of speed. */
  private given = 0;
  private total = 0;
  private bytes = 0;
  private started = 0;

  constructor(
    private readonly symbols: number,
    private readonly listener: ((report: ArchiveProgressReport) => void) | undefined,
  ) {}

  /** Once for each symbol. */
  begin(wanted: number, present: number): void {
    this.started++;
    this.total += wanted;
    this.done += present;
    this.given += present;
    this.tell();
  }

  advance(candles: number, bytes = 0): void {
    this.done += candles;
    this.bytes += bytes;
    this.tell();
  }

  private tell(): void {
    this.listener?.({ done: this.done, total: this.total, bytes: this.bytes, etaMs: this.etaMs() });
  }

  private etaMs(): number | undefined {
    const fetched = this.done - this.given;
    if (fetched <= 0 || this.started === 0) return undefined;
    const expected = (this.total * this.symbols) / this.started;
    return Math.max(0, Math.round(((performance.now() - this.begun) * (expected - this.done)) / fetched));
  }
}
