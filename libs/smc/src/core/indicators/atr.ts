/** Average true range after Wilder; the first candle, which has none before it, counts with high − low. */
import type { Candle } from '@slt/domain';
import { trueRange } from '../candle-window';
import { SnapshotReader } from '../snapshot-reader';
import { readSaved, saved, type SavedNumber } from './indicator-state';
import { WilderMean, type WilderMeanState } from './wilder-mean';

export interface AtrState {
  readonly ranges: WilderMeanState;
  readonly close: SavedNumber;
}

export class Atr {
  private ranges: WilderMean;
  private close = NaN;

  constructor(length = 14) {
    this.ranges = new WilderMean(length);
  }

  /** NaN before the n-th candle. */
  get value(): number {
    return this.ranges.value;
  }

  step(candle: Candle): number {
    this.ranges.step(trueRange(candle.high, candle.low, this.close));
    this.close = candle.close;
    return this.ranges.value;
  }

  toJSON(): AtrState {
    return { ranges: this.ranges.toJSON(), close: saved(this.close) };
  }

  /** @throws AppError invalid, `SMC.SNAPSHOT` */
  static restore(state: unknown): Atr {
    const reader = SnapshotReader.of(state);
    const atr = new Atr();
    atr.ranges = WilderMean.restore(reader.raw('ranges'));
    atr.close = readSaved(reader, 'close');
    return atr;
  }
}
