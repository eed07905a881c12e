/** Rows for things that come and go, and lists of such rows in the order of birth. A slot is the number of a row. */

const NONE = -1;

/** What each row begins with. Numbers read from a row are doubles: `| 0` makes a place of one again. */
export const SERIAL = 0;
const PREVIOUS = 1;
const NEXT = 2;
export const LINKS = 3;

/** Hands out the lowest places first, and those given back before new ones. */
export class SlotStock {
  private readonly free: number[] = [];
  private used = 0;

  take(): number {
    return this.free.length > 0 ? this.free.pop()! : this.used++;
  }

  giveBack(slot: number): void {
    this.free.push(slot);
  }
}

/** A linked list of slots, ascending by their serial number. A slot is at most in one such list of its rows. */
export class SlotList {
  length = 0;
  /** The slot with the lowest serial number, −1 while empty. */
  first = NONE;
  private last = NONE;

  /** @param width of a row */
  constructor(
    private readonly rows: number[],
    private readonly width: number,
  ) {}

  /** O(1) for the newest, else as long as the walk from the newest to its place. */
  insert(slot: number): void {
    const { rows, width } = this;
    const row = slot * width;
    const serial = rows[row + SERIAL]!;
    let after = NONE;
    let before = this.last;
    while (before !== NONE && rows[before * width + SERIAL]! > serial) {
      after = before;
      before = rows[before * width + PREVIOUS]! | 0;
    }
    rows[row + PREVIOUS] = before;
    rows[row + NEXT] = after;
    this.join(before, slot, after, slot);
    this.length++;
  }

  remove(slot: number): void {
    const row = slot * this.width;
    const before = this.rows[row + PREVIOUS]! | 0;
    const after = this.rows[row + NEXT]! | 0;
    this.join(before, after, after, before);
    this.length--;
  }

  /** The slot that follows in the order of birth; −1 after the last. */
  next(slot: number): number {
    return this.rows[slot * this.width + NEXT]! | 0;
  }

  /** Says to the one before who comes next, and to the one after who came before; where there is none, to the list. */
  private join(before: number, next: number, after: number, previous: number): void {
    if (before === NONE) this.first = next;
    else this.rows[before * this.width + NEXT] = next;
    if (after === NONE) this.last = previous;
    else this.rows[after * this.width + PREVIOUS] = previous;
  }
}

/** The slots of two lists of the same rows, ascending by serial number. */
export function mergeSlots(one: SlotList, other: SlotList, rows: readonly number[], width: number): number[] {
  const merged: number[] = [];
  let a = one.first;
  let b = other.first;
  while (a !== NONE && b !== NONE) {
    if (rows[a * width + SERIAL]! < rows[b * width + SERIAL]!) {
      merged.push(a);
      a = one.next(a);
    } else {
      merged.push(b);
      b = other.next(b);
    }
  }
  for (; a !== NONE; a = one.next(a)) merged.push(a);
  for (; b !== NONE; b = other.next(b)) merged.push(b);
  return merged;
}

/** Above it the platform's way of sorting is quicker. */
const MANY = 32;

/** A few slots that are worked off in the order of their serial numbers. */
export class SlotQueue {
  length = 0;
  private readonly slots: number[] = [];

  clear(): void {
    this.length = 0;
  }

  add(slot: number): void {
    if (this.length === this.slots.length) this.slots.push(slot);
    else this.slots[this.length] = slot;
    this.length++;
  }

  at(i: number): number {
    return this.slots[i]!;
  }

  /** @param width of a row */
  sortBy(rows: readonly number[], width: number): void {
    const { slots, length } = this;
    if (length > MANY) {
      slots.length = length;
      slots.sort((a, b) => rows[a * width + SERIAL]! - rows[b * width + SERIAL]!);
      return;
    }
    for (let i = 1; i < length; i++) {
      const slot = slots[i]!;
      const serial = rows[slot * width + SERIAL]!;
      let j = i;
      for (; j > 0 && rows[slots[j - 1]! * width + SERIAL]! > serial; j--) slots[j] = slots[j - 1]!;
      slots[j] = slot;
    }
  }
}
