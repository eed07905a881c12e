import { assessReadiness, isFresh } from './readiness';
import { warmUpStatus } from './warm-up-status';

describe('readiness', () => {
  it('needs the share of symbols, rounded up', () => {
    const facts = { total: 300, subscribed: true };
    expect(assessReadiness({ ...facts, ready: 285 }, 0.95)).toEqual({ ready: true }); // 300 * 0.95 = 285
    expect(assessReadiness({ ...facts, ready: 284 }, 0.95)).toEqual({
      ready: false,
      reason: '284 of 300 symbols are whole and streaming, 285 are needed',
    });
    expect(assessReadiness({ ...facts, total: 10, ready: 9 }, 0.95).ready).toBe(false); // 9.5 of 10
  });

  it('is not given by an empty universe, nor before the streams run', () => {
    expect(assessReadiness({ total: 0, ready: 0, subscribed: true }, 0).ready).toBe(false);
    expect(assessReadiness({ total: 5, ready: 5, subscribed: false }, 0.95).ready).toBe(false);
  });

  it('calls a series fresh up to two intervals and the grace after the close it waits for', () => {
    const next = 600_000; // the newest candle closed then
    expect(isFresh(next, 60_000, 600_000 + 120_000 + 5_000, 5_000)).toBe(true);
    expect(isFresh(next, 60_000, 600_000 + 120_000 + 5_001, 5_000)).toBe(false);
  });
});

describe('warm-up status', () => {
  it('counts outcomes and estimates what is left', () => {
    const outcomes = ['cached', 'fetched', 'fetched', 'failed', 'pending', 'pending'] as const;
    expect(warmUpStatus(outcomes, { ready: 2, elapsedMs: 900 })).toEqual({
      total: 6,
      ready: 2,
      cached: 1,
      fetched: 2,
      failed: 1,
      percent: 50, // 3 whole of 6
      etaMs: 600, // 900 / 3 whole * 2 pending
    });
  });

  it('estimates nothing without a pace, or with nothing left', () => {
    expect(warmUpStatus(['pending'], { ready: 0, elapsedMs: 900 }).etaMs).toBeUndefined();
    expect(warmUpStatus(['cached'], { ready: 1, elapsedMs: 900 }).etaMs).toBeUndefined();
    expect(warmUpStatus([], { ready: 0, elapsedMs: 900 }).percent).toBe(0);
  });
});
