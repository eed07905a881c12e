/**
 * Market structure of one scale: labelled pivots, and the breaks of them. A break against the bias is a change of
 * character (CHoCH), any other a break of structure (BOS); the bias then takes the break's direction.
 */
import type { CandleWindow } from './candle-window';
import type { EventLog } from './event-log';
import type { OrderBlocks } from './order-blocks';
import { PivotLeg, type StandingExtremes } from './pivots';
import { PivotWatch } from './pivot-watch';
import type { Direction, Scale, Side } from './smc-event';
import type { BreakView, StructureView } from './smc-view';
import type { SnapshotReader } from './snapshot-reader';

export interface StructureParts {
  readonly window: CandleWindow;
  readonly extremes: StandingExtremes;
  readonly log: EventLog;
  readonly blocks: OrderBlocks;
}

export class Structure {
  readonly high: PivotWatch;
  readonly low: PivotWatch;
  bias: Direction | null = null;
  private lastBreak: BreakView | null = null;
  private readonly leg: PivotLeg;
  private readonly window: CandleWindow;
  private readonly log: EventLog;
  private readonly blocks: OrderBlocks;

  constructor(
    parts: StructureParts,
    readonly scale: Scale,
    size: number,
  ) {
    this.window = parts.window;
    this.log = parts.log;
    this.blocks = parts.blocks;
    this.high = new PivotWatch(parts.window, 'high');
    this.low = new PivotWatch(parts.window, 'low');
    this.leg = new PivotLeg(parts.window, parts.extremes, size);
  }

  /** @returns the kind of pivot that the present candle confirmed */
  stepPivots(): Side | null {
    const side = this.leg.step();
    if (side !== null) this.confirm(side);
    return side;
  }

  /** @param outer a structure whose pivots take precedence: a crossing of the very same level is theirs, not ours */
  stepBreaks(outer: Structure | null): void {
    const { window, high, low } = this;
    // The close before is NaN at the first candle, and compares as false.
    if (window.close > high.barrier && window.previousClose <= high.barrier) {
      if (high.level !== outer?.high.level) this.break(high, 'bullish');
    }
    if (window.close < low.barrier && window.previousClose >= low.barrier) {
      if (low.level !== outer?.low.level) this.break(low, 'bearish');
    }
  }

  /** Takes the candles that may leave the window into the searches for order blocks, once all breaks are known. */
  catchUp(): void {
    this.high.catchUp();
    this.low.catchUp();
  }

  view(): StructureView {
    return {
      bias: this.bias,
      high: this.high.view(),
      low: this.low.view(),
      lastBreak: this.lastBreak === null ? null : { ...this.lastBreak },
    };
  }

  /** The same without copies: what it shows is not to be changed. */
  glance(): StructureView {
    return {
      bias: this.bias,
      high: this.high.glance(),
      low: this.low.glance(),
      lastBreak: this.lastBreak,
    };
  }

  toJSON(): unknown {
    return {
      leg: this.leg.toJSON(),
      bias: this.bias,
      high: this.high.toJSON(),
      low: this.low.toJSON(),
      lastBreak: this.lastBreak === null ? null : { ...this.lastBreak },
    };
  }

  restore(reader: SnapshotReader): void {
    this.leg.restore(reader);
    this.bias = reader.oneOf<Direction | null>('bias', ['bullish', 'bearish', null]);
    this.high.restore(reader);
    this.low.restore(reader);
    this.lastBreak = breakFrom(reader.optionalPart('lastBreak'));
    if ((this.lastBreak?.direction ?? null) !== this.bias)
      reader.fail('bias', 'is not that of the last break');
  }

  private confirm(side: Side): void {
    const pivot = side === 'high' ? this.high : this.low;
    pivot.confirm(this.leg.size);
    if (!this.log.wants('pivot')) return;
    this.log.add({
      kind: 'pivot',
      scale: this.scale,
      side,
      label: pivot.label,
      level: pivot.level,
      at: pivot.at,
      atTime: pivot.atTime,
      knownAt: this.window.index,
      knownAtTime: this.window.openTime,
    });
  }

  private break(pivot: PivotWatch, direction: Direction): void {
    const kind = this.bias !== null && this.bias !== direction ? 'choch' : 'bos';
    this.bias = direction;
    const { level, at, atTime } = pivot;
    const { index: knownAt, openTime: knownAtTime } = this.window;
    this.lastBreak = { kind, direction, level, at, atTime, knownAt, knownAtTime };
    if (this.log.wants(kind)) {
      this.log.add({ kind, scale: this.scale, direction, level, at, atTime, knownAt, knownAtTime });
    }
    this.blocks.add(direction, pivot.search);
    pivot.markBroken();
  }
}

function breakFrom(reader: SnapshotReader | null): BreakView | null {
  if (reader === null) return null;
  const at = reader.number('at');
  const atTime = reader.number('atTime');
  const knownAt = reader.number('knownAt');
  const knownAtTime = reader.number('knownAtTime');
  reader.checkCandle('at', at, atTime);
  reader.checkCandle('knownAt', knownAt, knownAtTime);
  if (knownAt <= at || knownAtTime - atTime < knownAt - at)
    reader.fail('knownAt', 'does not come after the pivot');
  return {
    kind: reader.oneOf('kind', ['bos', 'choch']),
    direction: reader.oneOf<Direction>('direction', ['bullish', 'bearish']),
    level: reader.number('level'),
    at,
    atTime,
    knownAt,
    knownAtTime,
  };
}
