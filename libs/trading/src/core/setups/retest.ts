/**
 * Zones that price has come back to and must leave again on the side it came from, by a close in the zone's direction:
 * what block retests and gap continuations have in common.
 */
import type { Candle } from '@slt/domain';

export interface TouchedZone {
  readonly id: string;
  readonly isBullish: boolean;
  readonly top: number;
  readonly bottom: number;
}

interface Waiting<Zone> {
  readonly zone: Zone;
  /** Count of candles at the touch. */
  readonly touchedAt: number;
}

export class Retest<Zone extends TouchedZone> {
  private readonly waiting: Waiting<Zone>[] = [];
  private count = 0;

  /** @param within candles from the touch to the close, 0 being the same candle */
  constructor(private readonly within: number) {}

  /** To be called once a candle, before anything else. */
  begin(): void {
    this.count++;
    // Ascending by touch: what is over stands in front.
    while (this.waiting.length > 0 && this.count - this.waiting[0]!.touchedAt > this.within)
      this.waiting.shift();
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  touch(zone: Zone): void {
    this.waiting.push({ zone, touchedAt: this.count });
  }

  /** The zone did not hold. */
  lose(id: string): void {
    if (this.waiting.length === 0) return;
    const at = this.waiting.findIndex(({ zone }) => zone.id === id);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  /** Takes out the zones that this candle leaves in their direction. @returns them, those touched first in front */
  left(candle: Candle): readonly Zone[] {
    const { waiting } = this;
    let left: Zone[] | undefined;
    let kept = 0;
    for (let i = 0; i < waiting.length; i++) {
      const each = waiting[i]!;
      if (hasLeft(each.zone, candle)) (left ??= []).push(each.zone);
      else waiting[kept++] = each;
    }
    waiting.length = kept;
    return left ?? NONE;
  }

  reset(): void {
    this.waiting.length = 0;
    this.count = 0;
  }
}

const NONE: readonly never[] = Object.freeze([]);

/** A rising candle that closes above a bullish zone; a falling one below a bearish zone. */
function hasLeft({ isBullish, top, bottom }: TouchedZone, { open, close }: Candle): boolean {
  return isBullish ? close > top && close > open : close < bottom && close < open;
}
