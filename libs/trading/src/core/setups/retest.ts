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
  /** Ascending by touch, the first `length` of them; lists that shrink would ask for memory anew each time they grow. */
  private readonly zones: (Zone | undefined)[] = [];
  /** Of each zone the count of candles before its touch. */
  private readonly touchedAt: number[] = [];
  private length = 0;
  private count = 0;

  /** @param within candles from the touch to the close, 0 being the same candle */
  constructor(private readonly within: number) {}

  /** To be called once a candle, after what is heard of it. */
  next(): void {
    const oldest = this.count - this.within;
    this.count++;
    let over = 0;
    while (over < this.length && this.touchedAt[over]! < oldest) over++;
    if (over > 0) this.remove(0, over);
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  touch(zone: Zone): void {
    this.zones[this.length] = zone;
    this.touchedAt[this.length++] = this.count;
  }

  /** The zone did not hold. */
  lose({ id, at }: TouchedZone): void {
    for (let i = 0; i < this.length; i++) {
      const zone = this.zones[i]!;
      // Few zones are about one candle: that is quicker to see than that two texts differ.
      if (zone.at === at && zone.id === id) return this.remove(i, 1);
    }
  }

  /** Zones through which this candle's wick goes did not hold; to be called before `left`. */
  loseCrossed(candle: Candle): void {
    for (let i = this.length - 1; i >= 0; i--) {
      if (hasCrossed(this.zones[i]!, candle)) this.remove(i, 1);
    }
  }

  /** Takes out the zones that this candle leaves in their direction. @returns them, those touched first in front */
  left(candle: Candle): readonly Zone[] {
    let left: Zone[] | undefined;
    for (let i = 0; i < this.length;) {
      const zone = this.zones[i]!;
      if (!hasLeft(zone, candle)) {
        i++;
        continue;
      }
      (left ??= []).push(zone);
      this.remove(i, 1);
    }
    return left ?? NONE;
  }

  reset(): void {
    this.remove(0, this.length);
    this.count = 0;
  }

  private remove(from: number, count: number): void {
    const { zones, touchedAt } = this;
    const length = this.length - count;
    for (let i = from; i < length; i++) {
      zones[i] = zones[i + count];
      touchedAt[i] = touchedAt[i + count]!;
    }
    for (let i = length; i < this.length; i++) zones[i] = undefined;
    this.length = length;
  }
}

const NONE: readonly never[] = Object.freeze([]);

function hasCrossed({ direction, top, bottom }: TouchedZone, { low, high }: Candle): boolean {
  return direction === 'bullish' ? low < bottom : high > top;
}

/** A rising candle that closes above a bullish zone; a falling one below a bearish zone. */
function hasLeft({ direction, top, bottom }: TouchedZone, { open, close }: Candle): boolean {
  return direction === 'bullish' ? close > top && close > open : close < bottom && close < open;
}
