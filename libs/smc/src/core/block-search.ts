/**
 * The order block that a break would leave behind: since the pivot the candle with the lowest parsed low (highest
 * parsed high), the first on ties. A volatile candle's parsed high and low are swapped, so that it is avoided.
 */
import type { UtcMs } from '@slt/domain';
import type { CandleWindow } from './candle-window';
import type { SnapshotReader } from './snapshot-reader';

export class BlockSearch {
  /** The best candle so far; −1 while nothing is searched. */
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

  /** @param sign 1 below a pivot high, for a bullish block; −1 above a pivot low */
  constructor(
    private readonly window: CandleWindow,
    private readonly sign: 1 | -1,
  ) {}

  /** Begins at the pivot: takes what the window has from there up to the candle before the present one. */
  start(pivot: number): void {
    this.key = Infinity;
    for (let i = pivot; i < this.window.index; i++) this.take(i);
  }

  stop(): void {
    this.at = -1;
  }

  /** @param index in the window, the one after that taken last */
  take(index: number): void {
    const { highs, lows, volumes, volatile, mask } = this.window;
    const slot = index & mask;
    const high = highs[slot]!;
    const low = lows[slot]!;
    const key = this.keyOf(high, low, volatile[slot]!);
    if (key < this.key) {
      this.key = key;
      this.choose(index);
      return;
    }
    if (high > this.high) this.high = high;
    if (low < this.low) this.low = low;
    this.impulseVolume += volumes[slot]!;
  }

  toJSON(): unknown {
    if (this.at < 0) return null;
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

  /** @param pivot null: nothing may be searched */
  restore(parent: SnapshotReader, name: string, pivot: number | null): void {
    const reader = parent.optionalPart(name);
    if ((reader === null) !== (pivot === null)) parent.fail(name, 'does not go with its pivot');
    if (reader === null || pivot === null) return;
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
  }

  private keyOf(high: number, low: number, volatile: number): number {
    return this.sign === 1 ? (volatile === 1 ? high : low) : volatile === 1 ? -low : -high;
  }

  private choose(index: number): void {
    const { openTimes, highs, lows, volumes, mask } = this.window;
    const slot = index & mask;
    this.at = index;
    this.atTime = openTimes[slot]!;
    this.top = this.high = highs[slot]!;
    this.bottom = this.low = lows[slot]!;
    this.volume = volumes[slot]!;
    this.impulseVolume = 0;
  }
}
