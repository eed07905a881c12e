/**
 * Zones that wait for a price to fall below their key, the nearest key at hand: a candle that reaches none of them
 * costs one comparison. Who waits for a price to rise above a level enters −level and asks with −price.
 */
import { grownFloats, grownInts } from './columns';
import type { SlotQueue } from './slots';

const FIRST_CAPACITY = 8;

export class TriggerList {
  /** The greatest key; −Infinity while nobody waits. A price below it triggers. */
  nearest = -Infinity;
  /** The last one asked with. */
  price = Infinity;
  private length = 0;
  /** Ascending, so that the nearest are at the end, where most come and go. */
  private keys = new Float64Array(FIRST_CAPACITY);
  private slots = new Int32Array(FIRST_CAPACITY);

  insert(key: number, slot: number): void {
    if (this.length === this.keys.length) this.grow();
    const { keys, slots } = this;
    let i = this.length;
    for (; i > 0 && keys[i - 1]! > key; i--) {
      keys[i] = keys[i - 1]!;
      slots[i] = slots[i - 1]!;
    }
    keys[i] = key;
    slots[i] = slot;
    this.length++;
    this.nearest = keys[this.length - 1]!;
  }

  /** Takes out everybody whom the price triggers, and remembers the price. */
  popInto(queue: SlotQueue, price: number): void {
    this.price = price;
    while (price < this.nearest) queue.add(this.pop());
  }

  /** Takes out the slot with that key, if it is there. */
  remove(key: number, slot: number): void {
    const { keys, slots, length } = this;
    let i = this.lowerBound(key);
    while (i < length && keys[i] === key && slots[i] !== slot) i++;
    if (i === length || keys[i] !== key) return;
    keys.copyWithin(i, i + 1, length);
    slots.copyWithin(i, i + 1, length);
    this.length--;
    this.nearest = this.length === 0 ? -Infinity : keys[this.length - 1]!;
  }

  private pop(): number {
    this.length--;
    this.nearest = this.length === 0 ? -Infinity : this.keys[this.length - 1]!;
    return this.slots[this.length]!;
  }

  private lowerBound(key: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private grow(): void {
    this.keys = grownFloats(this.keys, 2 * this.length);
    this.slots = grownInts(this.slots, 2 * this.length);
  }
}

const BITS = new DataView(new ArrayBuffer(8));
const SIGN_AND_EXPONENT = 0;
const REST = 4;

/** The next greater double, so that "not above x" can be asked as "below nextUp(x)". @param x finite */
export function nextUp(x: number): number {
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
