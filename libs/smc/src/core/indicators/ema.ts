/**
 * Exponential moving average: weight 2 ÷ (n + 1) for the newest number, seeded with the simple mean of the first n
 * (as in TA-Lib; libraries that seed with the first number converge to the same).
 */
import { MAX_AMOUNT } from '../limits';
import { SnapshotReader } from '../snapshot-reader';
import { checkedLength, readLength, readSaved, saved, type SavedNumber } from './indicator-state';

export interface EmaState {
  readonly length: number;
  readonly count: number;
  readonly sum: number;
  readonly value: SavedNumber;
}

export class Ema {
  /** NaN before the n-th number. */
  value = NaN;
  private readonly weight: number;
  private count = 0;
  private sum = 0;

  constructor(readonly length: number) {
    this.weight = 2 / (checkedLength('EMA', length) + 1);
  }

  step(input: number): number {
    if (this.count < this.length) {
      this.sum += input;
      if (++this.count === this.length) this.value = this.sum / this.length;
    } else this.value += (input - this.value) * this.weight;
    return this.value;
  }

  toJSON(): EmaState {
    const { length, count, sum, value } = this;
    return { length, count, sum, value: saved(value) };
  }

  /** @throws AppError invalid, `SMC.SNAPSHOT` */
  static restore(state: unknown): Ema {
    const reader = SnapshotReader.of(state);
    const ema = new Ema(readLength(reader));
    ema.count = reader.integer('count', 0, ema.length);
    ema.sum = reader.number('sum', -MAX_AMOUNT * ema.length, MAX_AMOUNT * ema.length);
    ema.value = readSaved(reader, 'value');
    return ema;
  }
}
