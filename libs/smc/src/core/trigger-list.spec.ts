import fc from 'fast-check';
import { emptyRows } from './columns';
import { SlotQueue } from './slots';
import { nextUp, TriggerList } from './trigger-list';

describe('a trigger list', () => {
  it('gives back the same as a plain list, whatever comes and goes', () => {
    const key = fc.integer({ min: 0, max: 8 });
    const command = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('insert' as const), key }) },
      fc.record({ kind: fc.constant('remove' as const), pick: fc.nat() }),
      fc.record({ kind: fc.constant('removeUnknown' as const), key }),
      fc.record({ kind: fc.constant('price' as const), key }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 120 }), (commands) => {
        const nearest = emptyRows();
        const list = new TriggerList(nearest, 0);
        const plain: { key: number; slot: number }[] = [];
        commands.forEach((one, slot) => {
          if (one.kind === 'insert') {
            list.insert(one.key, slot);
            plain.push({ key: one.key, slot });
          } else if (one.kind === 'remove' && plain.length > 0) {
            const [removed] = plain.splice(one.pick % plain.length, 1);
            list.remove(removed!.key, removed!.slot);
          } else if (one.kind === 'removeUnknown') {
            list.remove(one.key, -1);
          } else if (one.kind === 'price') {
            const queue = new SlotQueue();
            list.popInto(queue, one.key);
            const popped = Array.from({ length: queue.length }, (_, i) => queue.at(i));
            const expected = plain.filter((entry) => one.key < entry.key);
            expect(popped.sort((a, b) => a - b)).toEqual(expected.map((entry) => entry.slot));
            for (const entry of expected) plain.splice(plain.indexOf(entry), 1);
          }
          expect(nearest[0]).toBe(Math.max(-Infinity, ...plain.map((entry) => entry.key)));
        });
      }),
    );
  });
});

describe('the next greater number', () => {
  it.each([
    [1, 1 + Number.EPSILON],
    [-1, -1 + Number.EPSILON / 2],
    [0, Number.MIN_VALUE],
    [-0, Number.MIN_VALUE],
    [-Number.MIN_VALUE, -0],
    [2 - Number.EPSILON, 2],
    [4_294_967_296, 4_294_967_296 + 2 ** -20],
  ])('of %d is %d', (x, expected) => {
    expect(nextUp(x)).toBe(expected);
  });

  it('leaves no number in between', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e300 }), (x) => {
        const up = nextUp(x);
        expect(up).toBeGreaterThan(x);
        const middle = x / 2 + up / 2;
        expect(middle <= x || middle >= up).toBe(true);
      }),
    );
  });
});
