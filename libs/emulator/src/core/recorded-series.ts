/** Recorded candles of one symbol and interval in columns: the numbers as recorded, and how many decimals they had. */
import {
  type Interval,
  intervalMs,
  type RecordedPrecision,
  recordedPrecision,
  type UtcMs,
} from '@slt/domain';
import { uniformAt } from './hash';
import { floorTo, type Precision, roundTo, type RowBuffer } from './row-buffer';

const { floor } = Math;

/** Names of the columns in the order of a recording; the last four are missing in plain recordings. */
export interface RecordedColumns {
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly extra?: {
    readonly quoteVolume: Float64Array;
    readonly trades: Float64Array;
    readonly takerBase: Float64Array;
    readonly takerQuote: Float64Array;
  };
}

const TRADE_SIZE = 700;

export class RecordedSeries {
  readonly length: number;
  readonly stepMs: number;

  /** @param columns ascending by open time, each once */
  constructor(
    readonly interval: Interval,
    private readonly columns: RecordedColumns,
    private readonly origin: { hash: number; precision: Precision },
  ) {
    this.length = columns.openTime.length;
    this.stepMs = intervalMs(interval);
  }

  get first(): UtcMs {
    return this.columns.openTime[0]!;
  }

  /** Open time of the last candle. */
  get last(): UtcMs {
    return this.columns.openTime[this.length - 1]!;
  }

  /** Decimals of tick and step: as a backtest of the same recording takes them. */
  precision(): RecordedPrecision {
    return recordedPrecision(this.columns);
  }

  openTimeAt(index: number): UtcMs | undefined {
    return this.columns.openTime[index];
  }

  closeAt(index: number): number {
    return this.columns.close[index]!;
  }

  /** Index of the first candle that opens at or after the instant; length if none does. */
  lowerBound(instant: UtcMs): number {
    const { openTime } = this.columns;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (openTime[middle]! < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Appends candles [start, end). */
  append(start: number, end: number, into: RowBuffer): void {
    if (end <= start) return;
    into.reserve(end - start);
    const { columns } = this;
    const at = into.length;
    for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const) {
      into[name].set(columns[name].subarray(start, end), at);
    }
    into.length += end - start;
    if (columns.extra === undefined) return this.deriveExtra(start, end, into, at);
    for (const name of ['quoteVolume', 'trades', 'takerBase', 'takerQuote'] as const) {
      into[name].set(columns.extra[name].subarray(start, end), at);
    }
  }

  /** What a plain recording does not say, plausibly and always alike. */
  private deriveExtra(start: number, end: number, into: RowBuffer, at: number): void {
    const { hash, precision } = this.origin;
    for (let i = start, to = at; i < end; i++, to++) {
      const volume = into.volume[to]!;
      const average = (into.open[to]! + into.high[to]! + into.low[to]! + into.close[to]!) / 4;
      const taken = floorTo(volume * (0.35 + 0.3 * uniformAt(hash, into.openTime[to]!)), precision.quantity);
      into.quoteVolume[to] = roundTo(volume * average, precision.quote);
      into.trades[to] = volume === 0 ? 0 : 1 + floor((volume * average) / TRADE_SIZE);
      into.takerBase[to] = taken;
      into.takerQuote[to] = roundTo(taken * average, precision.quote);
    }
  }
}
