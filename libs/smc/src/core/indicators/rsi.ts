/**
 * Relative strength index after Wilder: 100 · gains ÷ (gains + losses), both as Wilder means of the changes from close to
 * close. The common definitions differ where nothing has moved at all (100, 0 or none); here that is 50, neither side.
 */
import { SnapshotReader } from '../snapshot-reader';
import { readSaved, saved, type SavedNumber } from './indicator-state';
import { WilderMean, type WilderMeanState } from './wilder-mean';

export interface RsiState {
  readonly gains: WilderMeanState;
  readonly losses: WilderMeanState;
  readonly close: SavedNumber;
}

export class Rsi {
  private gains: WilderMean;
  private losses: WilderMean;
  private close = NaN;

  constructor(length = 14) {
    this.gains = new WilderMean(length);
    this.losses = new WilderMean(length);
  }

  /** From 0 to 100; NaN before the (n + 1)-th close. */
  get value(): number {
    const gain = this.gains.value;
    const moved = gain + this.losses.value;
    return moved === 0 ? 50 : (100 * gain) / moved;
  }

  step(close: number): number {
    const change = close - this.close;
    this.close = close;
    // False for NaN, at the first close.
    if (change >= 0 || change < 0) {
      this.gains.step(change > 0 ? change : 0);
      this.losses.step(change < 0 ? -change : 0);
    }
    return this.value;
  }

  toJSON(): RsiState {
    return { gains: this.gains.toJSON(), losses: this.losses.toJSON(), close: saved(this.close) };
  }

  /** @throws AppError invalid, `SMC.SNAPSHOT` */
  static restore(state: unknown): Rsi {
    const reader = SnapshotReader.of(state);
    const rsi = new Rsi();
    rsi.gains = WilderMean.restore(reader.raw('gains'));
    rsi.losses = WilderMean.restore(reader.raw('losses'));
    rsi.close = readSaved(reader, 'close');
    return rsi;
  }
}
