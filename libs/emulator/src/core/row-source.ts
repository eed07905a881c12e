/** Where a symbol's candles come from: the generator or a recording. Both know the whole truth; look-ahead ends above. */
import type { Interval, UtcMs } from '@slt/domain';
import type { MarketInterval } from './market';
import type { Precision, RowBuffer } from './row-buffer';

export interface RowSource {
  /** What all candles are made of. */
  readonly base: Interval;
  readonly precision: Precision;
  /** Appends all rows of the interval that open in [from, to]; both are open times, both belong to it. */
  read(interval: MarketInterval, from: UtcMs, to: UtcMs, into: RowBuffer): void;
  /**
   * Appends rows that together cover [from, until), ascending and without overlap, each of any length that fits; both
   * are open times of the base interval.
   */
  readSpan(interval: MarketInterval, from: UtcMs, until: UtcMs, into: RowBuffer): void;
  /** Open time of the first row at or after the instant; undefined if there is none. */
  seek(interval: MarketInterval, instant: UtcMs): UtcMs | undefined;
  /** Open time of the last row at or before the instant; undefined if there is none. */
  seekBack(interval: MarketInterval, instant: UtcMs): UtcMs | undefined;
  /** The base candle that opens then, whole, with the close before it. */
  baseRow(openTime: UtcMs): BaseRow | undefined;
}

export interface BaseRow {
  readonly rows: RowBuffer;
  readonly at: number;
  /** Close of the candle before; the open of the first one. */
  readonly priorClose: number;
}

/** When a symbol trades: [start, end). */
export interface Life {
  readonly start: UtcMs;
  end: UtcMs;
}
