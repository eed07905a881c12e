/**
 * Volume-weighted average price since midnight UTC: typical prices (high + low + close) ÷ 3, weighted by volume. With no
 * volume yet in the day there is none.
 */
import { type Candle, DAY_MS, type UtcMs } from '@slt/domain';
import { SnapshotReader } from '../snapshot-reader';
import { readSaved, saved, type SavedNumber } from './indicator-state';

export interface SessionVwapState {
  readonly midnight: SavedNumber;
  readonly volume: number;
  readonly turnover: number;
}

export class SessionVwap {
  private midnight: UtcMs = NaN;
  private volume = 0;
  private turnover = 0;

  /** NaN before there was volume in the day of the last candle. */
  get value(): number {
    return this.volume > 0 ? this.turnover / this.volume : NaN;
  }

  step(candle: Candle): number {
    const midnight = candle.openTime - (candle.openTime % DAY_MS);
    if (midnight !== this.midnight) {
      this.midnight = midnight;
      this.volume = 0;
      this.turnover = 0;
    }
    this.volume += candle.volume;
    this.turnover += typicalPrice(candle) * candle.volume;
    return this.value;
  }

  toJSON(): SessionVwapState {
    const { midnight, volume, turnover } = this;
    return { midnight: saved(midnight), volume, turnover };
  }

  /** @throws AppError invalid, `SMC.SNAPSHOT` */
  static restore(state: unknown): SessionVwap {
    const reader = SnapshotReader.of(state);
    const vwap = new SessionVwap();
    vwap.midnight = readSaved(reader, 'midnight');
    vwap.volume = reader.number('volume');
    vwap.turnover = reader.number('turnover');
    return vwap;
  }
}

export function typicalPrice({ high, low, close }: Candle): number {
  return (high + low + close) / 3;
}
