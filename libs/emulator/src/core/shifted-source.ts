/**
 * Candles with prices moved by a factor for a time: a jump that never was in the generated or recorded market. Whole base
 * candles are moved, so that every longer candle, the book, the mark price and the fundings made of them agree.
 */
import { type Interval, intervalMs, type UtcMs } from '@slt/domain';
import type { MarketInterval } from './market';
import { bucketOf, stepBucket } from './market-interval';
import { foldRows, type Precision, roundTo, RowBuffer } from './row-buffer';
import type { BaseRow, RowSource } from './row-source';

export interface Shift {
  readonly factor: number;
  /** Open time of the first candle that is moved. */
  readonly from: UtcMs;
  /** Open time of the first one that is not any more; Infinity: all later ones are. */
  readonly until: UtcMs;
}

const parts = new RowBuffer(256);

export class ShiftedSource implements RowSource {
  readonly base: Interval;
  readonly precision: Precision;

  /** @param shifts where they overlap, their factors multiply */
  constructor(
    private readonly inner: RowSource,
    private readonly shifts: readonly Shift[],
  ) {
    this.base = inner.base;
    this.precision = inner.precision;
  }

  read(interval: MarketInterval, from: UtcMs, to: UtcMs, into: RowBuffer): void {
    if (interval === this.base) return this.readBase(from, to, into);
    // Runs of untouched candles are read in one go, touched ones are made of their base candles.
    let untouchedFrom: UtcMs | undefined;
    for (let open = from; open <= to; open = stepBucket(open, interval, 1)) {
      if (!this.touches(open, stepBucket(open, interval, 1))) {
        untouchedFrom ??= open;
        continue;
      }
      if (untouchedFrom !== undefined) {
        this.inner.read(interval, untouchedFrom, stepBucket(open, interval, -1), into);
        untouchedFrom = undefined;
      }
      this.fold(interval, open, into);
    }
    if (untouchedFrom !== undefined) this.inner.read(interval, untouchedFrom, to, into);
  }

  readSpan(interval: MarketInterval, from: UtcMs, until: UtcMs, into: RowBuffer): void {
    if (!this.touches(from, until)) return this.inner.readSpan(interval, from, until, into);
    this.readBase(from, until - intervalMs(this.base), into);
  }

  seek(interval: MarketInterval, instant: UtcMs): UtcMs | undefined {
    return this.inner.seek(interval, instant);
  }

  seekBack(interval: MarketInterval, instant: UtcMs): UtcMs | undefined {
    return this.inner.seekBack(interval, instant);
  }

  baseRow(openTime: UtcMs): BaseRow | undefined {
    const row = this.inner.baseRow(openTime);
    const factor = this.factorAt(openTime);
    const priorFactor = this.factorAt(openTime - intervalMs(this.base));
    if (row === undefined || (factor === 1 && priorFactor === 1)) return row;
    const rows = new RowBuffer(1);
    rows.append(row.rows, row.at, row.at + 1);
    this.move(rows, 0);
    // In a candle without trades nothing moves: it stays at the close before, wherever that was moved to.
    const isEmpty = rows.trades[0] === 0;
    const prior = this.price(row.priorClose, isEmpty ? factor : priorFactor);
    return { rows, at: 0, priorClose: prior };
  }

  private readBase(from: UtcMs, to: UtcMs, into: RowBuffer): void {
    const start = into.length;
    this.inner.read(this.base, from, to, into);
    for (let at = start; at < into.length; at++) this.move(into, at);
  }

  private fold(interval: MarketInterval, openTime: UtcMs, into: RowBuffer): void {
    const until = stepBucket(openTime, interval, 1);
    this.readBase(bucketOf(openTime, this.base), until - intervalMs(this.base), parts.clear());
    foldRows(parts, { start: 0, end: parts.length, openTime }, into, this.precision);
  }

  private move(rows: RowBuffer, at: number): void {
    const factor = this.factorAt(rows.openTime[at]!);
    if (factor === 1) return;
    for (const column of [rows.open, rows.high, rows.low, rows.close]) {
      column[at] = this.price(column[at]!, factor);
    }
    for (const column of [rows.quoteVolume, rows.takerQuote]) {
      column[at] = roundTo(column[at]! * factor, this.precision.quote);
    }
  }

  /** Never 0: one unit of the last decimal at least. */
  private price(value: number, factor: number): number {
    if (factor === 1) return value;
    return Math.max(10 ** -this.precision.price, roundTo(value * factor, this.precision.price));
  }

  private touches(from: UtcMs, until: UtcMs): boolean {
    return this.shifts.some((shift) => shift.from < until && shift.until > from);
  }

  private factorAt(openTime: UtcMs): number {
    let factor = 1;
    for (const shift of this.shifts) {
      if (openTime >= shift.from && openTime < shift.until) factor *= shift.factor;
    }
    return factor;
  }
}
