/** Small pure decisions: weights, windows, back-off, shards, link life, silence, clock. */
import fc from 'fast-check';
import { backoffMs } from './backoff';
import { anchorOf, bestProbe, exchangeTimeAt, uncertaintyOf } from './clock-offset';
import { klineWeight } from './kline-weight';
import { canMove, LINK_PHASES, moveLink } from './link-life';
import { chunk, planShards } from './shard-plan';
import { connectionPatienceMs, streamPatienceMs } from './silence';
import { batchSize, boundaryWait, capOf, settle, weightWindowAt } from './weight-window';

describe('klineWeight', () => {
  it.each([
    [1, 1],
    [99, 1],
    [100, 2],
    [499, 2],
    [500, 5],
    [1000, 5],
    [1001, 10],
    [1500, 10],
  ])('limit %i costs %i', (limit, weight) => {
    expect(klineWeight(limit)).toBe(weight);
  });
});

describe('weight window', () => {
  it('is a calendar minute', () => {
    expect(weightWindowAt(120_000, 60_000)).toEqual({ index: 2, endsAt: 180_000 });
    expect(weightWindowAt(179_999, 60_000)).toEqual({ index: 2, endsAt: 180_000 });
  });

  it('waits while nobody knows which window counts', () => {
    expect(boundaryWait(120_000, 60_000, 100)).toBe(100); // at the boundary: 100 after it
    expect(boundaryWait(120_099, 60_000, 100)).toBe(1);
    expect(boundaryWait(120_100, 60_000, 100)).toBe(0);
    expect(boundaryWait(179_900, 60_000, 100)).toBe(0);
    expect(boundaryWait(179_950, 60_000, 100)).toBe(150); // 50 to the boundary and 100 after it
    expect(boundaryWait(120_000, 60_000, 0)).toBe(0);
    expect(boundaryWait(120_000, 60_000, 1e9)).toBe(3_000); // never more than a twentieth
  });

  it('leaves a tenth for trading, and half while blind', () => {
    expect(capOf(2400, 'market', false)).toBe(2160);
    expect(capOf(2400, 'trading', false)).toBe(2400);
    expect(capOf(2400, 'market', true)).toBe(1080);
  });

  it('grants in order what fits and refunds the rest', () => {
    expect(settle([5, 5, 2], 112, 107)).toEqual({ granted: [true, false, true], refund: 5 }); // room 7 = 107 − 100
    expect(settle([5], 200, 107)).toEqual({ granted: [false], refund: 5 });
    expect(settle([5], Number.POSITIVE_INFINITY, 107)).toEqual({ granted: [false], refund: 5 });
    expect(batchSize([5, 5, 5], 12)).toBe(2);
    expect(batchSize([5], 0)).toBe(1);
  });

  it('never grants more than the cap, whatever the order of raises and refunds', () => {
    const step = fc.record({
      demands: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
      refundLater: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const cap = 300;
        let counter = 0;
        let granted = 0;
        let owed = 0;
        for (const { demands, refundLater } of steps) {
          counter += demands.reduce((a, b) => a + b, 0);
          const result = settle(demands, counter, cap);
          granted += demands.reduce((sum, weight, i) => sum + (result.granted[i] === true ? weight : 0), 0);
          owed += result.refund;
          if (!refundLater) {
            counter -= owed;
            owed = 0;
          }
        }
        expect(granted).toBeLessThanOrEqual(cap);
      }),
    );
  });
});

describe('backoffMs', () => {
  it('doubles to a ceiling, half of it random', () => {
    const rule = { baseMs: 100, maxMs: 1_000 };
    expect([0, 1, 2, 3, 4, 99].map((attempt) => backoffMs(attempt, 0, rule))).toEqual([
      50, 100, 200, 400, 500, 500,
    ]);
    expect(backoffMs(1, 0.5, rule)).toBe(150); // 200 · (0.5 + 0.25)
  });

  it('stays within its bounds', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const wait = backoffMs(attempt, random, { baseMs: 100, maxMs: 1_000 });
        expect(wait >= 50 && wait <= 1_000).toBe(true);
      }),
    );
  });
});

describe('planShards', () => {
  it('fills gaps, then adds connections evenly', () => {
    expect(planShards([2, 3], ['a', 'b', 'c', 'd', 'e'], 3)).toEqual({
      additions: [['a'], []],
      fresh: [
        ['b', 'c'],
        ['d', 'e'],
      ],
    });
    expect(planShards([], [], 3)).toEqual({ additions: [], fresh: [] });
  });

  it('places every stream once and overfills nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(8)), fc.nat(60), fc.integer({ min: 1, max: 7 }), (loads, count, max) => {
        const names = Array.from({ length: count }, (_, i) => `s${i}`);
        const { additions, fresh } = planShards(loads, names, max);
        expect([...additions, ...fresh].flat()).toEqual(names);
        additions.forEach((added, i) =>
          expect(added.length === 0 || added.length + loads[i]! <= max).toBe(true),
        );
        expect(fresh.every((shard) => shard.length > 0 && shard.length <= max)).toBe(true);
      }),
    );
  });

  it('cuts in pieces', () => expect(chunk([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]));
});

describe('link life', () => {
  it('goes from connecting over a loss back to live, and rotates', () => {
    const events = [
      'retry',
      'subscribed',
      'expiring',
      'subscribed',
      'expiring',
      'rotation-failed',
      'lost',
      'retry',
      'lost',
      'retry',
    ] as const;
    expect(events.reduce(moveLink, 'waiting')).toBe('connecting');
  });

  it('can be closed from anywhere, and nothing follows', () => {
    for (const phase of LINK_PHASES) expect(moveLink(phase, 'close')).toBe('closed');
    expect(canMove('closed', 'retry')).toBe(false);
    expect(() => moveLink('waiting', 'subscribed')).toThrow('a waiting link has no "subscribed"');
  });
});

describe('patience', () => {
  it('is longer for few and slow streams and doubles with every vain remedy', () => {
    const busy = { streams: 200, busyLimitMs: 20_000, intervalMs: 60_000, vainRemedies: 0 };
    expect(connectionPatienceMs(busy)).toBe(20_000);
    expect(connectionPatienceMs({ ...busy, streams: 1 })).toBe(150_000); // 2.5 minutes
    expect(connectionPatienceMs({ ...busy, vainRemedies: 2 })).toBe(80_000);
    expect(streamPatienceMs(60_000, 3, 0)).toBe(180_000);
    expect(streamPatienceMs(60_000, 3, 99)).toBe(180_000 * 32);
  });
});

describe('clock offset', () => {
  it('trusts the shortest trip and takes its middle', () => {
    const slow = { sentAt: 0, receivedAt: 300, serverTime: 9_999 };
    const quick = { sentAt: 400, receivedAt: 420, serverTime: 50_000 };
    const anchor = anchorOf(bestProbe([slow, quick])!);
    expect(anchor).toEqual({ localAt: 410, exchangeAt: 50_000, roundTripMs: 20 });
    expect(exchangeTimeAt(anchor, 510, 60)).toBe(50_000 + 100 * 60);
    expect(uncertaintyOf(anchor, 60)).toBe(601); // 10 · 60 + 1
    expect(bestProbe([])).toBeUndefined();
  });
});
