/**
 * The order block that a break would leave behind: since the pivot the candle with the lowest parsed low (highest
 * parsed high), the first on ties. A volatile candle's parsed high and low are swapped, so that it is avoided.
 */
import type { UtcMs } from '@slt/domain';
import type { CandleWindow } from './candle-window';
import type { SnapshotReader } from './snapshot-reader';

export class BlockSearch {
  /** The best candle so far, of those taken. */
  at = -1;
  atTime: UtcMs = NaN;
  top = NaN;
  bottom = NaN;
  volume = NaN;
  /** Over the candles from the best to the last one taken. */
  high = NaN;
  low = NaN;
  /** The same without the best candle itself. */
  impulseVolume = NaN;
  /** What is minimised: parsed low, or −parsed high. */
  private key = NaN;
  /** The first candle not taken yet. */
  private next = 0;

  /** @param sign 1 below a pivot high, for a bullish block; −1 above a pivot low */
  constructor(
    private readonly window: CandleWindow,
    private readonly sign: 1 | -1,
  ) {}

  /** Begins at the pivot, which the window must hold. */
  start(pivot: number): void {
    this.key = Infinity;
    this.next = pivot;
  }

  /** Takes all candles not taken yet up to the given one. They are left lying because most pivots never break. */
  takeUpTo(last: number): void {
    const { window } = this;
    let { key, high, low, impulseVolume, next } = this;
    let best = -1;
    for (; next <= last; next++) {
      const candleHigh = window.highAt(next);
      const candleLow = window.lowAt(next);
      const candleKey = this.keyOf(candleHigh, candleLow, window.isVolatileAt(next));
      if (candleKey < key) {
        key = candleKey;
        best = next;
        high = candleHigh;
        low = candleLow;
        impulseVolume = 0;
      } else {
        if (candleHigh > high) high = candleHigh;
        if (candleLow < low) low = candleLow;
        impulseVolume += window.volumeAt(next);
      }
    }
    this.key = key;
    this.high = high;
    this.low = low;
    this.impulseVolume = impulseVolume;
    this.next = next;
    if (best >= 0) this.choose(best);
  }

  /** All taken first, so that it does not show when that was done last. */
  toJSON(): unknown {
    this.takeUpTo(this.window.index);
    return {
      block: [this.top, this.at, this.atTime],
      bottom: this.bottom,
      volume: this.volume,
      isVolatile: this.key !== this.keyOf(this.top, this.bottom, false),
      high: this.high,
      low: this.low,
      impulseVolume: this.impulseVolume,
    };
  }

  /** The search of an unbroken pivot. */
  restore(reader: SnapshotReader, pivot: number): void {
    const { level: top, at, atTime } = reader.mark('block');
    if (at < pivot) reader.fail('block', `is before its pivot, candle ${pivot}`);
    this.at = at;
    this.atTime = atTime;
    this.top = top;
    this.bottom = reader.number('bottom', 0, top);
    this.volume = reader.number('volume');
    this.high = reader.number('high', top);
    this.low = reader.number('low', 0, this.bottom);
    this.impulseVolume = reader.number('impulseVolume', 0, Number.MAX_VALUE);
    this.key = this.keyOf(top, this.bottom, reader.oneOf('isVolatile', [true, false]));
    this.next = reader.present.index + 1;
  }

  private keyOf(high: number, low: number, isVolatile: boolean): number {
    return this.sign === 1 ? (isVolatile ? high : low) : isVolatile ? -low : -high;
  }

  private choose(index: number): void {
    const { window } = this;
    this.at = index;
    this.atTime = window.openTimeAt(index);
    this.top = window.highAt(index);
    this.bottom = window.lowAt(index);
    this.volume = window.volumeAt(index);
  }
}
