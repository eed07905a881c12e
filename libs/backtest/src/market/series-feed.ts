/**
 * The candles of one symbol, file after file, a batch at a time: what is held in memory does not grow with what is read.
 * A hole is noted, and what follows it is the next candle; a row that is out of order ends the reading.
 */
import {
  AppError,
  type CandleColumns,
  copyColumns,
  EMPTY_COLUMNS,
  type Hole,
  type Interval,
  intervalMs,
  PRECISION_CANDLES,
  sliceColumns,
  type UtcMs,
} from '@slt/domain';
import { type CandleBatch, OpenTimes } from '@slt/integrity';

export interface SourceOptions {
  readonly signal?: AbortSignal;
}

/** Reads one file, as `readCandleFile` does. */
export type CandleSource = (file: string, options: SourceOptions) => AsyncIterable<CandleBatch>;

export interface FeedOptions {
  readonly interval: Interval;
  /** Open times in [from, to); what lies outside is passed over. */
  readonly from: UtcMs;
  readonly to: UtcMs;
  readonly read: CandleSource;
  readonly signal?: AbortSignal;
}

export interface SeriesHoles {
  readonly count: number;
  readonly missing: number;
  /** The first ones. */
  readonly holes: readonly Hole[];
}

export class SeriesFeed {
  /** The present batch; all of it in order, and within from and to. */
  columns: CandleColumns = EMPTY_COLUMNS;
  /** The first candles of the first file, wherever the span begins. */
  head: CandleColumns = EMPTY_COLUMNS;
  private placeOf: (index: number) => string = () => 'row 1';
  private file = '';
  private readonly times: OpenTimes;
  private readonly batches: AsyncIterator<void>;

  constructor(
    readonly symbol: string,
    private readonly files: readonly string[],
    private readonly options: FeedOptions,
  ) {
    this.times = new OpenTimes(options.interval);
    this.batches = this.read();
  }

  /**
   * The next batch takes the place of the present one.
   * @returns false: there is none
   * @throws AppError of the file; invalid, `CANDLES.ROW`, `BACKTEST.FILES`
   */
  async advance(): Promise<boolean> {
    const { done } = await this.batches.next();
    if (done === true) this.columns = EMPTY_COLUMNS;
    return done !== true;
  }

  get holes(): SeriesHoles {
    const { holeCount, missing, holes } = this.times;
    return { count: holeCount, missing, holes };
  }

  /** Lets go of what is open. */
  async close(): Promise<void> {
    await this.batches.return?.();
  }

  /** About a row of the present batch. */
  rowError(index: number, problem: string, cause?: unknown): AppError {
    const message = `${this.file}: ${this.placeOf(index)}: ${problem}`;
    return new AppError('invalid', 'CANDLES.ROW', message, { cause });
  }

  private async *read(): AsyncGenerator<void> {
    const { read, signal, to } = this.options;
    for (const file of this.files) {
      this.file = file;
      const before = { first: this.times.first, last: this.times.last };
      let isHead = true;
      for await (const batch of read(file, signal === undefined ? {} : { signal })) {
        if (this.head.length === 0)
          this.head = copyColumns(sliceColumns(batch.columns, 0, PRECISION_CANDLES));
        if (isHead) this.checkOrder(batch.columns.openTime[0]!, before.first);
        isHead = false;
        this.take(batch, before.last);
        if (this.columns.length > 0) yield;
        if (batch.columns.openTime[batch.columns.length - 1]! >= to) break;
      }
    }
  }

  /** Files are read in the order of their names: one that begins before the others would be lost. */
  private checkOrder(openTime: UtcMs, first: UtcMs | undefined): void {
    if (first === undefined || openTime >= first || first <= this.options.from) return;
    const message = `${this.file} begins before the files whose names come before its own; rename them so that they sort by time`;
    throw new AppError('invalid', 'BACKTEST.FILES', message);
  }

  /** @param known open time up to which earlier files have told: repeated rows of this one are passed over */
  private take({ columns, placeOf }: CandleBatch, known: UtcMs = -Infinity): void {
    const { from, to, interval } = this.options;
    const step = intervalMs(interval);
    let start = 0;
    while (start < columns.length && (columns.openTime[start]! < from || columns.openTime[start]! <= known))
      start++;
    this.placeOf = (index) => placeOf(start + index);
    let end = start;
    for (; end < columns.length && columns.openTime[end]! < to; end++) {
      const openTime = columns.openTime[end]!;
      // One that follows an aligned one at the step is aligned: a remainder of floats takes its time.
      const isAligned = openTime - (this.times.last ?? NaN) === step || openTime % step === 0;
      const problem = isAligned
        ? this.times.take(openTime)
        : `the open time ${openTime} is none of ${interval}`;
      if (problem !== undefined) throw this.rowError(end - start, problem);
    }
    this.columns = sliceColumns(columns, start, end);
  }
}
