/** The part of CandleStore that history uses, without a disk. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AppError,
  type CandleColumns,
  type Clock,
  EMPTY_COLUMNS,
  type Hole,
  type Interval,
  mergeColumns,
  seriesKey,
  type UtcMs,
} from '@slt/domain';

interface Stored {
  readonly symbol: string;
  readonly interval: Interval;
  readonly columns: CandleColumns;
  readonly knownHoles: Hole[];
  readonly writtenAt: UtcMs;
}

export class MemoryStore {
  readonly files = new Map<string, Stored>();
  readonly damaged = new Set<string>();
  writes = 0;
  failWrites = 0;

  constructor(
    private readonly clock: Clock,
    readonly folder = join(tmpdir(), 'slt-no-such-folder'),
  ) {}

  async read(
    symbol: string,
    interval: Interval,
  ): Promise<{ columns: CandleColumns; writtenAt: UtcMs; knownHoles: Hole[] } | undefined> {
    if (this.damaged.has(seriesKey(symbol, interval)))
      throw new AppError('invalid', 'STORE.DAMAGED', 'the checksum is wrong');
    return this.files.get(seriesKey(symbol, interval));
  }

  async peek(symbol: string, interval: Interval): Promise<Stored | undefined> {
    return this.read(symbol, interval) as Promise<Stored | undefined>;
  }

  async entry(
    symbol: string,
    interval: Interval,
  ): Promise<
    { rows: number; from?: UtcMs; to?: UtcMs; writtenAt: UtcMs; knownHoles: readonly Hole[] } | undefined
  > {
    const stored = await this.read(symbol, interval);
    if (stored === undefined) return undefined;
    const { openTime, length: rows } = stored.columns;
    const ends = rows === 0 ? {} : { from: openTime[0]!, to: openTime[rows - 1]! };
    return { ...stored, rows, ...ends };
  }

  async write(
    symbol: string,
    interval: Interval,
    columns: CandleColumns,
    meta?: { knownHoles?: Hole[] },
  ): Promise<void> {
    if (this.failWrites-- > 0) throw new AppError('transient', 'STORE.FULL', 'no space left');
    this.writes++;
    const key = seriesKey(symbol, interval);
    const knownHoles = meta?.knownHoles ?? this.files.get(key)?.knownHoles ?? [];
    this.files.set(key, { symbol, interval, columns, knownHoles, writtenAt: this.clock.now() });
  }

  async merge(
    symbol: string,
    interval: Interval,
    fresh: CandleColumns,
    meta?: { knownHoles?: Hole[] },
  ): Promise<CandleColumns> {
    const merged = mergeColumns((await this.read(symbol, interval))?.columns ?? EMPTY_COLUMNS, fresh);
    await this.write(symbol, interval, merged, meta);
    return merged;
  }

  async list(): Promise<{ symbol: string; interval: Interval; path: string }[]> {
    return [...this.files.values()].map(({ symbol, interval }) => ({
      symbol,
      interval,
      path: `${this.folder}/${seriesKey(symbol, interval)}.parquet`,
    }));
  }
}
