/**
 * The live candles of one symbol and interval: a columnar ring of the newest `capacity` closed candles. Appending
 * allocates nothing.
 */
import type { Candle } from './candle';
import {
  allocateColumns,
  CANDLE_FIELDS,
  type CandleColumns,
  type CandleField,
  tailColumns,
} from './candle-columns';
import { intervalMs, type Interval } from './interval';
import type { UtcMs } from './time';

/** What became of an offered candle: only `appended` changes the series. */
export type AppendResult = 'appended' | 'duplicate' | 'hole' | 'misaligned';

export class CandleSeries {
  private readonly ring: CandleColumns;
  private start = 0;
  private count = 0;
  private loaded = 0;

  constructor(
    readonly symbol: string,
    readonly interval: Interval,
    readonly capacity: number,
  ) {
    this.ring = allocateColumns(capacity);
  }

  get length(): number {
    return this.count;
  }

  /** How often it was loaded: while that stays the same, candles were only added. */
  get loads(): number {
    return this.loaded;
  }

  /** Open time of the oldest candle; undefined while empty. */
  get firstOpenTime(): UtcMs | undefined {
    return this.count === 0 ? undefined : this.ring.openTime[this.start];
  }

  /** Open time of the newest candle; undefined while empty. */
  get lastOpenTime(): UtcMs | undefined {
    return this.count === 0 ? undefined : this.ring.openTime[this.slot(this.count - 1)];
  }

  /** Replaces everything by the newest `capacity` rows. */
  load(columns: CandleColumns): void {
    const kept = tailColumns(columns, this.capacity);
    this.ring.openTime.set(kept.openTime);
    for (const field of CANDLE_FIELDS) this.ring[field].set(kept[field]);
    this.start = 0;
    this.count = kept.length;
    this.loaded++;
  }

  /**
   * Takes the candle if it is the next one.
   * @param options.acceptHole the exchange has no candle in between: take it although it leaves a hole
   */
  append(candle: Candle, options: { acceptHole?: boolean } = {}): AppendResult {
    const step = intervalMs(this.interval);
    if (candle.openTime % step !== 0) return 'misaligned';
    const last = this.lastOpenTime;
    if (last !== undefined) {
      if (candle.openTime <= last) return 'duplicate';
      if (candle.openTime > last + step && options.acceptHole !== true) return 'hole';
    }
    this.push(candle);
    return 'appended';
  }

  /** Takes it unasked: who calls knows that it is aligned and later than the newest one. */
  push(candle: Candle): void {
    const slot = this.slot(this.count);
    if (this.count === this.capacity) this.start = this.start + 1 === this.capacity ? 0 : this.start + 1;
    else this.count++;
    this.ring.openTime[slot] = candle.openTime;
    this.ring.open[slot] = candle.open;
    this.ring.high[slot] = candle.high;
    this.ring.low[slot] = candle.low;
    this.ring.close[slot] = candle.close;
    this.ring.volume[slot] = candle.volume;
  }

  /** @param index 0 is the oldest; in [0, length) */
  at(index: number): Candle {
    const slot = this.slot(index);
    return {
      openTime: this.ring.openTime[slot]!,
      open: this.ring.open[slot]!,
      high: this.ring.high[slot]!,
      low: this.ring.low[slot]!,
      close: this.ring.close[slot]!,
      volume: this.ring.volume[slot]!,
    };
  }

  /** One number of a candle, without making the candle. @param index as of `at` */
  value(field: CandleField | 'openTime', index: number): number {
    return this.ring[field][this.slot(index)]!;
  }

  /** A copy of the newest `limit` candles, oldest first. */
  toColumns(limit = this.count): CandleColumns {
    const length = Math.min(Math.max(0, limit), this.count);
    const columns = allocateColumns(length);
    const from = this.slot(this.count - length);
    const head = Math.min(length, this.capacity - from);
    for (const field of ['openTime', ...CANDLE_FIELDS] as const) {
      columns[field].set(this.ring[field].subarray(from, from + head));
      columns[field].set(this.ring[field].subarray(0, length - head), head);
    }
    return columns;
  }

  private slot(index: number): number {
    const slot = this.start + index;
    return slot < this.capacity ? slot : slot - this.capacity;
  }
}
