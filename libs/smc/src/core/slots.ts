/** Places in columns for things that come and go, and lists of such places in the order of birth. */
import { grownInts } from './columns';

const NONE = -1;

/** Hands out the lowest places first, and those given back before new ones. */
export class SlotStock {
  private readonly free: number[] = [];
  private used = 0;

  take(): number {
    return this.free.pop() ?? this.used++;
  }

  giveBack(slot: number): void {
    this.free.push(slot);
  }
}

/** A linked list of slots, ascending by their serial number. A slot is at most once in it. */
export class SlotList {
  length = 0;
  /** The slot with the lowest serial number, −1 while empty. */
  first = NONE;
  private last = NONE;
  private next = new Int32Array(8);
  private previous = new Int32Array(8);

  /** O(1) for the newest, else as long as the walk from the newest to its place. */
  insert(slot: number, serials: Int32Array): void {
    if (slot >= this.next.length) this.grow(slot);
    let before = this.last;
    while (before !== NONE && serials[before]! > serials[slot]!) before = this.previous[before]!;
    const after = before === NONE ? this.first : this.next[before]!;
    this.link(before, slot);
    this.link(slot, after);
    this.length++;
  }

  remove(slot: number): void {
    this.link(this.previous[slot]!, this.next[slot]!);
    this.length--;
  }

  /** Ascending by serial number. */
  toArray(): number[] {
    const slots: number[] = [];
    for (let slot = this.first; slot !== NONE; slot = this.next[slot]!) slots.push(slot);
    return slots;
  }

  private link(before: number, after: number): void {
    if (before === NONE) this.first = after;
    else this.next[before] = after;
    if (after === NONE) this.last = before;
    else this.previous[after] = before;
  }

  private grow(slot: number): void {
    const length = Math.max(2 * this.next.length, slot + 1);
    this.next = grownInts(this.next, length);
    this.previous = grownInts(this.previous, length);
  }
}

/** The slots of both lists, ascending by serial number. */
export function mergeSlots(one: SlotList, other: SlotList, serials: Int32Array): number[] {
  const a = one.toArray();
  const b = other.toArray();
  const merged: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) merged.push(serials[a[i]!]! < serials[b[j]!]! ? a[i++]! : b[j++]!);
  while (i < a.length) merged.push(a[i++]!);
  while (j < b.length) merged.push(b[j++]!);
  return merged;
}

/** A few slots that are worked off in the order of their serial numbers. */
export class SlotQueue {
  length = 0;
  private slots = new Int32Array(8);

  clear(): void {
    this.length = 0;
  }

  add(slot: number): void {
    if (this.length === this.slots.length) this.slots = grownInts(this.slots, 2 * this.length);
    this.slots[this.length++] = slot;
  }

  at(i: number): number {
    return this.slots[i]!;
  }

  sortBy(serials: Int32Array): void {
    if (this.length > 32) {
      this.slots.subarray(0, this.length).sort((a, b) => serials[a]! - serials[b]!);
      return;
    }
    const slots = this.slots;
    for (let i = 1; i < this.length; i++) {
      const slot = slots[i]!;
      let j = i;
      for (; j > 0 && serials[slots[j - 1]!]! > serials[slot]!; j--) slots[j] = slots[j - 1]!;
      slots[j] = slot;
    }
  }
}
