import { type Bar, candlesOf, eventsOf, mirrored, only, QUIET_START } from './spec-candles';
import type { GapEvent } from './smc-event';
import type { SmcOptions } from './smc-options';

function gaps(bars: readonly Bar[], options: Partial<SmcOptions> = {}): GapEvent[] {
  return only(eventsOf(candlesOf(bars), options), 'fair-value-gap');
}

function states(events: readonly GapEvent[]): [string, number][] {
  return events.map(({ state, knownAt }) => [state, knownAt]);
}

/** Leaves a bullish gap from 10 to 14, known at candle 2. */
const GAP: Bar[] = [
  [10, 8, 9],
  [15, 9, 14.5],
  [18, 14, 17],
];

describe('a fair value gap', () => {
  it('lies between the wicks of the outer two of three candles', () => {
    expect(gaps(GAP)).toEqual([
      {
        kind: 'fair-value-gap',
        direction: 'bullish',
        state: 'open',
        id: `fvg-bullish-${QUIET_START + 120_000}`,
        top: 14,
        bottom: 10,
        at: 1,
        atTime: QUIET_START + 60_000,
        knownAt: 2,
        knownAtTime: QUIET_START + 120_000,
      },
    ]);
    expect(gaps(mirrored(GAP, 20))).toMatchObject([
      { direction: 'bearish', id: `fvg-bearish-${QUIET_START + 120_000}`, top: 10, bottom: 6, at: 1 },
    ]);
  });

  it.each<[string, Bar[]]>([
    ['wicks that only meet', GAP.with(2, [18, 10, 17])],
    ['a middle candle closed at the edge', GAP.with(1, [15, 9, 10])],
    ['a middle candle closed inside', GAP.with(1, [15, 9, 9.5])],
  ])('is none with %s', (_name, bars) => {
    expect(gaps(bars)).toEqual([]);
    expect(gaps(mirrored(bars, 20))).toEqual([]);
  });

  it('goes from state to state, from the next candle on', () => {
    const bars: Bar[] = [
      ...GAP,
      [18, 14, 15], // 3: low 14 is not below 14
      [16, 13.5, 15], // 4: touched
      [16, 12.5, 15], // 5
      [16, 12, 15], // 6: half: low 12 ≤ (14 + 10) / 2
      [16, 10, 12], // 7: low 10 is not below 10
      [12, 9, 10], // 8: filled; close 10 is not below 10
      [11, 9.5, 10], // 9
      [10.5, 9, 9.5], // 10: inverse
      [20, 9, 19], // 11: over
    ];
    const expected = [
      ['open', 2],
      ['touched', 4],
      ['half', 6],
      ['filled', 8],
      ['inverse', 10],
    ];
    expect(states(gaps(bars).slice(0, 5))).toEqual(expected);
    expect(states(gaps(mirrored(bars, 20)).slice(0, 5))).toEqual(expected);
  });

  it('passes all states on one candle that closes through', () => {
    expect(states(gaps([...GAP, [17, 8, 9]]))).toEqual([
      ['open', 2],
      ['touched', 3],
      ['half', 3],
      ['filled', 3],
      ['inverse', 3],
    ]);
  });

  it('is tested before the gap that the candle itself completes', () => {
    const bars: Bar[] = [
      ...GAP,
      [22, 16, 21],
      [26, 19, 25], // 19 > 18: a second gap, 18 to 19
      [25, 13, 17.5], // touches both, the older first
      [17, 11, 12],
      [12.5, 11, 12], // 12.5 < 13 and 12 < 13: bearish, 12.5 to 13
    ];
    const told = gaps(bars).map(
      ({ direction, state, bottom, knownAt }) => `${knownAt} ${direction} ${bottom} ${state}`,
    );
    expect(told).toEqual([
      '2 bullish 10 open',
      '3 bullish 15 open',
      '4 bullish 18 open',
      '5 bullish 10 touched',
      '5 bullish 15 touched',
      '5 bullish 15 half',
      '5 bullish 15 filled',
      '5 bullish 18 touched',
      '5 bullish 18 half',
      '5 bullish 18 filled',
      '5 bullish 18 inverse',
      '6 bullish 10 half',
      '6 bullish 15 inverse',
      '6 bearish 17 open',
      '7 bearish 12.5 open',
    ]);
  });
});

describe('the filter of gaps', () => {
  // True ranges 2, 6, 4 (18 − 14): ATR(2) is 4 at candle 1 and (4 + 4) / 2 = 4 at candle 2; the gap has a size of 4.
  it('takes what is at least so many ATR', () => {
    expect(gaps(GAP, { gapAtrLength: 2, gapFilter: 1 })).toHaveLength(1);
    expect(gaps(GAP, { gapAtrLength: 2, gapFilter: 1.01 })).toHaveLength(0);
  });

  it('takes none before there is an ATR, and all if it is off', () => {
    expect(gaps(GAP, { gapAtrLength: 4, gapFilter: 0.01 })).toHaveLength(0);
    expect(gaps(GAP, { gapAtrLength: 4, gapFilter: 0 })).toHaveLength(1);
  });
});

describe('limits of gaps', () => {
  /** Candle i spans 10 i to 10 i + 2: from candle 2 on each one leaves the gap from 10 i − 18 to 10 i. */
  const rising = (length: number): Bar[] =>
    Array.from({ length }, (_, i) => [10 * i + 2, 10 * i, 10 * i + 1]);

  it('drop the oldest unfilled one before the new one opens', () => {
    const events = gaps(rising(6), { gapLimit: 2 });
    expect(events.map(({ state, at, knownAt }) => [state, at, knownAt])).toEqual([
      ['open', 1, 2],
      ['open', 2, 3],
      ['dropped', 1, 4],
      ['open', 3, 4],
      ['dropped', 2, 5],
      ['open', 4, 5],
    ]);
  });

  it('hold for filled ones that wait on their own', () => {
    // Gaps at 1, 2, 3: 2…20, 12…30, 22…40. A wick to 1 fills all three, the close above leaves them waiting.
    const events = gaps([...rising(5), [42, 1, 41]], { gapLimit: 2 });
    expect(events.filter(({ knownAt }) => knownAt === 5).map(({ state, at }) => `${at} ${state}`)).toEqual([
      // 1 was dropped when 3 came.
      '2 touched',
      '2 half',
      '2 filled',
      '3 touched',
      '3 half',
      '3 filled',
    ]);
    const again = gaps([...rising(5), [42, 1, 41], [70, 50, 60], [80, 71, 75], [90, 71, 80], [80, 1, 79]], {
      gapLimit: 2,
    });
    const dropped = again.filter(({ state }) => state === 'dropped').map(({ at, knownAt }) => [at, knownAt]);
    expect(dropped[0]).toEqual([1, 4]);
    expect(dropped.slice(1)).toEqual([
      [2, 9],
      [3, 9],
    ]);
  });

  it('do not count one that is inverse at once', () => {
    const events = gaps([...rising(5), [42, 1, 11.5]], { gapLimit: 1 });
    // Only the gap at 3 (22…40) is left by then; the close at 11.5 is below it.
    expect(events.filter(({ knownAt }) => knownAt === 5).map(({ state, at }) => `${at} ${state}`)).toEqual([
      '3 touched',
      '3 half',
      '3 filled',
      '3 inverse',
    ]);
  });
});
