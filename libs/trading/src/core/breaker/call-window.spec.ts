import fc from 'fast-check';
import { CallWindow } from './call-window';

const ok = (latencyMs = 100) => ({ isOk: true, latencyMs });
const failed = (latencyMs = 100) => ({ isOk: false, latencyMs });

describe('the window of calls', () => {
  it('is quiet before the first call', () => {
    const window = new CallWindow(60_000);
    window.slide(1_000_000);
    expect([window.count, window.errorRate, window.latencyMs]).toEqual([0, 0, 0]);
  });

  it('tells the share of failed calls and forgets both after its length', () => {
    const window = new CallWindow(60_000);
    for (let i = 0; i < 3; i++) window.add(ok(), 120_000);
    window.add(failed(), 150_000);
    expect(window.errorRate).toBe(1 / 4);
    // Buckets of 5 s: those of 120 s leave with 180 s, that of 150 s with 210 s.
    window.slide(179_999);
    expect(window.count).toBe(4);
    window.slide(180_000);
    expect([window.count, window.errorRate]).toEqual([1, 1]);
    window.slide(210_000);
    expect(window.count).toBe(0);
  });

  it('tells what 95 of 100 calls stay below', () => {
    const window = new CallWindow(60_000);
    for (let i = 0; i < 95; i++) window.add(ok(100), 0);
    for (let i = 0; i < 5; i++) window.add(ok(5_000), 0);
    expect(window.latencyMs).toBe(100);
    window.add(ok(5_000), 0); // 95 of 101: 96 calls are needed for 95 %
    expect(window.latencyMs).toBe(5_000);
  });

  it('takes a latency that is no number for the slowest, and a time that runs back for the present', () => {
    const window = new CallWindow(60_000);
    window.add(ok(NaN), 500_000);
    expect(window.latencyMs).toBe(600_000);
    window.add(failed(), 400_000);
    expect(window.count).toBe(2);
  });

  it('agrees with a list of all calls, percentile within a bin', () => {
    const calls = fc.array(
      fc.record({
        after: fc.integer({ min: 0, max: 20_000 }),
        isOk: fc.boolean(),
        latencyMs: fc.double({ min: 0, max: 100_000, noNaN: true }),
      }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(calls, (given) => {
        const window = new CallWindow(60_000);
        let now = 1_000_000;
        const all: { at: number; isOk: boolean; latencyMs: number }[] = [];
        for (const { after, isOk, latencyMs } of given) {
          now += after;
          window.add({ isOk, latencyMs }, now);
          all.push({ at: now, isOk, latencyMs });
        }
        const bucket = (time: number): number => Math.floor(time / 5_000);
        const within = all.filter(({ at }) => bucket(at) > bucket(now) - 12);
        const sorted = within.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
        const exact = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;
        expect(window.count).toBe(within.length);
        expect(window.errorRate).toBe(
          within.length === 0 ? 0 : within.filter(({ isOk }) => !isOk).length / within.length,
        );
        expect(window.latencyMs).toBeGreaterThanOrEqual(exact);
        expect(window.latencyMs).toBeLessThanOrEqual(Math.max(1, exact * 2 ** 0.25 * (1 + 1e-9)));
      }),
    );
  });
});
