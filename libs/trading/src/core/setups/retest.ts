/**
 * Zones that price has come back to and must leave again on the side it came from, by a close in the zone's direction:
 * what block retests and gap continuations have in common.
 */
import type { Candle } from '@slt/domain';
import type { Direction } from '@slt/smc';

/** The event of the touch is one. */
export interface TouchedZone {
  readonly id: string;
  /** Index of the candle that it is about. */
  readonly at: number;
  readonly direction: Direction;
  readonly top: number;
  readonly bottom: number;
}

export class Retest<Zone extends TouchedZone> {
  /** Ascending by touch. */
  private readonly zones: Zone[] = [];
  /** Of each zone the count of candles at its touch. */
  private readonly touchedAt: number[] = [];
  private count = 0;

  /** @param within candles from the touch to the close, 0 being the same candle */
  constructor(private readonly within: number) {}

  /** To be called once a candle, before anything else. */
  begin(): void {
    this.count++;
    while (this.zones.length > 0 && this.count - this.touchedAt[0]! > this.within) {
      this.zones.shift();
      this.touchedAt.shift();
    }
  }

  get isEmpty(): boolean {
    return this.zones.length === 0;
  }

  touch(zone: Zone): void {
    this.zones.push(zone);
    this.touchedAt.push(this.count);
  }

  /** The zone did not hold. */
  lose({ id, at }: TouchedZone): void {
    const { zones } = this;
    for (let i = 0; i < zones.length; i++) {
      // Few zones are about one candle: that is quicker to see than that two texts differ.
      if (zones[i]!.at !== at || zones[i]!.id !== id) continue;
      zones.splice(i, 1);
      this.touchedAt.splice(i, 1);
      return;
    }
  }

  /** Takes out the zones that this candle leaves in their direction. @returns them, those touched first in front */
  left(candle: Candle): readonly Zone[] {
    const { zones, touchedAt } = this;
    let left: Zone[] | undefined;
    for (let i = 0; i < zones.length; i++) {
      const zone = zones[i]!;
      if (hasLeft(zone, candle)) {
        (left ??= []).push(zone);
      } else if (left !== undefined) {
        zones[i - left.length] = zone;
        touchedAt[i - left.length] = touchedAt[i]!;
      }
    }
    if (left === undefined) return NONE;
    for (let i = 0; i < left.length; i++) {
      zones.pop();
      touchedAt.pop();
    }
    return left;
  }

  reset(): void {
    this.zones.length = 0;
    this.touchedAt.length = 0;
    this.count = 0;
  }
}

const NONE: readonly never[] = Object.freeze([]);

/** A rising candle that closes above a bullish zone; a falling one below a bearish zone. */
function hasLeft({ direction, top, bottom }: TouchedZone, { open, close }: Candle): boolean {
  return direction === 'bullish' ? close > top && close > open : close < bottom && close < open;
}
