/** Equal highs and lows: a small pivot within a fraction of the ATR of the one before it on its side. */
import type { CandleWindow } from './candle-window';
import type { EventLog } from './event-log';
import { PivotLeg, type StandingExtremes } from './pivots';
import type { Side } from './smc-event';
import type { SmcOptions } from './smc-options';
import type { Mark, SnapshotReader } from './snapshot-reader';
import { timeText } from './time-text';
import type { WilderAtr } from './wilder';

export interface EqualLevelParts {
  readonly window: CandleWindow;
  readonly extremes: StandingExtremes;
  readonly log: EventLog;
  readonly atr: WilderAtr;
  readonly options: SmcOptions;
}

/** Two levels in a row; the pool is beyond the outer one. */
export interface EqualPair {
  readonly side: Side;
  readonly pivot: Mark;
  readonly outerLevel: number;
}

export class EqualLevels {
  private high: Mark | null = null;
  private low: Mark | null = null;
  private readonly leg: PivotLeg;

  constructor(private readonly parts: EqualLevelParts) {
    this.leg = new PivotLeg(parts.window, parts.extremes, parts.options.equalSize);
  }

  /** @returns the pair that the present candle proved, null if none */
  step(): EqualPair | null {
    const side = this.leg.step();
    return side === null ? null : this.compare(side);
  }

  toJSON(): unknown {
    return { leg: this.leg.toJSON(), high: toList(this.high), low: toList(this.low) };
  }

  restore(reader: SnapshotReader): void {
    this.leg.restore(reader);
    this.high = reader.optionalMark('high');
    this.low = reader.optionalMark('low');
  }

  private compare(side: Side): EqualPair | null {
    const { window, atr, options } = this.parts;
    const at = window.index - options.equalSize;
    const level = side === 'high' ? window.highAt(at) : window.lowAt(at);
    const pivot: Mark = { level, at, atTime: window.openTimeAt(at) };
    const previous = side === 'high' ? this.high : this.low;
    if (side === 'high') this.high = pivot;
    else this.low = pivot;
    // Without an ATR the comparison fails.
    if (previous === null || !(Math.abs(level - previous.level) < options.equalThreshold * atr.value))
      return null;
    this.announce(side, pivot, previous);
    const outer = side === 'high' ? Math.max : Math.min;
    return { side, pivot, outerLevel: outer(level, previous.level) };
  }

  private announce(side: Side, pivot: Mark, previous: Mark): void {
    const { window, log } = this.parts;
    if (!log.wants('equal-level')) return;
    log.add({
      kind: 'equal-level',
      side,
      id: `eq-${side}-${timeText(window.openTime)}`,
      level: pivot.level,
      previousAt: previous.at,
      previousAtTime: previous.atTime,
      previousLevel: previous.level,
      at: pivot.at,
      atTime: pivot.atTime,
      knownAt: window.index,
      knownAtTime: window.openTime,
    });
  }
}

function toList(mark: Mark | null): number[] | null {
  return mark === null ? null : [mark.level, mark.at, mark.atTime];
}
