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
    const { highs, lows, volumes, volatile, mask } = this.window;
    let { key, high, low, impulseVolume, next } = this;
    let best = -1;
    for (; next <= last; next++) {
      const slot = next & mask;
      const candleKey = this.keyOf(highs[slot]!, lows[slot]!, volatile[slot]!);
      if (candleKey < key) {
        key = candleKey;
        best = next;
        high = highs[slot]!;
        low = lows[slot]!;
        impulseVolume = 0;
      } else {
        if (highs[slot]! > high) high = highs[slot]!;
        if (lows[slot]! < low) low = lows[slot]!;
        impulseVolume += volumes[slot]!;
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
      isVolatile: this.key !== this.keyOf(this.top, this.bottom, 0),
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
    this.key = this.keyOf(top, this.bottom, reader.oneOf('isVolatile', [true, false]) ? 1 : 0);
    this.next = reader.present.index + 1;
  }

  private keyOf(high: number, low: number, volatile: number): number {
    return this.sign === 1 ? (volatile === 1 ? high : low) : volatile === 1 ? -low : -high;
  }

  private choose(index: number): void {
    const { openTimes, highs, lows, volumes, mask } = this.window;
    const slot = index & mask;
    this.at = index;
    this.atTime = openTimes[slot]!;
    this.top = highs[slot]!;
    this.bottom = lows[slot]!;
    this.volume = volumes[slot]!;
  }
}
