/** Reads and writes cached series: what waits for the disk first, damaged files moved aside. */
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { type CandleColumns, type Interval, isAppError, mergeColumns, seriesKey } from '@slt/domain';
import type { CandleStore, SeriesMeta } from './candle-store';
import type { CachedSeries } from './core/coverage';
import { quarantineFile } from './quarantine';
import { ReadAhead } from './read-ahead';
import type { PendingSeries, WriteBehind } from './write-behind';

export type SeriesStore = Pick<CandleStore, 'read' | 'peek' | 'write' | 'merge' | 'list' | 'folder'>;

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
    return found === undefined ? this.read(symbol, interval) : this.withPending(found, symbol, interval);
  }

  /** As `read`, but a damaged file stays where it is. @throws AppError invalid, `STORE.DAMAGED` */
  async inspect(symbol: string, interval: Interval): Promise<CachedSeries | undefined> {
    return this.withPending(await this.store.read(symbol, interval), symbol, interval);
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
