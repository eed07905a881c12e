import { type Bar, candlesOf, eventsOf, flatBars, mirrored, only, QUIET_START } from './spec-candles';
import type { LiquidityEvent } from './smc-event';
import type { SmcOptions } from './smc-options';

const OPTIONS = { swingSize: 1, internalSize: 500, equalSize: 500, atrLength: 2 };

function pools(bars: readonly Bar[], options: Partial<SmcOptions> = {}): LiquidityEvent[] {
  return only(eventsOf(candlesOf(bars), { ...OPTIONS, ...options }), 'liquidity');
}

function told(events: readonly LiquidityEvent[]): string[] {
  return events.map(
    ({ source, side, state, level, at, knownAt }) => `${knownAt} ${source} ${side} ${level} @${at} ${state}`,
  );
}

/** One swing high of 12 at candle 1, known at candle 2, and no swing low. */
const HIGH: Bar[] = [
  [11, 10, 10],
  [12, 10, 11],
  [11, 10, 10],
];

/** A second high at candle 3, known at candle 4, with a low at candle 2 in between. */
const pair = (second: number): Bar[] => [...HIGH.with(2, [11, 9.9, 10]), [second, 10, 11], [11, 9.9, 10]];

describe('a liquidity pool', () => {
  it('is at every swing pivot from the candle that proves it', () => {
    expect(pools(HIGH)).toEqual([
      {
        kind: 'liquidity',
        side: 'high',
        source: 'swing',
        state: 'active',
        id: `liq-swing-high-${QUIET_START + 60_000}`,
        level: 12,
        at: 1,
        atTime: QUIET_START + 60_000,
        knownAt: 2,
        knownAtTime: QUIET_START + 120_000,
      },
    ]);
  });

  it('is swept by a wick beyond that closes back, even at the level', () => {
    for (const close of [11, 12]) {
      const bars: Bar[] = [...HIGH, [12.5, 10, close]];
      expect(told(pools(bars))).toEqual(['2 swing high 12 @1 active', '3 swing high 12 @1 swept']);
      expect(told(pools(mirrored(bars, 20)))).toEqual(['2 swing low 8 @1 active', '3 swing low 8 @1 swept']);
    }
  });

  it('is run by a close beyond', () => {
    const bars: Bar[] = [...HIGH, [12.5, 10, 12.1]];
    expect(told(pools(bars)).slice(1)).toEqual(['3 swing high 12 @1 run']);
    expect(told(pools(mirrored(bars, 20))).slice(1)).toEqual(['3 swing low 8 @1 run']);
  });

  it('stays at a wick that only reaches it, and is gone once consumed', () => {
    expect(told(pools([...HIGH, [12, 10, 12]]))).toEqual(['2 swing high 12 @1 active']);
    const twice: Bar[] = [...HIGH, [12.5, 10, 11.5], [12.5, 10, 12.5]];
    expect(told(pools(twice)).filter((text) => text.includes(' 12 @1'))).toEqual([
      '2 swing high 12 @1 active',
      '3 swing high 12 @1 swept',
    ]);
  });

  it('of a pair of equal levels lies at the outer one, about the second pivot', () => {
    const options = { swingSize: 500, equalSize: 1, equalThreshold: 0.5 };
    expect(told(pools(pair(12.1), options))).toEqual(['4 equal high 12.1 @3 active']);
    expect(told(pools(pair(11.9), options))).toEqual(['4 equal high 12 @3 active']);
    expect(told(pools(mirrored(pair(11.5), 20), options))).toEqual(['4 equal low 8 @3 active']);
    expect(pools(pair(11.9), options)[0]).toMatchObject({ id: `liq-equal-high-${QUIET_START + 180_000}` });
  });

  it('of the swing comes before that of equal levels', () => {
    const options = { equalSize: 1, equalThreshold: 0.5 };
    expect(told(pools(pair(11.9), options))).toEqual([
      '2 swing high 12 @1 active',
      '3 swing low 9.9 @2 active',
      '4 swing high 11.9 @3 active',
      '4 equal high 12 @3 active',
    ]);
  });

  it('is tested in the order of birth, both sides together', () => {
    const bars: Bar[] = [
      [11, 10, 10.5],
      [13, 10.5, 12], // low 10 @0
      [12, 9, 11], // high 13 @1
      [12.5, 10, 11], // low 9 @2; 10 was swept by candle 2
      [12, 10, 11], // high 12.5 @3
      [14, 8, 11],
    ];
    expect(told(pools(bars))).toEqual([
      '1 swing low 10 @0 active',
      '2 swing low 10 @0 swept',
      '2 swing high 13 @1 active',
      '3 swing low 9 @2 active',
      '4 swing high 12.5 @3 active',
      '5 swing high 13 @1 swept',
      '5 swing low 9 @2 swept',
      '5 swing high 12.5 @3 swept',
      // Candle 5 exceeds candle 4 on both sides: no pivot.
    ]);
  });
});

describe('the limit of pools', () => {
  /** Tops at falling, bottoms at rising prices: nothing is ever consumed. */
  const narrowing = (steps: number): Bar[] =>
    Array.from({ length: steps }, (_, i): Bar[] => [
      [100 - i, 60, 70],
      [65, 20 + i, 50],
    ]).flat();

  it('drops the oldest of the side before the new one comes', () => {
    expect(told(pools(narrowing(4), { poolLimit: 2 }))).toEqual([
      '1 swing high 100 @0 active',
      '2 swing low 20 @1 active',
      '3 swing high 99 @2 active',
      '4 swing low 21 @3 active',
      '5 swing high 100 @0 dropped',
      '5 swing high 98 @4 active',
      '6 swing low 20 @1 dropped',
      '6 swing low 22 @5 active',
      '7 swing high 99 @2 dropped',
      '7 swing high 97 @6 active',
    ]);
  });

  it('leaves a dropped pool alone', () => {
    const events = pools([...narrowing(4), [150, 1, 50]], { poolLimit: 2 });
    expect(told(events).filter((text) => text.startsWith('8'))).toEqual([
      '8 swing low 21 @3 swept',
      '8 swing high 98 @4 swept',
      '8 swing low 22 @5 swept',
      '8 swing high 97 @6 swept',
    ]);
  });
});

describe('no pool', () => {
  it('comes of a market that does not move', () => {
    expect(pools(flatBars(50, 10))).toEqual([]);
  });
});
