/** The long history of one symbol: what is missing is found, fetched unit by unit, and stored in growing batches. */
import {
  type AppError,
  type CandleColumns,
  countOpenTimes,
  EMPTY_COLUMNS,
  findHoles,
  type Hole,
  type Interval,
  isAppError,
  mergeColumns,
  rangeOfColumns,
  toAppError,
  type UtcMs,
} from '@slt/domain';
import { type ArchiveDownloadOptions, downloadCandles } from './archive-download';
import type { ArchiveProgress } from './archive-progress';
import type { ArchiveSyncOptions } from './archive-sync';
import { type ArchiveUnit, clip, daysOfMonth, planArchive } from './core/archive-plan';
import { countMissing, subtractHoles, uniteHoles } from './core/coverage';
import { pageWeight } from './core/page-planner';
import { verifyRows } from './core/verify-rows';
import { quarantineFile } from './quarantine';
import { fetchHoles, fetchPatiently } from './rest-pages';

export interface SeriesReport {
  /** Candles in the wanted range now. */
  readonly rows: number;
  /** Of those, new by this sync. */
  readonly added: number;
  /** Files taken from the archive. */
  readonly downloads: number;
  readonly bytes: number;
  /** By REST. */
  readonly requests: number;
  readonly weight: number;
  /** What neither the archive nor REST has, from the first candle on. */
  readonly gaps: readonly Hole[];
  /** What was not as it should be, in words; the candles came from elsewhere or are among the gaps. */
  readonly problems: readonly string[];
}

export interface SeriesTask {
  readonly symbol: string;
  readonly interval: Interval;
  readonly window: { readonly from: UtcMs; readonly to: UtcMs };
  readonly keep: number | undefined;
  readonly signal: AbortSignal | undefined;
}

interface SeriesTools extends Omit<ArchiveSyncOptions, 'fetch' | 'retryMs'> {
  readonly fetch: typeof fetch;
  readonly retryMs: number;
  /** Downloads under way at once for this symbol. */
  readonly ahead: number;
  readonly progress: ArchiveProgress;
}

/** A batch grows with the file, so that the file is not written over and over. */
const MIN_BATCH_ROWS = 100_000;
const MAX_BATCH_MS = 15_000;
const DOWNLOAD_ATTEMPTS = 3;
/** Beyond this a problem of the same kind is only counted. */
const MAX_PROBLEMS = 20;

export class ArchiveSeries {
  private stored: CandleColumns = EMPTY_COLUMNS;
  private batch: CandleColumns = EMPTY_COLUMNS;
  private batchSince = 0;
  private knownHoles: readonly Hole[] = [];
  private storedHoles: readonly Hole[] = this.knownHoles;
  /** Candles not found yet, nor known not to exist. */
  private unsettled = 0;
  private readonly report = { downloads: 0, bytes: 0, requests: 0, weight: 0 };
  private readonly problems: string[] = [];
  private listed = true;

  constructor(
    private readonly task: SeriesTask,
    private readonly tools: SeriesTools,
  ) {}

  async sync(): Promise<SeriesReport> {
    const { window, interval } = this.task;
    await this.load();
    const before = this.missing(window);
    const had = this.rowsInside();
    this.unsettled = countMissing(before);
    const wanted = countOpenTimes(window.from, window.to, interval);
    this.tools.progress.begin(wanted, wanted - this.unsettled);
    try {
      if (before.length > 0) await this.fill(before);
    } finally {
      await this.flush();
      this.settle(this.unsettled);
    }
    const rows = this.rowsInside();
    return { rows, added: rows - had, ...this.report, gaps: this.gaps(), problems: this.problems };
  }

  private async fill(before: readonly Hole[]): Promise<void> {
    const { window, interval } = this.task;
    const begin = await this.firstOpenTime(before[0]!.from);
    const missing = clip(before, { from: begin, to: window.to }, interval);
    this.settle(this.unsettled - countMissing(missing));
    const plan = planArchive(missing, { interval, window, now: this.tools.clock.now() });
    await this.fetchRest(plan.rest);
    await this.fetchUnits(plan.units, missing);
    await this.flush();
    await this.fetchRest(this.missing({ from: begin, to: window.to }), { areLeftovers: true });
  }

  /** Where the exchange's candles begin, at or after the instant: nothing older is worth a request. */
  private async firstOpenTime(from: UtcMs): Promise<UtcMs> {
    const { symbol, interval, window } = this.task;
    try {
      const first = await fetchPatiently(
        { symbol, interval, startTime: from, endTime: window.to, limit: 1 },
        this.rest,
      );
      this.count(pageWeight(1));
      if (first.length === 0) this.note('the exchange has no candles in this range');
      return first.openTime[0] ?? Infinity;
    } catch (error) {
      if (!isAppError(error) || error.kind !== 'not-found') throw error;
      this.listed = false; // delisted: the archive may have it all the same
      return from;
    }
  }

  /** Newest first; downloads run ahead, their candles are taken in order. */
  private async fetchUnits(units: readonly ArchiveUnit[], missing: readonly Hole[]): Promise<void> {
    const queue = [...units];
    const running: { unit: ArchiveUnit; result: Promise<Settled> }[] = [];
    for (;;) {
      this.task.signal?.throwIfAborted();
      while (running.length < this.tools.ahead && queue.length > 0) {
        const unit = queue.shift()!;
        running.push({ unit, result: this.download(unit) });
      }
      const next = running.shift();
      if (next === undefined) return;
      const { candles, absent, problem } = await next.result;
      if (problem !== undefined) this.note(problem.message);
      if (candles !== undefined) await this.take(candles, next.unit);
      else if (absent !== true) throw problem;
      else if (next.unit.kind === 'month')
        queue.unshift(...daysOfMonth(next.unit, missing, this.task.interval));
    }
  }

  /** Never rejects: a failure waits for its turn. */
  private async download(unit: ArchiveUnit): Promise<Settled> {
    const { symbol, interval, signal } = this.task;
    const { archiveUrl, fetch, retryMs } = this.tools;
    const options: ArchiveDownloadOptions = {
      archiveUrl,
      fetch,
      signal,
      retryMs,
      attempts: DOWNLOAD_ATTEMPTS,
    };
    try {
      const file = await downloadCandles({ symbol, interval, unit }, options);
      if (file === undefined) return { absent: true };
      this.report.downloads++;
      this.report.bytes += file.bytes;
      if (file.malformed > 0) this.note(`${unit.period}: ${file.malformed} lines are no candles`);
      this.tools.progress.advance(0, file.bytes);
      return { candles: file.columns };
    } catch (error) {
      if (!isAppError(error)) return { problem: toAppError(error, 'ARCHIVE.FAILED') };
      return error.code === 'ARCHIVE.CORRUPT' ? { absent: true, problem: error } : { problem: error };
    }
  }

  private async take(candles: CandleColumns, unit: ArchiveUnit): Promise<void> {
    const { interval, window } = this.task;
    const period = { from: Math.max(unit.from, window.from), to: Math.min(unit.to, window.to) };
    const sound = verifyRows(candles, interval, period);
    const lost = countMissing(findHoles(sound, interval, unit.from, unit.to));
    if (lost > 0) this.note(`${unit.period}: the archive's file lacks ${lost} candles`);
    await this.add(sound);
  }

  private async fetchRest(holes: readonly Hole[], { areLeftovers = false } = {}): Promise<void> {
    const { symbol, interval, window } = this.task;
    if (holes.length === 0 || !this.listed) return;
    const found = await fetchHoles({ symbol, interval, holes }, this.rest, (weight) => this.count(weight));
    const sound = verifyRows(found, interval, window);
    await this.add(sound);
    // The newest may only be late; what is older will not come any more.
    const settled = holes.filter((hole) => hole.to < window.to || areLeftovers);
    const absent = settled.flatMap((hole) =>
      findHoles(sound, interval, hole.from, Math.min(hole.to, window.to)),
    );
    const explained = absent.filter((hole) => hole.to < window.to);
    if (explained.length > 0) this.knownHoles = uniteHoles(this.knownHoles, explained, interval);
  }

  private async add(columns: CandleColumns): Promise<void> {
    if (columns.length === 0) return;
    if (this.batch.length === 0) this.batchSince = performance.now();
    const had = this.batch.length;
    this.batch = mergeColumns(this.batch, columns);
    this.settle(this.batch.length - had);
    const isLarge = this.batch.length >= Math.max(MIN_BATCH_ROWS, this.stored.length / 4);
    if (isLarge || performance.now() - this.batchSince > MAX_BATCH_MS) await this.flush();
  }

  private async flush(): Promise<void> {
    const { symbol, interval, keep } = this.task;
    const { batch } = this;
    const all = this.stored.length + batch.length;
    if (all === 0 || (batch.length === 0 && this.knownHoles === this.storedHoles)) return;
    this.batch = EMPTY_COLUMNS;
    this.storedHoles = this.knownHoles;
    this.stored = await this.tools.store.merge(symbol, interval, batch, {
      knownHoles: this.knownHoles,
      keep: keep ?? all,
    });
  }

  private async load(): Promise<void> {
    const { symbol, interval } = this.task;
    try {
      const found = await this.tools.store.read(symbol, interval);
      this.stored = found?.columns ?? EMPTY_COLUMNS;
      this.knownHoles = this.storedHoles = found?.knownHoles ?? [];
    } catch (error) {
      if (!isAppError(error, 'STORE.DAMAGED')) throw error;
      await quarantineFile(this.tools.store.pathOf(symbol, interval), error);
      this.note(error.message);
    }
  }

  /** Without what is known not to exist. */
  private missing(window: { from: UtcMs; to: UtcMs }): Hole[] {
    return subtractHoles(this.allMissing(window), this.knownHoles, this.task.interval);
  }

  private allMissing({ from, to }: { from: UtcMs; to: UtcMs }): Hole[] {
    return findHoles(this.stored, this.task.interval, from, to);
  }

  private rowsInside(): number {
    return rangeOfColumns(this.stored, this.task.window.from, this.task.window.to).length;
  }

  private settle(candles: number): void {
    const settled = Math.min(candles, this.unsettled);
    this.unsettled -= settled;
    if (settled > 0) this.tools.progress.advance(settled);
  }

  private gaps(): Hole[] {
    const { window } = this.task;
    const first = this.stored.openTime[0];
    return first === undefined ? [] : this.allMissing({ from: Math.max(window.from, first), to: window.to });
  }

  private count(weight: number): void {
    this.report.requests++;
    this.report.weight += weight;
  }

  private note(problem: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }

  private get rest(): {
    fetchPage: ArchiveSyncOptions['fetchPage'];
    signal: AbortSignal | undefined;
    retryMs: number;
  } {
    const { fetchPage, retryMs } = this.tools;
    return { fetchPage, retryMs, signal: this.task.signal };
  }
}

interface Settled {
  readonly candles?: CandleColumns;
  readonly absent?: boolean;
  readonly problem?: AppError;
}
