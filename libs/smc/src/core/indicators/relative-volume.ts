/** Relative volume: a candle's volume ÷ the mean of the n candles before it, itself not among them. */
import { SnapshotReader } from '../snapshot-reader';
import { readSaved, saved, type SavedNumber } from './indicator-state';
import { SlidingSum, type SlidingSumState } from './sliding-sum';

export interface RelativeVolumeState {
  readonly before: SlidingSumState;
  readonly value: SavedNumber;
}

export class RelativeVolume {
  /** NaN before the (n + 1)-th candle, and behind n candles without volume. */
  value = NaN;
  private before: SlidingSum;

  constructor(length = 20) {
    this.before = new SlidingSum(length);
  }

  step(volume: number): number {
    const { before } = this;
    this.value = before.isFull && before.sum > 0 ? volume / (before.sum / before.length) : NaN;
    before.step(volume);
    return this.value;
  }

  toJSON(): RelativeVolumeState {
    return { before: this.before.toJSON(), value: saved(this.value) };
  }

  /** @throws AppError invalid, `SMC.SNAPSHOT` */
  static restore(state: unknown): RelativeVolume {
    const reader = SnapshotReader.of(state);
    const relative = new RelativeVolume();
    relative.before = SlidingSum.restore(reader.raw('before'));
    relative.value = readSaved(reader, 'value');
    return relative;
  }
}
