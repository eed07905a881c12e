/**
 * The cached series that the first warm-up will ask for, read while the service still waits for other things to start.
 * A guess about files that nobody has asked for yet: what is wrong with one is left for the real look to find.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { copyColumns, type Interval, seriesKey, tailColumns } from '@slt/domain';
import type { CachedSeries } from './core/coverage';
import type { CandleStore } from './candle-store';

export type AheadStore = Pick<CandleStore, 'list' | 'peek'>;

/** By then the first look has come, or nobody looks. */
const KEPT_MS = 10_000;

export class ReadAhead {
  private readonly series = new Map<string, CachedSeries>();
  /** Files that were there at the begin, and what was taken since; undefined before, and after the end. */
  private listed: Set<string> | undefined;
  private readonly ending = new AbortController();

  constructor(private readonly store: AheadStore) {}

  /**
   * Never rejects.
   * @param limit newest rows to keep of each series
   */
  async begin(intervals: readonly Interval[], limit: number): Promise<void> {
    void this.endLater();
    const files = await this.store.list();
    if (this.ending.signal.aborted) return;
    this.listed = new Set(files.map(({ symbol, interval }) => seriesKey(symbol, interval)));
    for (const { symbol, interval } of files) {
      if (this.ending.signal.aborted) return;
      if (!intervals.includes(interval)) continue;
      const found = await this.store.peek(symbol, interval).catch(() => undefined);
      if (found === undefined || this.ending.signal.aborted) continue;
      const columns = copyColumns(tailColumns(found.columns, limit));
      this.series.set(seriesKey(symbol, interval), { ...found, columns });
    }
  }

  /**
   * Once: whoever takes it may change the file afterwards.
   * @returns `absent` where there was no file at the begin; undefined: nothing is known
   */
  take(symbol: string, interval: Interval): CachedSeries | 'absent' | undefined {
    const key = seriesKey(symbol, interval);
    const found = this.series.get(key);
    this.series.delete(key);
    const isAbsent = this.listed?.has(key) === false;
    this.listed?.add(key);
    return isAbsent ? 'absent' : found;
  }

  /** Something has written a file: what was read before may be old. */
  end(): void {
    this.ending.abort();
    this.series.clear();
    this.listed = undefined;
  }

  private async endLater(): Promise<void> {
    await wait(KEPT_MS, undefined, { ref: false, signal: this.ending.signal }).catch(() => undefined);
    this.end();
  }
}
