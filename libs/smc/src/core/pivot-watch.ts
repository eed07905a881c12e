/**
 * The last pivot of one kind and scale, and the wait for the first close that crosses it; meanwhile the search for
 * the order block that the break would leave.
 */
import type { UtcMs } from '@slt/domain';
import { BlockSearch } from './block-search';
import type { CandleWindow } from './candle-window';
import type { PivotLabel, Side } from './smc-event';
import type { PivotView } from './smc-view';
import type { SnapshotReader } from './snapshot-reader';

export class PivotWatch {
  /** The pivot's candle; −1 before the first pivot. */
  at = -1;
  atTime: UtcMs = NaN;
  /** NaN before the first pivot: no level equals it. */
  level = NaN;
  label: PivotLabel | null = null;
  readonly search: BlockSearch;
  /** The level while the pivot is unbroken, else one that no close is beyond. */
  barrier: number;
  private readonly none: number;
  /** For glances; until the pivot changes. */
  private seen: PivotView | undefined;

  constructor(
    private readonly window: CandleWindow,
    readonly side: Side,
  ) {
    this.none = side === 'high' ? Infinity : -Infinity;
    this.barrier = this.none;
    this.search = new BlockSearch(window, side === 'high' ? 1 : -1);
  }

  /** Broken, or none yet. */
  get isBroken(): boolean {
    return this.barrier === this.none;
  }

  /** Takes the candle `size` back as the new pivot of this kind. */
  confirm(size: number): void {
    const { window } = this;
    const at = window.index - size;
    const level = this.side === 'high' ? window.highAt(at) : window.lowAt(at);
    this.label = this.labelOf(level);
    this.at = at;
    this.atTime = window.openTimeAt(at);
    this.level = level;
    this.barrier = level;
    this.seen = undefined;
    this.search.start(at);
  }

  markBroken(): void {
    this.barrier = this.none;
    this.seen = undefined;
  }

  /** Takes what the window holds, before it leaves it. */
  catchUp(): void {
    if (!this.isBroken) this.search.takeUpTo(this.window.index);
  }

  view(): PivotView | null {
    if (this.at < 0) return null;
    const { at, atTime, level, label, isBroken } = this;
    return { at, atTime, level, label, isBroken };
  }

  /** The same without a copy: it is not to be changed. */
  glance(): PivotView | null {
    return this.at < 0 ? null : (this.seen ??= this.view()!);
  }

  toJSON(): unknown {
    if (this.at < 0) return null;
    const { isBroken } = this;
    return {
      pivot: [this.level, this.at, this.atTime],
      label: this.label,
      isBroken,
      search: isBroken ? null : this.search.toJSON(),
    };
  }

  restore(parent: SnapshotReader): void {
    const reader = parent.optionalPart(this.side);
    if (reader === null) return;
    const { level, at, atTime } = reader.mark('pivot');
    this.at = at;
    this.atTime = atTime;
    this.level = level;
    this.seen = undefined;
    const labels = this.side === 'high' ? (['HH', 'LH', null] as const) : (['HL', 'LL', null] as const);
    this.label = reader.oneOf<PivotLabel | null>('label', labels);
    if (reader.oneOf('isBroken', [true, false])) {
      if (reader.raw('search') !== null) reader.fail('search', 'goes on although its pivot is broken');
      return;
    }
    this.barrier = level;
    this.search.restore(reader.part('search'), at);
  }

  /** Ties count as lower high and as higher low; before the first pivot there is nothing to compare with. */
  private labelOf(level: number): PivotLabel | null {
    if (this.at < 0) return null;
    if (this.side === 'high') return level > this.level ? 'HH' : 'LH';
    return level < this.level ? 'LL' : 'HL';
  }
}
