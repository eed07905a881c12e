/**
 * Series on their way to disk. Fetched candles are handed on at once and written while nothing else wants the process:
 * when requests have ended or pause, when a series has waited long enough, or when too many wait. Until it is written a
 * series is read from here, so nobody sees the file lag behind.
 */
import { Logger } from '@nestjs/common';
import {
  type CandleColumns,
  type Hole,
  type Interval,
  mergeColumns,
  seriesKey,
  type UtcMs,
} from '@slt/domain';
import type { CachedSeries } from './core/coverage';

export interface PendingSeries {
  readonly symbol: string;
  readonly interval: Interval;
  /** Everything known of the series. */
  readonly columns: CandleColumns;
  /** What the file lacks. */
  readonly fresh: CandleColumns;
  readonly knownHoles: readonly Hole[];
}

export interface WriteBehindOptions {
  readonly write: (series: PendingSeries) => Promise<void>;
  readonly now: () => UtcMs;
  /** Whether requests are under way that the writing would slow down. */
  readonly isBusy: () => boolean;
  readonly maxRows: number;
  readonly maxWaitMs: number;
}

interface Waiting {
  series: PendingSeries;
  readonly since: number;
  readonly changedAt: UtcMs;
}

const POLL_MS = 25;
const MAX_FAILURES = 3;

export class WriteBehind {
  private readonly logger = new Logger(WriteBehind.name);
  private readonly waiting = new Map<string, Waiting>();
  private readonly writing = new Map<string, Waiting>();
  private rows = 0;
  private urgent = false;
  private running: Promise<void> | undefined;
  private lastProblem: Error | undefined;

  constructor(private readonly options: WriteBehindOptions) {}

  get size(): number {
    return this.waiting.size + this.writing.size;
  }

  /** Why the last write failed; undefined while writing works. */
  get problem(): Error | undefined {
    return this.lastProblem;
  }

  /** What is newer than the file of this series. */
  peek(symbol: string, interval: Interval): CachedSeries | undefined {
    const key = seriesKey(symbol, interval);
    const found = this.waiting.get(key) ?? this.writing.get(key);
    return (
      found && {
        columns: found.series.columns,
        writtenAt: found.changedAt,
        knownHoles: found.series.knownHoles,
      }
    );
  }

  add(series: PendingSeries): void {
    const key = seriesKey(series.symbol, series.interval);
    const before = this.waiting.get(key) ?? this.writing.get(key);
    const unwritten = before === undefined ? series.fresh : mergeColumns(before.series.fresh, series.fresh);
    const columns =
      before === undefined ? series.columns : mergeColumns(before.series.columns, series.columns);
    this.remove(key);
    this.waiting.set(key, {
      series: { ...series, columns, fresh: unwritten },
      since: performance.now(),
      changedAt: this.options.now(),
    });
    this.rows += unwritten.length;
    this.running ??= this.drain();
  }

  /** Hands over what waits, to whoever writes this series anyway; it is theirs then, to write or to add again. */
  take(symbol: string, interval: Interval): PendingSeries | undefined {
    const key = seriesKey(symbol, interval);
    const found = this.waiting.get(key);
    this.remove(key);
    return found?.series;
  }

  /** Resolves once everything added so far is on disk or has failed for good. */
  async flush(): Promise<void> {
    this.urgent = true;
    try {
      while (this.running !== undefined) await this.running;
    } finally {
      this.urgent = false;
    }
  }

  /**
   * Flushes for so long, and lets go of what is left: a file not written now is whole as it was, and topped up later.
   * @returns how many series were left
   */
  async end(patienceMs: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.max(0, patienceMs));
    });
    await Promise.race([this.flush(), late]);
    clearTimeout(timer);
    const left = this.waiting.size;
    this.waiting.clear();
    this.rows = 0;
    return left;
  }

  /** Resolves once this series is on disk or has failed for good. */
  async written(symbol: string, interval: Interval): Promise<void> {
    if (this.peek(symbol, interval) !== undefined) await this.flush();
  }

  private async drain(): Promise<void> {
    const failures = new Map<string, number>();
    while (this.waiting.size > 0) {
      if (!this.isDue()) {
        await new Promise((wake) => setTimeout(wake, POLL_MS));
        continue;
      }
      // One file, then whoever waits for the event loop.
      await new Promise((wake) => setImmediate(wake));
      await this.writeOldest(failures);
    }
    this.running = undefined;
  }

  private isDue(): boolean {
    const [oldest] = this.waiting.values();
    return (
      this.urgent ||
      !this.options.isBusy() ||
      this.rows > this.options.maxRows ||
      (oldest !== undefined && performance.now() - oldest.since > this.options.maxWaitMs)
    );
  }

  private async writeOldest(failures: Map<string, number>): Promise<void> {
    const [entry] = this.waiting;
    if (entry === undefined) return;
    const [key, item] = entry;
    this.remove(key);
    this.writing.set(key, item);
    try {
      await this.options.write(item.series);
      this.lastProblem = undefined;
    } catch (error) {
      this.lastProblem = error as Error;
      this.retryLater(key, item, failures);
    } finally {
      if (this.writing.get(key) === item) this.writing.delete(key);
    }
  }

  private retryLater(key: string, item: Waiting, failures: Map<string, number>): void {
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    if (count >= MAX_FAILURES) {
      this.logger.warn(`${key} could not be written and will be fetched again: ${this.lastProblem?.message}`);
    } else if (!this.waiting.has(key)) {
      this.waiting.set(key, item);
      this.rows += item.series.fresh.length;
    }
  }

  private remove(key: string): void {
    const item = this.waiting.get(key);
    if (item === undefined) return;
    this.waiting.delete(key);
    this.rows -= item.series.fresh.length;
  }
}
