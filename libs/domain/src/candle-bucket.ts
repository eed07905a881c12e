/**
 * Folds the candles of one longer candle together. Open, high, low and close come out exactly; so does the volume,
 * as the decimal number that the exchange itself would print, for up to 15 significant digits.
 */
import type { Candle } from './candle';
import type { DurationMs, UtcMs } from './time';

export class CandleBucket {
  private from: UtcMs | undefined;
  private count = 0;
  private open = 0;
  private high = 0;
  private low = 0;
  private close = 0;
  private volume = 0;
  /** What float addition lost so far (Neumaier). */
  private lost = 0;

  /** Candles of `step` make up candles of `length`, a multiple of it. */
  constructor(
    private readonly step: DurationMs,
    private readonly length: DurationMs,
  ) {}

  /** Takes the next candle, in order. @returns the longer candle when this was the last of its candles and none lacked */
  add(candle: Candle): Candle | undefined {
    const bucket = Math.floor(candle.openTime / this.length) * this.length;
    if (bucket !== this.from) this.begin(bucket, candle);
    else this.extend(candle);
    this.count++;
    const isLast = candle.openTime + this.step === bucket + this.length;
    return isLast && this.count * this.step === this.length ? this.whole(bucket) : undefined;
  }

  /**
   * The longer candle as it stands, with the one that still forms; takes nothing.
   * @param forming comes after the last candle that was added
   * @returns undefined where one of its candles lacks
   */
  soFar(forming: Candle): Candle | undefined {
    const bucket = Math.floor(forming.openTime / this.length) * this.length;
    if (bucket !== this.from) return forming.openTime === bucket ? { ...forming } : undefined;
    if (this.count * this.step !== forming.openTime - bucket) return undefined;
    return {
      openTime: bucket,
      open: this.open,
      high: Math.max(this.high, forming.high),
      low: Math.min(this.low, forming.low),
      close: forming.close,
      volume: Number((this.volume + this.lost + forming.volume).toPrecision(15)),
    };
  }

  reset(): void {
    this.from = undefined;
    this.count = 0;
  }

  private begin(bucket: UtcMs, candle: Candle): void {
    this.from = bucket;
    this.count = 0;
    this.open = candle.open;
    this.high = candle.high;
    this.low = candle.low;
    this.close = candle.close;
    this.volume = candle.volume;
    this.lost = 0;
  }

  private extend(candle: Candle): void {
    this.high = Math.max(this.high, candle.high);
    this.low = Math.min(this.low, candle.low);
    this.close = candle.close;
    const sum = this.volume + candle.volume;
    this.lost +=
      this.volume >= candle.volume ? this.volume - sum + candle.volume : candle.volume - sum + this.volume;
    this.volume = sum;
  }

  private whole(openTime: UtcMs): Candle {
    const { open, high, low, close } = this;
    return { openTime, open, high, low, close, volume: Number((this.volume + this.lost).toPrecision(15)) };
  }
}
