/**
 * The dealing range: trailing top and bottom, begun anew by each swing pivot of their kind and extended by every
 * candle. Where price stands in it says whether it is dear (premium) or cheap (discount).
 */
import type { UtcMs } from '@slt/domain';
import type { CandleWindow } from './candle-window';
import type { PivotWatch } from './pivot-watch';
import type { Direction } from './smc-event';
import type { DealingRangeView, RangeZone } from './smc-view';
import type { SnapshotReader } from './snapshot-reader';

/** Optimal trade entry: so far back into the leg. */
const OTE_FROM = 0.618;
const OTE_TO = 0.786;

export class DealingRange {
  /** NaN before the first swing pivot high. */
  private top = NaN;
  private topAt = -1;
  private topAtTime: UtcMs = NaN;
  private bottom = NaN;
  private bottomAt = -1;
  private bottomAtTime: UtcMs = NaN;

  constructor(private readonly window: CandleWindow) {}

  /** Only what is exceeded moves. */
  extend(): void {
    const { index, openTime, high, low } = this.window;
    if (high > this.top) this.setTop(high, index, openTime);
    if (low < this.bottom) this.setBottom(low, index, openTime);
  }

  reset({ side, level, at, atTime }: PivotWatch): void {
    if (side === 'high') this.setTop(level, at, atTime);
    else this.setBottom(level, at, atTime);
  }

  view(bias: Direction | null): DealingRangeView | null {
    if (this.topAt < 0 || this.bottomAt < 0) return null;
    const { top, bottom } = this;
    const { close } = this.window;
    const height = top - bottom;
    const position = height === 0 ? 0.5 : (close - bottom) / height;
    const isUp = this.topAt > this.bottomAt;
    const back = (ratio: number): number => (isUp ? top - ratio * height : bottom + ratio * height);
    return {
      top: { level: top, at: this.topAt, atTime: this.topAtTime },
      bottom: { level: bottom, at: this.bottomAt, atTime: this.bottomAtTime },
      position,
      zone: zoneOf(position),
      highStrength: bias === null ? null : bias === 'bearish' ? 'strong' : 'weak',
      lowStrength: bias === null ? null : bias === 'bullish' ? 'strong' : 'weak',
      leg: isUp ? 'up' : 'down',
      retracementPercent: height === 0 ? 0 : ((isUp ? top - close : close - bottom) / height) * 100,
      ote: { from: back(OTE_FROM), to: back(OTE_TO) },
    };
  }

  toJSON(): unknown {
    return {
      top: this.topAt < 0 ? null : [this.top, this.topAt, this.topAtTime],
      bottom: this.bottomAt < 0 ? null : [this.bottom, this.bottomAt, this.bottomAtTime],
    };
  }

  restore(reader: SnapshotReader): void {
    const top = reader.optionalMark('top');
    const bottom = reader.optionalMark('bottom');
    if (top !== null) this.setTop(top.level, top.at, top.atTime);
    if (bottom !== null) this.setBottom(bottom.level, bottom.at, bottom.atTime);
    if (this.window.high > this.top) reader.fail('top', 'is below the last high');
    if (this.window.low < this.bottom) reader.fail('bottom', 'is above the last low');
  }

  private setTop(level: number, at: number, atTime: UtcMs): void {
    this.top = level;
    this.topAt = at;
    this.topAtTime = atTime;
  }

  private setBottom(level: number, at: number, atTime: UtcMs): void {
    this.bottom = level;
    this.bottomAt = at;
    this.bottomAtTime = atTime;
  }
}

function zoneOf(position: number): RangeZone {
  if (position >= 0.95) return 'premium';
  if (position <= 0.05) return 'discount';
  if (position > 0.525) return 'upper';
  if (position < 0.475) return 'lower';
  return 'equilibrium';
}
