/** Wilder's moving average: the mean of the first n numbers, then (mean · (n − 1) + number) ÷ n. */
import { MAX_AMOUNT } from '../limits';
import { SnapshotReader } from '../snapshot-reader';
import { nextMean } from '../wilder';
import { checkedLength, readLength, readSaved, saved, type SavedNumber } from './indicator-state';

export interface WilderMeanState {
  readonly length: number;
  readonly count: number;
  readonly sum: number;
  readonly value: SavedNumber;
}

export class WilderMean {
  /** NaN before the n-th number. */
  value = NaN;
  private count = 0;
  private sum = 0;

  constructor(readonly length: number) {
    checkedLength("Wilder's mean", length);
  }

  /** @param input not negative */
  step(input: number): number {
    if (this.count === this.length) {
      this.value = nextMean(this.value, input, this.length);
      return this.value;
    }
    this.sum += input;
    if (++this.count === this.length) this.value = this.sum / this.length;
    return this.value;
  }

  toJSON(): WilderMeanState {
    const { length, count, sum, value } = this;
    return { length, count, sum, value: saved(value) };
  }

  /** @throws AppError invalid, `SMC.SNAPSHOT` */
  static restore(state: unknown): WilderMean {
    const reader = SnapshotReader.of(state);
    const mean = new WilderMean(readLength(reader));
    mean.count = reader.integer('count', 0, mean.length);
    mean.sum = reader.number('sum', 0, MAX_AMOUNT * mean.length);
    mean.value = readSaved(reader, 'value');
    return mean;
  }
}
