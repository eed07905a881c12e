import fc from 'fast-check';
import { ENTRY_SHARE, ORDER_RULES, OrderWindow } from './order-window';

const RULES = [
  { limit: 10, periodMs: 1_000 },
  { limit: 25, periodMs: 6_000 },
];
const NOW = 1_790_000_000_000;

function take(window: OrderWindow, times: number, now: number, isReducing = false): number {
  let taken = 0;
  while (taken < times && window.take(now, isReducing) === 0) taken++;
  return taken;
}

describe('OrderWindow', () => {
  it('lets new risk use 80 % of a limit, and what reduces it the rest', () => {
    const window = new OrderWindow(RULES);
    expect(take(window, 99, NOW)).toBe(8); // 0.8 × 10
    expect(window.take(NOW, false)).toBe(1_000);
    expect(take(window, 99, NOW, true)).toBe(2); // 10 − 8
    expect(window.take(NOW + 400, true)).toBe(600);
    expect(take(window, 99, NOW + 1_000)).toBe(8);
  });

  it('keeps the longer limit too', () => {
    const window = new OrderWindow(RULES);
    for (const second of [0, 1, 2]) take(window, 8, NOW + second * 1_000);
    // 8 + 8 + 4 = 0.8 × 25; the first eight leave the six seconds together.
    expect(window.take(NOW + 3_000, false)).toBe(3_000);
    expect(take(window, 99, NOW + 3_000, true)).toBe(5); // 25 − 20
  });

  it('believes the exchange when it has counted more', () => {
    const window = new OrderWindow(RULES);
    take(window, 3, NOW);
    window.observe(1_000, 7, NOW);
    window.observe(1_000, 5, NOW); // fewer than are known: an older window
    expect(take(window, 99, NOW)).toBe(1); // 8 − 7
  });

  it('takes other limits over, and pauses', () => {
    const window = new OrderWindow();
    window.limitTo([]);
    expect(take(window, 999, NOW)).toBe(ORDER_RULES[0]!.limit * ENTRY_SHARE);
    window.limitTo([{ limit: 1_000, periodMs: 1_000 }]);
    window.pause(NOW + 500);
    expect(window.take(NOW, true)).toBe(500);
    expect(window.take(NOW + 500, true)).toBe(0);
  });

  it('never lets more through than any window of that length may hold, and waits no longer than needed', () => {
    const step = fc.record({ afterMs: fc.integer({ min: 0, max: 900 }), isReducing: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const window = new OrderWindow(RULES);
        const sent: number[] = [];
        let now = NOW;
        for (const { afterMs, isReducing } of steps) {
          now += afterMs;
          const wait = window.take(now, isReducing);
          if (wait > 0) {
            // One millisecond earlier it would still be refused.
            if (wait > 1) expect(window.take(now + wait - 1, isReducing)).toBeGreaterThan(0);
            now += wait;
            expect(window.take(now, isReducing)).toBe(0);
          }
          sent.push(now);
        }
        for (const { limit, periodMs } of RULES)
          for (const end of sent)
            expect(sent.filter((at) => at > end - periodMs && at <= end).length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});
