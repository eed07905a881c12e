/**
 * Bollinger bands: the mean of the last n closes, k population standard deviations around it, and the width of the band
 * as a share of the mean. All of it depends on the last n closes alone, not on what was before.
 *
 * Computed anew for each close from differences to it (exact for prices that are close to each other) in two passes, so
 * that a spread of a cent at a price of 60,000 keeps its digits, and n equal closes have a width of 0. O(n) a close.
 */
import { AppError } from '@slt/domain';
import { SnapshotReader } from '../snapshot-reader';
import { checkedLength, readLength, readSaved, saved, type SavedNumber } from './indicator-state';

export interface BollingerState {
  readonly length: number;
  readonly factor: number;
  readonly count: number;
  readonly head: number;
  readonly closes: readonly number[];
  readonly middle: SavedNumber;
  readonly deviation: SavedNumber;
}

export class BollingerBands {
  /** The mean; NaN before the n-th close. */
  middle = NaN;
  /** Population standard deviation; NaN before the n-th close. */
  deviation = NaN;
  private readonly closes: Float64Array;
  private head = 0;
  private count = 0;

  /** @param factor standard deviations from the middle to either band */
  constructor(
    readonly length = 20,
    readonly factor = 2,
  ) {
    this.closes = new Float64Array(checkedLength('Bollinger bands', length));
    if (Number.isFinite(factor) && factor >= 0) return;
    throw new AppError('invalid', 'SMC.OPTIONS', `Bollinger bands: the factor ${factor} is no such number`);
  }

  get upper(): number {
    return this.middle + this.factor * this.deviation;
  }

  get lower(): number {
    return this.middle - this.factor * this.deviation;
  }

  /** The width: upper less lower band as a share of the middle, 0 where that is 0; NaN before the n-th close. */
  get value(): number {
    return this.middle === 0 ? 0 : (2 * this.factor * this.deviation) / this.middle;
  }

  /** @returns the width */
  step(close: number): number {
    this.closes[this.head] = close;
    this.head = (this.head + 1) % this.length;
    if (this.count < this.length) this.count++;
    if (this.count === this.length) this.measure(close);
    return this.value;
  }

  /** From the oldest close to the newest, so that the same closes give the same bits wherever they lie. */
  private measure(origin: number): void {
    const { closes, head, length } = this;
    let sum = 0;
    for (let i = head; i < length; i++) sum += closes[i]! - origin;
    for (let i = 0; i < head; i++) sum += closes[i]! - origin;
    const mean = sum / length;
    let squares = 0;
    for (let i = head; i < length; i++) squares += (closes[i]! - origin - mean) ** 2;
    for (let i = 0; i < head; i++) squares += (closes[i]! - origin - mean) ** 2;
    this.middle = origin + mean;
    this.deviation = Math.sqrt(squares / length);
  }

  toJSON(): BollingerState {
    const { length, factor, count, head } = this;
    const closes = Array.from(this.closes);
    return {
      length,
      factor,
      count,
      head,
      closes,
      middle: saved(this.middle),
      deviation: saved(this.deviation),
    };
  }

  /** @throws AppError invalid, `SMC.SNAPSHOT` */
  static restore(state: unknown): BollingerBands {
    const reader = SnapshotReader.of(state);
    const bands = new BollingerBands(readLength(reader), reader.number('factor'));
    bands.closes.set(reader.column('closes', { length: bands.length }));
    bands.count = reader.integer('count', 0, bands.length);
    bands.head = reader.integer('head', 0, bands.length - 1);
    bands.middle = readSaved(reader, 'middle');
    bands.deviation = readSaved(reader, 'deviation');
    return bands;
  }
}
