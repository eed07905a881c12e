/**
 * Swing points, as in LuxAlgo's `leg`: a high above all of the next `size` highs turns the leg bearish, a low below
 * all of the next `size` lows turns it bullish; each turn confirms a pivot `size` candles back. The high wins a draw.
 */
import type { CandleWindow } from './candle-window';

/** Which candles of the window still stand above (below) all that came after them; shared by all pivot sizes. */
export class StandingExtremes {
  /** Candle indices and sign · their values, strictly falling: a ring used as a stack that also loses its oldest. */
  private readonly stack: Int32Array;
  private readonly stackValues: Float64Array;
  private readonly standing: Uint8Array;
  private readonly values: Float64Array;
  private bottom = 0;
  private top = 0;

  /** @param sign 1 for highs, −1 for lows */
  constructor(
    private readonly window: CandleWindow,
    private readonly sign: 1 | -1,
  ) {
    this.values = sign === 1 ? window.highs : window.lows;
    this.stack = new Int32Array(window.mask + 1);
    this.stackValues = new Float64Array(window.mask + 1);
    this.standing = new Uint8Array(window.mask + 1);
  }

  /** Takes the given candle, which is the next one. Amortised O(1). */
  push(index: number): void {
    const { stack, stackValues, standing } = this;
    const { mask, reach } = this.window;
    const value = this.sign * this.values[index & mask]!;
    let { bottom, top } = this;
    if (top > bottom && stack[bottom & mask]! < index - reach) bottom++;
    while (top > bottom && stackValues[(top - 1) & mask]! <= value) {
      top--;
      standing[stack[top & mask]! & mask] = 0;
    }
    stack[top & mask] = index;
    stackValues[top & mask] = value;
    standing[index & mask] = 1;
    this.bottom = bottom;
    this.top = top + 1;
  }

  /** Whether the candle is strictly beyond all later ones. @param index at most `reach` candles ago */
  stands(index: number): boolean {
    return this.standing[index & this.window.mask] === 1;
  }

  /** Takes what the window holds, after a restore. */
  rebuild(): void {
    const { index, reach } = this.window;
    for (let i = Math.max(0, index - reach + 1); i <= index; i++) this.push(i);
  }
}

export interface Extremes {
  readonly highs: StandingExtremes;
  readonly lows: StandingExtremes;
}

export type Leg = 'bullish' | 'bearish' | null;

/** The leg of one size. */
export class PivotLeg {
  leg: Leg = null;

  constructor(
    private readonly window: CandleWindow,
    private readonly extremes: Extremes,
    readonly size: number,
  ) {}

  /** @returns the kind of pivot that the present candle confirms at index − size, null if none */
  step(): 'high' | 'low' | null {
    const index = this.window.index - this.size;
    if (index < 0) return null;
    if (this.extremes.highs.stands(index)) return this.turn('bearish') ? 'high' : null;
    if (this.extremes.lows.stands(index)) return this.turn('bullish') ? 'low' : null;
    return null;
  }

  private turn(leg: Leg): boolean {
    if (this.leg === leg) return false;
    this.leg = leg;
    return true;
  }
}
