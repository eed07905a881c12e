/** The log itself: what is known when, and that the events of one id are the life of one zone. */
import { HOUR_MS, type Candle } from '@slt/domain';
import { smallOptions } from '../testing/options';
import { resumed, streamed } from '../testing/run';
import { planFrom, series } from '../testing/series';
import { SmcEngine } from './smc-engine';
import type { SmcEvent } from './smc-event';

type Zone = Extract<SmcEvent, { state: string; id: string }>;

/** Which state may follow which; '' is the state before the first event. */
const LIVES: Readonly<Record<Zone['kind'], Readonly<Record<string, readonly string[]>>>> = {
  'order-block': {
    '': ['active'],
    active: ['touched', 'dropped'],
    touched: ['mitigated', 'dropped'],
    mitigated: ['breaker', 'dropped'],
    breaker: ['spent', 'dropped'],
  },
  'fair-value-gap': {
    '': ['open'],
    open: ['touched', 'dropped'],
    touched: ['half', 'dropped'],
    half: ['filled', 'dropped'],
    filled: ['inverse', 'dropped'],
  },
  liquidity: { '': ['active'], active: ['swept', 'run', 'dropped'] },
};

/** What must stay the same throughout a zone's life. */
function birthmark(zone: Zone): string {
  const { state: _state, knownAt: _knownAt, knownAtTime: _knownAtTime, ...rest } = zone;
  return JSON.stringify(rest);
}

function expectLegalLives(events: readonly SmcEvent[]): void {
  const lives = new Map<string, Zone>();
  for (const event of events) {
    if (!('state' in event && 'id' in event)) continue;
    const before = lives.get(event.id);
    const allowed = LIVES[event.kind][before?.state ?? ''] ?? [];
    if (!allowed.includes(event.state)) {
      throw new Error(`${event.id} went from ${before?.state ?? 'nothing'} to ${event.state}`);
    }
    if (before !== undefined && birthmark(event) !== birthmark(before)) {
      throw new Error(`${birthmark(before)} became ${birthmark(event)}`);
    }
    lives.set(event.id, event);
  }
}

describe('the log', () => {
  it('says at each candle only what that candle proved, about candles that have been', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const plan = planFrom(seed + 21_000, 120);
      const engine = new SmcEngine(smallOptions(seed, { intervalMs: plan.intervalMs }));
      const candles = series(plan);
      const wrong = candles.flatMap((candle, t) =>
        engine.step(candle).filter(({ at, atTime, knownAt, knownAtTime }) => {
          const isNow = knownAt === t && knownAtTime === candle.openTime;
          return !isNow || at > t || atTime !== candles[at]?.openTime;
        }),
      );
      expect(wrong).toEqual([]);
    }
  });

  it('tells under one id the life of one zone, state after state', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const plan = planFrom(seed + 22_000, 150);
      expectLegalLives(streamed(series(plan), smallOptions(seed, { intervalMs: plan.intervalMs })));
    }
  });

  it('tells two days apart that a hole ends on one candle', () => {
    const day = (n: number, hour: number, price: number): Candle => {
      const openTime = Date.UTC(2025, 2, n, hour);
      return { openTime, open: price, high: price + 1, low: price - 1, close: price, volume: 1 };
    };
    // The second half of the 4th and the first half of the 5th are missing.
    const candles = [day(3, 12, 100), day(4, 0, 105), day(5, 12, 103), day(6, 0, 103)];
    const options = { intervalMs: 12 * HOUR_MS };
    const events = streamed(candles, options);
    expectLegalLives(events);
    const pools = events.filter((event) => event.kind === 'liquidity' && event.source === 'day');
    expect(pools.filter((event) => event.knownAt === 2)).toMatchObject([
      { id: `liq-day-high-${Date.UTC(2025, 2, 4)}`, level: 106 },
      { id: `liq-day-low-${Date.UTC(2025, 2, 4)}`, level: 104 },
      { id: `liq-day-high-${Date.UTC(2025, 2, 5, 12)}`, level: 104 },
      { id: `liq-day-low-${Date.UTC(2025, 2, 5, 12)}`, level: 102 },
    ]);

    const engine = new SmcEngine(options);
    candles.slice(0, 3).forEach((candle) => engine.step(candle));
    expect(resumed(engine).view()).toEqual(engine.view());
  });
});
