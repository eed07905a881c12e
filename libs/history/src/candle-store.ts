/**
 * The candle cache: one Parquet file and one side-car for each series, under DATA_DIR. What is read was verified byte
 * for byte before it was parsed; what is written is whole or not there, also after kill -9.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  AppError,
  type CandleColumns,
  type Clock,
  EMPTY_COLUMNS,
  type Hole,
  type Interval,
  intervalMs,
  mergeColumns,
  parseSeriesKey,
  seriesKey,
  tailColumns,
} from '@slt/domain';
import { columnsProblem } from './core/columns-problem';
import { uniteHoles } from './core/coverage';
import {
  entryOf,
  type Generation,
  readGeneration,
  readSettled,
  stored,
  type StoredSeries,
} from './generation';
import { quarantineFile } from './quarantine';
import {
  FolderFlusher,
  readSideCar,
  replacePair,
  SERIES_SUFFIX,
  sweepFolder,
  withSeriesLock,
} from './series-files';
import type { SideCarEntry } from './side-car';
import { VerifiedEntries } from './verified-entries';

export interface SeriesMeta {
  /** Replaces what is remembered; without it `merge` keeps what the file has. */
  readonly knownHoles?: readonly Hole[];
  /** `merge` remembers these as well. */
  readonly moreKnownHoles?: readonly Hole[];
  /** Candles to keep in this file, now and later, when more than HISTORY_KEEP. */
  readonly keep?: number;
}

export interface CandleStoreOptions {
  /** DATA_DIR. */
  readonly folder: string;
  /** The market whose candles these are; files of another are moved aside. */
  readonly source: string;
  /** HISTORY_KEEP: older candles are dropped at the next write. */
  readonly keep: number;
  readonly clock: Clock;
}

/** Native memory is given back only when the event loop turns. */
const OPERATIONS_PER_TURN = 10;

export class CandleStore {
  readonly folder: string;
  private readonly flusher: FolderFlusher;
  private readonly queues = new Map<string, Promise<unknown>>();
  private readonly entries = new VerifiedEntries();
  private operations = 0;
  private isSwept = false;

  constructor(private readonly options: CandleStoreOptions) {
    this.folder = resolve(options.folder);
    this.flusher = new FolderFlusher(this.folder);
  }

  /** Where the series is or would be. */
  pathOf(symbol: string, interval: Interval): string {
    return join(this.folder, `${seriesKey(symbol, interval)}${SERIES_SUFFIX}`);
  }

  /**
   * @returns undefined when there is no file of this market; one of another market is in quarantine then
   * @throws AppError invalid, `STORE.DAMAGED`
   */
  async read(symbol: string, interval: Interval): Promise<StoredSeries | undefined> {
    await this.turn();
    const path = this.pathOf(symbol, interval);
    const found = await readSettled(path);
    if (found === undefined) return undefined;
    if (found.entry.source !== this.options.source) {
      await this.exclusively(path, () => this.expelForeign(path));
      return undefined;
    }
    return stored(path, interval, found);
  }

  /** As `read`, but a file of another market stays where it is. */
  async peek(symbol: string, interval: Interval): Promise<StoredSeries | undefined> {
    await this.turn();
    const path = this.pathOf(symbol, interval);
    const found = await readSettled(path);
    return found?.entry.source === this.options.source ? stored(path, interval, found) : undefined;
  }

  /**
   * What is written down of a file of this market whose bytes are as written; its candles are not looked at.
   * @throws AppError invalid, `STORE.DAMAGED`
   */
  async entry(symbol: string, interval: Interval): Promise<SideCarEntry | undefined> {
    await this.turn();
    const entry = await this.entries.of(this.pathOf(symbol, interval));
    return entry?.source === this.options.source ? entry : undefined;
  }

  /**
   * Replaces the file by the newest rows. What was there and is damaged or of another market goes to quarantine.
   * @throws AppError invalid, `STORE.REFUSED`, for columns that are no series
   */
  async write(
    symbol: string,
    interval: Interval,
    columns: CandleColumns,
    meta: SeriesMeta = {},
  ): Promise<void> {
    this.refuseUnsound(symbol, interval, columns);
    await this.turn();
    const path = this.pathOf(symbol, interval);
    await this.exclusively(path, async () => {
      const before = await this.clearWay(path);
      await this.replace({ path, symbol, interval }, columns, { meta, before });
    });
  }

  /**
   * Adds rows to the file; where both have an open time the fresh row stays.
   * @returns what the file holds now
   * @throws AppError invalid, `STORE.DAMAGED`, `STORE.REFUSED`
   */
  async merge(
    symbol: string,
    interval: Interval,
    fresh: CandleColumns,
    meta: SeriesMeta = {},
  ): Promise<CandleColumns> {
    this.refuseUnsound(symbol, interval, fresh);
    await this.turn();
    const path = this.pathOf(symbol, interval);
    return this.exclusively(path, async () => {
      await this.expelForeign(path);
      const before = readGeneration(path);
      const old = before === undefined ? undefined : stored(path, interval, before);
      const merged = mergeColumns(old?.columns ?? EMPTY_COLUMNS, fresh);
      const remembered = meta.knownHoles ?? old?.knownHoles ?? [];
      const knownHoles = uniteHoles(remembered, meta.moreKnownHoles ?? [], interval);
      return this.replace({ path, symbol, interval }, merged, { meta: { ...meta, knownHoles }, before });
    });
  }

  /** Every series file by its name, whole or not, in the order of names. */
  list(): Promise<{ symbol: string; interval: Interval; path: string }[]> {
    const found = this.names().flatMap((name) => {
      const key = name.endsWith(SERIES_SUFFIX)
        ? parseSeriesKey(name.slice(0, -SERIES_SUFFIX.length))
        : undefined;
      return key === undefined ? [] : [{ ...key, path: join(this.folder, name) }];
    });
    return Promise.resolve(found);
  }

  private names(): string[] {
    try {
      return readdirSync(this.folder).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  private async replace(
    series: { path: string; symbol: string; interval: Interval },
    columns: CandleColumns,
    context: { meta: SeriesMeta; before: Generation | undefined },
  ): Promise<CandleColumns> {
    const { path, symbol, interval } = series;
    const { meta, before } = context;
    const asked = Math.max(meta.keep ?? 0, before?.entry.keep ?? 0);
    const kept = tailColumns(columns, Math.max(asked, this.options.keep));
    await replacePair(path, kept, (file) => ({
      symbol,
      interval,
      ...file,
      rows: kept.length,
      ...(kept.length > 0 && { from: kept.openTime[0]!, to: kept.openTime[kept.length - 1]! }),
      source: this.options.source,
      knownHoles: holesAround(meta.knownHoles ?? [], kept, interval),
      writtenAt: this.options.clock.now(),
      ...(asked > this.options.keep && { keep: asked }),
      ...(before !== undefined && { previous: entryOf(before.entry) }),
    }));
    await this.flusher.flush();
    return kept;
  }

  private async clearWay(path: string): Promise<Generation | undefined> {
    await this.expelForeign(path);
    try {
      return readGeneration(path);
    } catch (error) {
      await quarantineFile(path, error);
      return undefined;
    }
  }

  private async expelForeign(path: string): Promise<void> {
    const sideCar = readSideCar(path);
    if (sideCar === undefined || sideCar.source === this.options.source) return;
    await quarantineFile(path, {
      code: 'STORE.FOREIGN',
      message: `its candles come from ${sideCar.source}, this market is ${this.options.source}`,
    });
  }

  private refuseUnsound(symbol: string, interval: Interval, columns: CandleColumns): void {
    const problem = columnsProblem(columns, interval);
    if (problem === undefined) return;
    throw new AppError('invalid', 'STORE.REFUSED', `${symbol} ${interval}: ${problem}`);
  }

  /** One writer at a time: in this process by a queue, among processes by a lock file. */
  private async exclusively<T>(path: string, work: () => Promise<T>): Promise<T> {
    this.prepareFolder(path);
    const before = this.queues.get(path) ?? Promise.resolve();
    const mine = before
      .then(() => withSeriesLock(path, work))
      .catch((error: unknown) => {
        throw writeError(path, error);
      });
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    this.queues.set(path, settled);
    void settled.then(() => {
      if (this.queues.get(path) === settled) this.queues.delete(path);
    });
    return mine;
  }

  private prepareFolder(path: string): void {
    if (this.isSwept) return;
    try {
      mkdirSync(this.folder, { recursive: true });
      sweepFolder(this.folder);
    } catch (error) {
      throw writeError(path, error);
    }
    this.isSwept = true;
  }

  private async turn(): Promise<void> {
    if (++this.operations % OPERATIONS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Disk full, no permission and the like: may work again later. */
function writeError(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError(
    'transient',
    'STORE.UNWRITABLE',
    `${path} cannot be written: ${(error as Error).message}`,
    {
      cause: error,
    },
  );
}

/** Holes before the oldest candle have no meaning any more, except that it is the first one ever. */
function holesAround(holes: readonly Hole[], columns: CandleColumns, interval: Interval): Hole[] {
  const oldest = columns.openTime[0];
  return oldest === undefined ? [] : holes.filter((hole) => hole.to >= oldest - intervalMs(interval));
}
