/**
 * Swing points, as in LuxAlgo's `leg`: a high above all of the next `size` highs turns the leg bearish, a low below
 * all of the next `size` lows turns it bullish; each turn confirms a pivot `size` candles back. The high wins a draw.
 */
import type { CandleWindow } from './candle-window';
import type { Direction } from './smc-event';
import type { SnapshotReader } from './snapshot-reader';

/** In place of a link: a later candle is at least as high (low). */
const FALLEN = -2;

/** Which candles of the window still stand above (below) all that came after them; shared by all pivot sizes. */
export class StandingExtremes {
  /**
   * A ring; for the highs and the lows of each candle that stands, the last one before it that stands. Walking on from
   * link to link the highs rise and the lows fall.
   */
  private readonly links: Int32Array;
  /** Links of candles before this one lead nowhere. */
  private first = 0;

  constructor(private readonly window: CandleWindow) {
    this.links = new Int32Array(2 * (window.mask + 1));
  }

  /** Takes the given candle, which is the next one. Amortised O(1). */
  push(index: number): void {
    const { links, window, first } = this;
    const { mask } = window;
    const oldest = Math.max(first, index - window.reach);
    const high = window.highAt(index);
    const low = window.lowAt(index);
    let before = index - 1;
    while (before >= oldest && window.highAt(before) <= high) {
      const fallen = 2 * (before & mask);
      before = links[fallen]!;
      links[fallen] = FALLEN;
    }
    links[2 * (index & mask)] = before;
    before = index - 1;
    while (before >= oldest && window.lowAt(before) >= low) {
      const fallen = 2 * (before & mask) + 1;
      before = links[fallen]!;
      links[fallen] = FALLEN;
    }
    links[2 * (index & mask) + 1] = before;
  }

  /** Whether the candle's high is strictly above all later ones. @param index at most `reach` candles ago */
  isHigh(index: number): boolean {
    return this.links[2 * (index & this.window.mask)] !== FALLEN;
  }

  /** Whether the candle's low is strictly below all later ones. @param index at most `reach` candles ago */
  isLow(index: number): boolean {
    return this.links[2 * (index & this.window.mask) + 1] !== FALLEN;
  }

  /** Takes what the window holds, after a restore. */
  rebuild(): void {
    const { index, reach } = this.window;
    this.first = Math.max(0, index - reach + 1);
    for (let i = this.first; i <= index; i++) this.push(i);
  }
}

/** A text in any case: comparing one with null is slow. */
type Leg = 'bullish' | 'bearish' | 'none';

/** The leg of one size. */
export class PivotLeg {
  private leg: Leg = 'none';

  constructor(
    private readonly window: CandleWindow,
    private readonly extremes: StandingExtremes,
    readonly size: number,
  ) {}

  /** @returns the kind of pivot that the present candle confirms at index − size, null if none */
  step(): 'high' | 'low' | null {
    const index = this.window.index - this.size;
    if (index < 0) return null;
    if (this.extremes.isHigh(index)) return this.turn('bearish') ? 'high' : null;
    if (this.extremes.isLow(index)) return this.turn('bullish') ? 'low' : null;
    return null;
  }

  toJSON(): Direction | null {
    return this.leg === 'none' ? null : this.leg;
  }

  restore(reader: SnapshotReader): void {
    this.leg = reader.oneOf<Direction | null>('leg', ['bullish', 'bearish', null]) ?? 'none';
  }

  private turn(leg: Leg): boolean {
    if (this.leg === leg) return false;
    this.leg = leg;
    return true;
  }
}
