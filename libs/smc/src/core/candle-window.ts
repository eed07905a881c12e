/**
 * The candle that is being worked on, and a ring of the last ones. All detectors read it here: numbers handed from
 * call to call would be boxed, numbers in fields and columns are not.
 */
import type { Candle, CandleColumns, DurationMs, UtcMs } from '@slt/domain';
import { MAX_INDEX, MAX_TIME } from './limits';
import type { SnapshotReader } from './snapshot-reader';

const OPEN_TIME = 0;
const HIGH = 1;
const LOW = 2;
const VOLUME = 3;
const WIDTH = 4;

export class CandleWindow {
  /** Count of candles before the present one; −1 before the first. */
  index = -1;
  openTime: UtcMs = -1;
  high = NaN;
  low = NaN;
  close = NaN;
  volume = NaN;
  /** Close of the candle before; NaN at the first, so that it crosses nothing. */
  previousClose = NaN;
  /** Greatest of high − low and the distances from the previous close to either. */
  trueRange = NaN;

  /** What zones and pools compare with their keys: low, −high, close, −close. */
  readonly prices = [0.5, 0.5, 0.5, 0.5];
  /** The ring's length less one, in candles; at least the last `reach` before the present one are in it. */
  readonly mask: number;
  /** Open time, high, low and volume of each candle, side by side. */
  private readonly ring: Float64Array;
  /** 1 where the range was so large that an order block avoids the candle. */
  private readonly volatile: Uint8Array;

  /** @param reach how many candles before the present one are asked for */
  constructor(
    readonly reach: number,
    readonly intervalMs: DurationMs,
  ) {
    // Room for as many again, so that searches for order blocks may lag behind.
    const capacity = 2 ** Math.ceil(Math.log2(2 * (reach + 1)));
    const buffer = new ArrayBuffer(capacity * (8 * WIDTH + 1));
    this.mask = capacity - 1;
    this.ring = new Float64Array(buffer, 0, capacity * WIDTH);
    this.volatile = new Uint8Array(buffer, 8 * capacity * WIDTH);
  }

  openTimeAt(index: number): UtcMs {
    return this.ring[(index & this.mask) * WIDTH + OPEN_TIME]!;
  }

  highAt(index: number): number {
    return this.ring[(index & this.mask) * WIDTH + HIGH]!;
  }

  lowAt(index: number): number {
    return this.ring[(index & this.mask) * WIDTH + LOW]!;
  }

  volumeAt(index: number): number {
    return this.ring[(index & this.mask) * WIDTH + VOLUME]!;
  }

  isVolatileAt(index: number): boolean {
    return this.volatile[index & this.mask] === 1;
  }

  /** Makes the candle, which must be sound, the present one. */
  accept(candle: Candle): void {
    this.previousClose = this.close;
    // + 0 makes a zero of a negative zero, which JSON does not know.
    this.openTime = candle.openTime + 0;
    this.high = candle.high + 0;
    this.low = candle.low + 0;
    this.close = candle.close + 0;
    this.volume = candle.volume + 0;
    this.enter();
  }

  /** The same with a row of columns. */
  acceptRow({ openTime, high, low, close, volume }: CandleColumns, i: number): void {
    this.previousClose = this.close;
    this.openTime = openTime[i]! + 0;
    this.high = high[i]! + 0;
    this.low = low[i]! + 0;
    this.close = close[i]! + 0;
    this.volume = volume[i]! + 0;
    this.enter();
  }

  private enter(): void {
    const { ring, prices, high, low, close } = this;
    const index = this.index + 1;
    this.index = index;
    this.trueRange = trueRange(high, low, this.previousClose);
    prices[0] = low;
    prices[1] = -high;
    prices[2] = close;
    prices[3] = -close;
    const row = (index & this.mask) * WIDTH;
    ring[row + OPEN_TIME] = this.openTime;
    ring[row + HIGH] = high;
    ring[row + LOW] = low;
    ring[row + VOLUME] = this.volume;
  }

  /**
   * Every now and then: time to take from the ring what is asked for longer than the reach lasts. It comes often enough
   * for a candle that was in reach the time before to be still there.
   */
  get isTurning(): boolean {
    return (this.index & (this.mask >> 1)) === 0;
  }

  /** Says of the present candle whether its range is at least the limit; NaN: it is not. */
  markVolatile(limit: number): void {
    this.volatile[this.index & this.mask] = this.high - this.low >= limit ? 1 : 0;
  }

  toJSON(): Record<string, unknown> {
    const length = Math.min(this.reach, this.index + 1);
    const first = this.index - length + 1;
    const column = (valueAt: (index: number) => number): number[] => {
      const values = new Array<number>(length);
      for (let i = 0; i < length; i++) values[i] = valueAt(first + i);
      return values;
    };
    return {
      index: this.index,
      close: this.index < 0 ? null : this.close,
      // The first one, then the distance of each to the one before: small numbers are quick to write.
      openTime: column((i) =>
        i === first ? this.openTimeAt(i) : this.openTimeAt(i) - this.openTimeAt(i - 1),
      ),
      high: column((i) => this.highAt(i)),
      low: column((i) => this.lowAt(i)),
      volume: column((i) => this.volumeAt(i)),
      volatile: column((i) => (this.isVolatileAt(i) ? 1 : 0)),
    };
  }

  restore(reader: SnapshotReader): void {
    const index = reader.integer('index', -1, MAX_INDEX);
    const length = Math.min(this.reach, index + 1);
    const openTime = reader.column('openTime', { length, min: 0, max: MAX_TIME, isWhole: true });
    const high = reader.column('high', { length });
    const low = reader.column('low', { length });
    const volume = reader.column('volume', { length });
    const volatile = reader.column('volatile', { length, max: 1, isWhole: true });
    let time = 0;
    for (let i = 0; i < length; i++) {
      if (i > 0 && openTime[i]! < 1) reader.fail(`openTime[${i}]`, 'does not come after the one before');
      if (low[i]! > high[i]!) reader.fail(`low[${i}]`, 'is above its high');
      time += openTime[i]!;
      const slot = (index - length + 1 + i) & this.mask;
      this.ring.set([time, high[i]!, low[i]!, volume[i]!], slot * WIDTH);
      this.volatile[slot] = volatile[i]!;
    }
    if (time > MAX_TIME) reader.fail('openTime', 'goes beyond the year 9999');
    if (index >= length && this.openTimeAt(index - length + 1) < index - length + 1) {
      reader.fail('openTime', 'leaves no room for the candles before');
    }
    this.resumeAt(index, time, reader);
  }

  /** The present candle again; its open, true range and the close before are not asked for any more. */
  private resumeAt(index: number, openTime: UtcMs, reader: SnapshotReader): void {
    this.index = index;
    if (index < 0) return;
    this.openTime = openTime;
    this.high = this.highAt(index);
    this.low = this.lowAt(index);
    this.volume = this.volumeAt(index);
    this.close = reader.number('close', this.low, this.high);
  }
}

/** @param previousClose NaN: there is none */
export function trueRange(high: number, low: number, previousClose: number): number {
  let range = high - low;
  // False for NaN, at the first candle.
  if (high - previousClose > range) range = high - previousClose;
  if (previousClose - low > range) range = previousClose - low;
  return range;
}
