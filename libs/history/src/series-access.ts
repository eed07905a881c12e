/** Reads and writes cached series: what waits for the disk first, damaged files moved aside. */
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { type CandleColumns, type Interval, isAppError, mergeColumns, seriesKey } from '@slt/domain';
import type { CandleStore, SeriesMeta } from './candle-store';
import type { CachedSeries } from './core/coverage';
import { factsOfEntry, factsOfSeries, type SeriesEntry, type SeriesFacts } from './core/series-facts';
import { quarantineFile } from './quarantine';
import { ReadAhead } from './read-ahead';
import type { PendingSeries, WriteBehind } from './write-behind';

export interface SeriesStore extends Pick<
  CandleStore,
  'read' | 'peek' | 'write' | 'merge' | 'list' | 'folder'
> {
  entry(symbol: string, interval: Interval): Promise<SeriesEntry | undefined>;
}

export class SeriesAccess {
  private readonly logger = new Logger(SeriesAccess.name);
  private behind: WriteBehind | undefined;
  private readonly ahead: ReadAhead;

  constructor(private readonly store: SeriesStore) {
    this.ahead = new ReadAhead(store);
  }

  /** From now on `read` sees what waits there. */
  attach(behind: WriteBehind): void {
    this.behind = behind;
  }

  /** undefined when there is no usable file; a damaged one is in quarantine then. */
  async read(symbol: string, interval: Interval): Promise<CachedSeries | undefined> {
    return this.withPending(await this.readFile(symbol, interval), symbol, interval);
  }

  /** Begins to read what the first look will want; see ReadAhead. */
  readAhead(intervals: readonly Interval[], limit: number): void {
    void this.ahead.begin(intervals, limit);
  }

  endReadAhead(): void {
    this.ahead.end();
  }

  /** As `read`, but perhaps only the newest rows. */
  async readRecent(symbol: string, interval: Interval): Promise<CachedSeries | undefined> {
    const found = this.ahead.take(symbol, interval);
    if (found === undefined) return this.read(symbol, interval);
    return this.withPending(found === 'absent' ? undefined : found, symbol, interval);
  }

  /**
   * What there is to know of the series, from what is written down of it where that tells; whatever is wrong with its
   * file stays as it is. @throws AppError invalid, `STORE.DAMAGED`
   */
  async facts(symbol: string, interval: Interval): Promise<SeriesFacts | undefined> {
    const pending = this.behind?.peek(symbol, interval);
    const entry = await this.store.entry(symbol, interval);
    if (pending === undefined) {
      if (entry === undefined) return undefined;
      const facts = factsOfEntry(entry, interval);
      if (facts !== undefined) return facts;
    } else if (!(entry?.from !== undefined && entry.from < (pending.columns.openTime[0] ?? Infinity))) {
      return factsOfSeries(pending, interval);
    }
    const series = this.withPending(await this.store.peek(symbol, interval), symbol, interval);
    return series && factsOfSeries(series, interval);
  }

  /** Without known holes in the argument the file keeps its own, and gets `moreKnownHoles` besides. */
  async write(
    series: Omit<PendingSeries, 'knownHoles'> & Partial<PendingSeries> & Pick<SeriesMeta, 'moreKnownHoles'>,
  ): Promise<CandleColumns> {
    const { symbol, interval, columns, fresh, knownHoles, moreKnownHoles } = series;
    this.ahead.take(symbol, interval);
    const meta = { ...(knownHoles && { knownHoles }), ...(moreKnownHoles && { moreKnownHoles }) };
    try {
      return await this.store.merge(symbol, interval, fresh, meta);
    } catch (error) {
      if (!isAppError(error, 'STORE.DAMAGED')) throw error;
      await this.quarantine(symbol, interval, error);
      return this.store.merge(symbol, interval, columns, meta);
    }
  }

  list(): ReturnType<SeriesStore['list']> {
    return this.store.list();
  }

  private withPending(
    stored: CachedSeries | undefined,
    symbol: string,
    interval: Interval,
  ): CachedSeries | undefined {
    const pending = this.behind?.peek(symbol, interval);
    if (pending === undefined || stored === undefined) return pending ?? stored;
    return { ...pending, columns: mergeColumns(stored.columns, pending.columns) };
  }

  private async readFile(symbol: string, interval: Interval): Promise<CachedSeries | undefined> {
    try {
      return await this.store.read(symbol, interval);
    } catch (error) {
      if (!isAppError(error, 'STORE.DAMAGED')) throw error;
      await this.quarantine(symbol, interval, error);
      return undefined;
    }
  }

  private async quarantine(symbol: string, interval: Interval, reason: Error): Promise<void> {
    const path = join(this.store.folder, `${seriesKey(symbol, interval)}.parquet`);
    const moved = await quarantineFile(path, reason);
    if (moved !== undefined) this.logger.warn(`${path} is damaged and now ${moved.path}: ${reason.message}`);
  }
}
