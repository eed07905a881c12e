/** Average true range after Wilder: seeded with the mean of the first `length`, then (ATR · (length − 1) + TR) ÷ length. */
import type { CandleWindow } from './candle-window';
import { MAX_AMOUNT } from './limits';
import type { SnapshotReader } from './snapshot-reader';

export class WilderAtr {
  /** Includes the present candle; NaN before there are `length` of them, so that every comparison with it fails. */
  value = NaN;
  private sum = 0;

  constructor(
    private readonly window: CandleWindow,
    private readonly length: number,
  ) {}

  step(): void {
    const { index, trueRange } = this.window;
    if (index >= this.length) {
      this.value = nextMean(this.value, trueRange, this.length);
      return;
    }
    this.sum += trueRange;
    if (index === this.length - 1) this.value = this.sum / this.length;
  }

  /** The average, or the sum as long as there is none. */
  toJSON(): number {
    return Number.isNaN(this.value) ? this.sum : this.value;
  }

  restore(reader: SnapshotReader, name: string): void {
    const number = reader.number(name, 0, MAX_AMOUNT * this.length);
    if (reader.present.index >= this.length - 1) this.value = number;
    else this.sum = number;
  }
}

/** One step of Wilder's moving average, once it exists. */
export function nextMean(mean: number, input: number, length: number): number {
  return (mean * (length - 1) + input) / length;
}
