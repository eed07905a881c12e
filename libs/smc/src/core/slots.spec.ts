import fc from 'fast-check';
import { emptyRows } from './columns';
import { LINKS, mergeSlots, SERIAL, SlotList, SlotQueue, SlotStock } from './slots';

const WIDTH = LINKS + 1;

/** So many rows with these serial numbers. */
function rowsOf(length: number, serialOf: (slot: number) => number): number[] {
  const rows = emptyRows();
  for (let slot = 0; slot < length; slot++) {
    rows.push(...Array.from({ length: WIDTH }, () => NaN));
    rows[slot * WIDTH + SERIAL] = serialOf(slot);
  }
  return rows;
}

function slotsOf(list: SlotList): number[] {
  const slots: number[] = [];
  for (let slot = list.first; slot >= 0; slot = list.next(slot)) slots.push(slot);
  return slots;
}

describe('slots', () => {
  it('are handed out again once given back', () => {
    const stock = new SlotStock();
    expect([stock.take(), stock.take(), stock.take()]).toEqual([0, 1, 2]);
    stock.giveBack(1);
    expect([stock.take(), stock.take()]).toEqual([1, 3]);
  });

  it('stand in a list in the order of their serial numbers', () => {
    const slots = fc.uniqueArray(fc.nat(60), { maxLength: 40 });
    fc.assert(
      fc.property(slots, fc.array(fc.nat()), (order, removals) => {
        // A slot's serial number is its own number here.
        const list = new SlotList(
          rowsOf(61, (slot) => slot),
          WIDTH,
        );
        for (const slot of order) list.insert(slot);
        const left = [...order].sort((a, b) => a - b);
        for (const pick of removals) {
          expect(slotsOf(list)).toEqual(left);
          expect(list.length).toBe(left.length);
          expect(list.first).toBe(left[0] ?? -1);
          if (left.length > 0) list.remove(left.splice(pick % left.length, 1)[0]!);
        }
      }),
    );
  });

  it('of two lists stand in the order of their serial numbers too', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(60)),
        fc.array(fc.boolean(), { minLength: 61, maxLength: 61 }),
        (slots, isOdd) => {
          const rows = rowsOf(61, (slot) => 100 - slot);
          const lists = [new SlotList(rows, WIDTH), new SlotList(rows, WIDTH)] as const;
          for (const slot of slots) lists[isOdd[slot] === true ? 1 : 0].insert(slot);
          expect(mergeSlots(lists[0], lists[1], rows, WIDTH)).toEqual([...slots].sort((a, b) => b - a));
        },
      ),
    );
  });

  it.each([0, 1, 5, 32, 33, 200])('are worked off by serial number, %i of them', (count) => {
    const serials = Int32Array.from({ length: count }, (_, i) => (i * 7919) % 1009);
    const queue = new SlotQueue();
    for (let slot = 0; slot < count; slot++) queue.add(slot);
    queue.sortBy(
      rowsOf(count, (slot) => serials[slot]!),
      WIDTH,
    );
    const sorted = Array.from({ length: queue.length }, (_, i) => serials[queue.at(i)]!);
    expect(sorted).toEqual([...serials].sort((a, b) => a - b));
  });
});
