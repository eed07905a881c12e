/**
 * The sum of the last n numbers, none of them negative, in constant time on average and by additions only: nothing is
 * ever subtracted, so nothing cancels and no error gathers, however long it runs, and the sum of zeros is zero.
 *
 * The window is a stack of older numbers, each with the sum of itself and all younger ones of the stack, and a running
 * sum of the numbers that came since. When the stack is used up, the numbers that came since become the stack.
 */
import { SnapshotReader } from '../snapshot-reader';
import { checkedLength, readLength } from './indicator-state';

export interface SlidingSumState {
  readonly length: number;
  readonly count: number;
  readonly head: number;
  readonly newer: number;
  readonly values: readonly number[];
}

export class SlidingSum {
  private readonly values: Float64Array;
  /** sums[i] = values[i] + … + values[length − 1], for the slots that still hold older numbers. */
  private readonly sums: Float64Array;
  /** Slot of the next number; those from it on hold the older ones. */
  private head = 0;
  private newer = 0;
  private count = 0;

  constructor(readonly length: number) {
    checkedLength('sliding sum', length);
    this.values = new Float64Array(length);
    this.sums = new Float64Array(length + 1);
  }

  /** Whether it holds as many numbers as it can. */
  get isFull(): boolean {
    return this.count === this.length;
  }

  /** Of the last n numbers, or of all while there are fewer. */
  get sum(): number {
    return this.sums[this.head]! + this.newer;
  }

  step(value: number): void {
    this.values[this.head++] = value;
    this.newer += value;
    if (this.count < this.length) this.count++;
    if (this.head === this.length) this.turn();
  }

  private turn(): void {
    const { values, sums, length } = this;
    for (let i = length - 1, sum = 0; i >= 0; i--) {
      sum += values[i]!;
      sums[i] = sum;
    }
    this.head = 0;
    this.newer = 0;
  }

  toJSON(): SlidingSumState {
    const { length, count, head, newer } = this;
    return { length, count, head, newer, values: Array.from(this.values) };
  }

  /** @throws AppError invalid, `SMC.SNAPSHOT` */
  static restore(state: unknown): SlidingSum {
    const reader = SnapshotReader.of(state);
    const length = readLength(reader);
    const sliding = new SlidingSum(length);
    sliding.values.set(reader.column('values', { length }));
    sliding.count = reader.integer('count', 0, length);
    if (sliding.count === length) sliding.turn();
    sliding.head = reader.integer('head', 0, length - 1);
    sliding.newer = reader.number('newer');
    return sliding;
  }
}
