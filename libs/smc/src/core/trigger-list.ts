/**
 * Zones that wait for a price to fall below their key, the nearest key at hand: a candle that reaches none of them
 * costs one comparison. Who waits for a price to rise above a level enters −level and asks with −price.
 */
import { emptyRows } from './columns';
import type { SlotQueue } from './slots';

export class TriggerList {
  /** Key, slot, key, slot, …, the keys ascending, so that the nearest are at the end, where most come and go. */
  private readonly entries = emptyRows();

  /**
   * @param nearest holds at `place` the list's greatest key, −Infinity while nobody waits; a price below it triggers.
   *   Lists that are asked together share it, so that it is one look for all.
   */
  constructor(
    private readonly nearest: number[],
    private readonly place: number,
  ) {
    nearest[place] = -Infinity;
  }

  insert(key: number, slot: number): void {
    const { entries } = this;
    let i = entries.length;
    entries.push(key, slot);
    if (i === 0 || entries[i - 2]! <= key) {
      this.nearest[this.place] = key;
      return;
    }
    for (; i > 0 && entries[i - 2]! > key; i -= 2) {
      entries[i] = entries[i - 2]!;
      entries[i + 1] = entries[i - 1]!;
    }
    entries[i] = key;
    entries[i + 1] = slot;
  }

  /** Takes out everybody whom the price triggers. */
  popInto(queue: SlotQueue, price: number): void {
    if (!(price < this.nearest[this.place]!)) return;
    const { entries } = this;
    do {
      queue.add(entries.pop()! | 0);
      entries.pop();
    } while (entries.length > 0 && price < entries[entries.length - 2]!);
    this.note();
  }

  /** The greatest key below the price; undefined where nobody waits there. As long as the walk to it from the nearest. */
  greatestBelow(price: number): number | undefined {
    const { entries } = this;
    let i = entries.length - 2;
    while (i >= 0 && entries[i]! >= price) i -= 2;
    return i < 0 ? undefined : entries[i];
  }

  /** The key of each who waits. */
  forEach(tell: (key: number) => void): void {
    const { entries } = this;
    for (let i = 0; i < entries.length; i += 2) tell(entries[i]!);
  }

  /** Takes out the slot with that key, if it is there. */
  remove(key: number, slot: number): void {
    const { entries } = this;
    let i = this.lowerBound(key);
    while (i < entries.length && entries[i] === key && entries[i + 1] !== slot) i += 2;
    if (i === entries.length || entries[i] !== key) return;
    entries.splice(i, 2);
    this.note();
  }

  private note(): void {
    const { entries } = this;
    this.nearest[this.place] = entries.length === 0 ? -Infinity : entries[entries.length - 2]!;
  }

  private lowerBound(key: number): number {
    let low = 0;
    let high = this.entries.length >>> 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.entries[2 * middle]! < key) low = middle + 1;
      else high = middle;
    }
    return 2 * low;
  }
}

/** Half a unit in the last place of a number's neighbour, and a little more: added, it rounds to that neighbour. */
const NUDGE = 2 ** -53 * (1 + 2 ** -52);
/** Below it the product with NUDGE is not exact enough. */
const SMALLEST_EXACT = 2 ** -960;

/** The next greater double, so that "not above x" can be asked as "below nextUp(x)". @param x finite */
export function nextUp(x: number): number {
  const size = x < 0 ? -x : x;
  return size > SMALLEST_EXACT ? x + size * NUDGE : nextUpByBits(x);
}

const BITS = new DataView(new ArrayBuffer(8));
const SIGN_AND_EXPONENT = 0;
const REST = 4;

function nextUpByBits(x: number): number {
  if (x === 0) return Number.MIN_VALUE;
  BITS.setFloat64(0, x);
  const step = x > 0 ? 1 : -1;
  const rest = BITS.getUint32(REST) + step;
  // setUint32 takes the number modulo 2³²: a carry or borrow goes to the upper half.
  BITS.setUint32(REST, rest);
  const carry = rest > 0xffff_ffff ? 1 : rest < 0 ? -1 : 0;
  BITS.setUint32(SIGN_AND_EXPONENT, BITS.getUint32(SIGN_AND_EXPONENT) + carry);
  return BITS.getFloat64(0);
}
