/**
 * Moving average convergence and divergence: the fast EMA of the closes less the slow one, the EMA of that difference as
 * signal, and what lies between both. Each EMA is seeded with the mean of its own first numbers.
 */
import { SnapshotReader } from '../snapshot-reader';
import { Ema, type EmaState } from './ema';
import { readSaved, saved, type SavedNumber } from './indicator-state';

export interface MacdState {
  readonly fast: EmaState;
  readonly slow: EmaState;
  readonly signal: EmaState;
  readonly value: SavedNumber;
}

export class Macd {
  /** The difference of the averages; NaN before the slow one exists. */
  value = NaN;
  private fast: Ema;
  private slow: Ema;
  private average: Ema;

  constructor(fast = 12, slow = 26, signal = 9) {
    this.fast = new Ema(fast);
    this.slow = new Ema(slow);
    this.average = new Ema(signal);
  }

  /** NaN before the difference has existed for as many closes as the signal is long. */
  get signal(): number {
    return this.average.value;
  }

  /** Difference less signal; NaN as long as the signal. */
  get histogram(): number {
    return this.value - this.average.value;
  }

  step(close: number): number {
    this.value = this.fast.step(close) - this.slow.step(close);
    if (!Number.isNaN(this.value)) this.average.step(this.value);
    return this.value;
  }

  toJSON(): MacdState {
    const { fast, slow, average, value } = this;
    return { fast: fast.toJSON(), slow: slow.toJSON(), signal: average.toJSON(), value: saved(value) };
  }

  /** @throws AppError invalid, `SMC.SNAPSHOT` */
  static restore(state: unknown): Macd {
    const reader = SnapshotReader.of(state);
    const macd = new Macd();
    macd.fast = Ema.restore(reader.raw('fast'));
    macd.slow = Ema.restore(reader.raw('slow'));
    macd.average = Ema.restore(reader.raw('signal'));
    macd.value = readSaved(reader, 'value');
    return macd;
  }
}
