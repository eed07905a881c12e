/**
 * Average directional index after Wilder. A candle moves up by high − previous high, down by previous low − low; only the
 * larger of the two counts, and only above 0. +DI and −DI are the Wilder means of these moves in per cent of that of the
 * true range; ADX is the Wilder mean of their difference in per cent of their sum. All means begin with the second
 * candle, the first that has one before it.
 */
import type { Candle } from '@slt/domain';
import { trueRange } from '../candle-window';
import { SnapshotReader } from '../snapshot-reader';
import { readSaved, saved, type SavedNumber } from './indicator-state';
import { WilderMean, type WilderMeanState } from './wilder-mean';

export interface AdxState {
  readonly ranges: WilderMeanState;
  readonly ups: WilderMeanState;
  readonly downs: WilderMeanState;
  readonly index: WilderMeanState;
  readonly high: SavedNumber;
  readonly low: SavedNumber;
  readonly close: SavedNumber;
}

export class Adx {
  private ranges: WilderMean;
  private ups: WilderMean;
  private downs: WilderMean;
  private index: WilderMean;
  private high = NaN;
  private low = NaN;
  private close = NaN;

  constructor(length = 14) {
    this.ranges = new WilderMean(length);
    this.ups = new WilderMean(length);
    this.downs = new WilderMean(length);
    this.index = new WilderMean(length);
  }

  /** ADX, from 0 to 100; NaN before candle 2 n (the first being 1). */
  get value(): number {
    return this.index.value;
  }

  /** +DI in per cent; NaN before candle n + 1, 0 where nothing has moved. */
  get plusDi(): number {
    return share(this.ups.value, this.ranges.value);
  }

  /** −DI, likewise. */
  get minusDi(): number {
    return share(this.downs.value, this.ranges.value);
  }

  step(candle: Candle): number {
    if (!Number.isNaN(this.close)) this.compare(candle);
    this.high = candle.high;
    this.low = candle.low;
    this.close = candle.close;
    return this.index.value;
  }

  private compare({ high, low }: Candle): void {
    const { ranges, ups, downs, index } = this;
    const up = high - this.high;
    const down = this.low - low;
    ranges.step(trueRange(high, low, this.close));
    ups.step(up > down && up > 0 ? up : 0);
    downs.step(down > up && down > 0 ? down : 0);
    if (Number.isNaN(ranges.value)) return;
    const { plusDi, minusDi } = this;
    index.step(share(Math.abs(plusDi - minusDi), plusDi + minusDi));
  }

  toJSON(): AdxState {
    const { ranges, ups, downs, index } = this;
    return {
      ranges: ranges.toJSON(),
      ups: ups.toJSON(),
      downs: downs.toJSON(),
      index: index.toJSON(),
      high: saved(this.high),
      low: saved(this.low),
      close: saved(this.close),
    };
  }

  /** @throws AppError invalid, `SMC.SNAPSHOT` */
  static restore(state: unknown): Adx {
    const reader = SnapshotReader.of(state);
    const mean = (name: string): WilderMean => WilderMean.restore(reader.raw(name));
    const adx = new Adx();
    adx.ranges = mean('ranges');
    adx.ups = mean('ups');
    adx.downs = mean('downs');
    adx.index = mean('index');
    adx.high = readSaved(reader, 'high');
    adx.low = readSaved(reader, 'low');
    adx.close = readSaved(reader, 'close');
    return adx;
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
