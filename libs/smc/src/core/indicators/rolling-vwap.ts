/** Volume-weighted average price of the last n candles: typical prices (high + low + close) ÷ 3, weighted by volume. */
import type { Candle } from '@slt/domain';
import { SnapshotReader } from '../snapshot-reader';
import { typicalPrice } from './session-vwap';
import { SlidingSum, type SlidingSumState } from './sliding-sum';

export interface RollingVwapState {
  readonly volume: SlidingSumState;
  readonly turnover: SlidingSumState;
}

export class RollingVwap {
  private volume: SlidingSum;
  private turnover: SlidingSum;

  constructor(length: number) {
    this.volume = new SlidingSum(length);
    this.turnover = new SlidingSum(length);
  }

  /** NaN before the n-th candle, and while the last n had no volume. */
  get value(): number {
    return this.volume.isFull && this.volume.sum > 0 ? this.turnover.sum / this.volume.sum : NaN;
  }

  step(candle: Candle): number {
    this.volume.step(candle.volume);
    this.turnover.step(typicalPrice(candle) * candle.volume);
    return this.value;
  }

  toJSON(): RollingVwapState {
    return { volume: this.volume.toJSON(), turnover: this.turnover.toJSON() };
  }

  /** @throws AppError invalid, `SMC.SNAPSHOT` */
  static restore(state: unknown): RollingVwap {
    const reader = SnapshotReader.of(state);
    const vwap = new RollingVwap(1);
    vwap.volume = SlidingSum.restore(reader.raw('volume'));
    vwap.turnover = SlidingSum.restore(reader.raw('turnover'));
    return vwap;
  }
}
