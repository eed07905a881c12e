import { type Bar, candlesOf, eventsOf, mirrored, only, QUIET_START } from './spec-candles';
import type { OrderBlockEvent } from './smc-event';
import type { SmcOptions } from './smc-options';

/** Swing pivots after one candle, no internal ones; an ATR of two candles; no candle volatile. */
const OPTIONS = { swingSize: 1, internalSize: 500, atrLength: 2, volatilityFactor: 1e6 };

function blocks(bars: readonly Bar[], options: Partial<SmcOptions> = {}): OrderBlockEvent[] {
  return only(eventsOf(candlesOf(bars), { ...OPTIONS, ...options }), 'order-block');
}

/** The states of the first block, each with the candle that proved it. */
function lifeOfFirst(events: readonly OrderBlockEvent[]): [string, number][] {
  return events.filter(({ id }) => id === events[0]!.id).map(({ state, knownAt }) => [state, knownAt]);
}

/** A bullish break at candle 4 whose block is candle 2, 9 to 11. */
const BREAK: Bar[] = [
  [10, 8, 9, 1],
  [12, 10, 11, 2], // pivot low 8 @0
  [11, 9, 10, 3], // pivot high 12 @1
  [11.5, 9.5, 11, 4], // pivot low 9 @2
  [14, 11, 13, 5], // 13 > 12: the break; lows since the pivot 10, 9, 9.5
];

describe('the block of a break', () => {
  it('is the lowest candle since the pivot, with volume, impulse and strength', () => {
    const [block, ...others] = blocks(BREAK);
    expect(others).toEqual([]);
    expect(block).toEqual({
      kind: 'order-block',
      scale: 'swing',
      direction: 'bullish',
      state: 'active',
      id: `ob-swing-bullish-${QUIET_START + 4 * 60_000}`,
      top: 11,
      bottom: 9,
      volume: 3,
      impulseVolume: 4 + 5,
      // True ranges 2, 3, 2, 2, 3; ATR(2): (2 + 3) / 2 = 2.5, (2.5 + 2) / 2 = 2.25, 2.125, (2.125 + 3) / 2 = 2.5625.
      strength: (14 - 9) / 2.5625,
      at: 2,
      atTime: QUIET_START + 2 * 60_000,
      knownAt: 4,
      knownAtTime: QUIET_START + 4 * 60_000,
    });
  });

  it('is the highest one below', () => {
    expect(blocks(mirrored(BREAK, 20))[0]).toMatchObject({
      direction: 'bearish',
      id: `ob-swing-bearish-${QUIET_START + 4 * 60_000}`,
      top: 20 - 9,
      bottom: 20 - 11,
      strength: 5 / 2.5625,
      at: 2,
    });
  });

  it('follows its break at once', () => {
    const atBreak = eventsOf(candlesOf(BREAK), OPTIONS).filter(({ knownAt }) => knownAt === 4);
    expect(atBreak.map(({ kind }) => kind)).toEqual(['bos', 'order-block', 'liquidity']);
  });

  it('has no strength before there is an ATR', () => {
    expect(blocks(BREAK, { atrLength: 6 })[0]).toMatchObject({ strength: null });
    // (2 + 3 + 2 + 2 + 3) / 5 = 2.4
    expect(blocks(BREAK, { atrLength: 5 })[0]).toMatchObject({ strength: 5 / 2.4 });
  });

  it('is the first one on ties', () => {
    const tied = BREAK.with(3, [11.5, 9, 11, 4]);
    expect(blocks(tied)[0]).toMatchObject({ at: 2, top: 11, impulseVolume: 4 + 5 });
  });

  it('may be the pivot candle itself, never the breaking one', () => {
    const atPivot = BREAK.with(1, [12, 8.5, 11, 2]);
    expect(blocks(atPivot)[0]).toMatchObject({
      at: 1,
      top: 12,
      bottom: 8.5,
      volume: 2,
      impulseVolume: 3 + 4 + 5,
    });
    const breakingIsLowest = BREAK.with(4, [14, 7, 13, 5]);
    expect(blocks(breakingIsLowest)[0]).toMatchObject({ at: 2, bottom: 9, strength: expect.any(Number) });
  });

  it('is sought anew from each pivot', () => {
    const higherPivot: Bar[] = [
      [10, 8, 9],
      [12, 10, 11],
      [11, 9, 10], // pivot high 12 @1
      [13, 9.5, 10], // pivot low 9 @2
      [12, 9.6, 11], // pivot high 13 @3
      [14, 11, 13.5], // lows since: 9.5, 9.6
    ];
    expect(blocks(higherPivot)[0]).toMatchObject({ at: 3, top: 13, bottom: 9.5 });
  });

  it('avoids a volatile candle, which stands for its high', () => {
    // True ranges 2, 3, 6, …: ATR(2) at candle 2 = (2.5 + 6) / 2 = 4.25; its range 5.5 ≥ 1.25 · 4.25 = 5.3125.
    const spike = BREAK.with(2, [10.5, 5, 10, 3]);
    expect(blocks(spike)[0]).toMatchObject({ at: 2, bottom: 5 });
    expect(blocks(spike, { volatilityFactor: 1.25 })[0]).toMatchObject({ at: 3, top: 11.5, bottom: 9.5 });
    // The bound belongs to it: 5.5 / 4.25 of the ATR.
    expect(blocks(spike, { volatilityFactor: 5.5 / 4.25 })[0]).toMatchObject({ at: 3 });
    expect(blocks(spike, { volatilityFactor: 5.51 / 4.25 })[0]).toMatchObject({ at: 2 });
    // No candle is volatile before there is an ATR.
    expect(blocks(spike, { volatilityFactor: 1.25, atrLength: 4 })[0]).toMatchObject({ at: 2 });
  });

  it('is a volatile one where there is no other, true low to true high', () => {
    const spikes: Bar[] = [
      [10, 8, 9],
      [12, 10, 11],
      [11, 4, 5], // range 7; true ranges 2, 3, 7: ATR (2.5 + 7) / 2 = 4.75
      [14, 5, 13], // ranges at the break are not asked for
    ];
    // Candle 1: range 2 ≥ 0.5 · 2.5, candle 2: 7 ≥ 0.5 · 4.75. Parsed lows are 12 and 11.
    const bullish = blocks(spikes, { volatilityFactor: 0.5 }).find(
      ({ direction }) => direction === 'bullish',
    );
    expect(bullish).toMatchObject({ at: 2, top: 11, bottom: 4, knownAt: 3 });
  });
});

describe('the life of a block', () => {
  it('goes from state to state as price comes, closes beyond and closes back', () => {
    const bars: Bar[] = [
      ...BREAK,
      [13, 11, 12], // 5: low 11 is not below 11
      [13, 10.5, 12], // 6: touched
      [12, 9, 10], // 7: low 9 is not below 9
      [10, 8.5, 9], // 8: mitigated; close 9 is not below 9
      [9.5, 8, 8.5], // 9: breaker
      [11, 8, 11], // 10: close 11 is not above 11
      [12, 10, 11.5], // 11: spent
      [12, 7, 7], // 12: nothing any more
    ];
    const expected = [
      ['active', 4],
      ['touched', 6],
      ['mitigated', 8],
      ['breaker', 9],
      ['spent', 11],
    ];
    expect(lifeOfFirst(blocks(bars))).toEqual(expected);
    expect(lifeOfFirst(blocks(mirrored(bars, 20)))).toEqual(expected);
  });

  it('begins at the breaking candle', () => {
    expect(lifeOfFirst(blocks(BREAK.with(4, [14, 10.9, 13, 5])))).toEqual([
      ['active', 4],
      ['touched', 4],
    ]);
    expect(lifeOfFirst(blocks(BREAK.with(4, [14, 8.9, 13, 5])))).toEqual([
      ['active', 4],
      ['touched', 4],
      ['mitigated', 4],
    ]);
  });

  it('passes several states on one candle, but is spent on a later one only', () => {
    const bars: Bar[] = [...BREAK, [13, 7, 8], [12, 8, 11.5]];
    expect(lifeOfFirst(blocks(bars))).toEqual([
      ['active', 4],
      ['touched', 5],
      ['mitigated', 5],
      ['breaker', 5],
      ['spent', 6],
    ]);
  });

  it('is mitigated by the close alone if so asked, and touched by the wick still', () => {
    const bars: Bar[] = [
      ...BREAK,
      [13, 8, 9], // 5: touched; close 9 is not below 9
      [10, 8, 8.9], // 6: mitigated and breaker
    ];
    expect(lifeOfFirst(blocks(bars, { mitigation: 'close' }))).toEqual([
      ['active', 4],
      ['touched', 5],
      ['mitigated', 6],
      ['breaker', 6],
    ]);
  });

  it('repeats in every event what the first one said', () => {
    const events = blocks([...BREAK, [13, 7, 8], [12, 8, 11.5]]).filter(
      ({ direction }) => direction === 'bullish',
    );
    expect(events).toHaveLength(5);
    for (const { state: _state, knownAt: _at, knownAtTime: _time, ...rest } of events) {
      const { state: _s, knownAt: _a, knownAtTime: _t, ...first } = events[0]!;
      expect(rest).toEqual(first);
    }
  });
});

describe('limits of blocks', () => {
  /** Ever higher: each step of three candles is one bullish break that leaves its block behind. */
  const staircase = (steps: number): Bar[] =>
    Array.from({ length: steps }, (_, i): Bar[] => [
      [20 + 10 * i, 18 + 10 * i, 19 + 10 * i],
      [19 + 10 * i, 16 + 10 * i, 17 + 10 * i],
      [29 + 10 * i, 24 + 10 * i, 28 + 10 * i],
    ]).flat();

  const birthOf = ({ id }: OrderBlockEvent): number => (Number(id.split('-')[3]) - QUIET_START) / 60_000;

  it('drop the oldest before the new one comes', () => {
    const events = blocks(staircase(4), { blockLimit: 2 });
    expect(events.map((event) => [event.state, birthOf(event), event.knownAt])).toEqual([
      ['active', 2, 2],
      ['active', 5, 5],
      ['dropped', 2, 8],
      ['active', 8, 8],
      ['dropped', 5, 11],
      ['active', 11, 11],
    ]);
  });

  it('leave a dropped block alone', () => {
    const fallen = blocks([...staircase(3), [40, 1, 2]], { blockLimit: 2 });
    expect(fallen.filter((event) => birthOf(event) === 2).map(({ state }) => state)).toEqual([
      'active',
      'dropped',
    ]);
  });

  it('hold for mitigated blocks on their own, the oldest by birth going first', () => {
    const wickBelowAll: Bar = [50, 1, 48];
    const events = blocks([...staircase(3), wickBelowAll], { breakerLimit: 2 });
    expect(
      events.filter(({ knownAt }) => knownAt === 9).map((event) => [event.state, birthOf(event)]),
    ).toEqual([
      ['touched', 2],
      ['mitigated', 2],
      ['touched', 5],
      ['mitigated', 5],
      ['touched', 8],
      ['mitigated', 8],
      ['dropped', 2],
    ]);
  });

  it('may drop the very block that has just been mitigated', () => {
    const bars: Bar[] = [
      ...staircase(2),
      [38, 25, 37], // block of candle 5 (26 to 29) is mitigated
      [38, 15, 37], // block of candle 2 (16 to 19) too: the older of the two
    ];
    const events = blocks(bars, { breakerLimit: 1 }).filter(({ direction, knownAt }) => {
      return direction === 'bullish' && knownAt > 5;
    });
    expect(events.map((event) => [event.state, birthOf(event), event.knownAt])).toEqual([
      ['touched', 5, 6],
      ['mitigated', 5, 6],
      ['touched', 2, 7],
      ['mitigated', 2, 7],
      ['dropped', 2, 7],
    ]);
  });

  it('are those of one scale', () => {
    const options = { internalSize: 1, swingSize: 2, blockLimit: 1 };
    const dropped = blocks(staircase(6), options).filter(({ state }) => state === 'dropped');
    for (const scale of ['internal', 'swing']) {
      const active = blocks(staircase(6), options).filter(
        (event) => event.scale === scale && event.state === 'active',
      );
      expect(dropped.filter((event) => event.scale === scale)).toHaveLength(Math.max(0, active.length - 1));
    }
  });
});
