import { type Bar, candlesOf, eventsOf, mirrored, only } from './spec-candles';
import type { SmcOptions } from './smc-options';

function pivots(bars: readonly Bar[], options: Partial<SmcOptions>): string[] {
  return only(eventsOf(candlesOf(bars), options), 'pivot').map(
    ({ scale, side, label, level, at, knownAt }) =>
      `${scale} ${side} ${label} ${level} @${at} known ${knownAt}`,
  );
}

function breaks(bars: readonly Bar[], options: Partial<SmcOptions>): string[] {
  return only(eventsOf(candlesOf(bars), options), 'bos', 'choch').map(
    ({ kind, scale, direction, level, at, knownAt }) =>
      `${scale} ${kind} ${direction} ${level} @${at} known ${knownAt}`,
  );
}

/** Swing pivots after one candle; no internal ones. */
const SWING_ONLY = { swingSize: 1, internalSize: 500 };

describe('pivots', () => {
  it('are known when the last of the candles that confirm them has closed', () => {
    const bars: Bar[] = [
      [10, 9, 9],
      [12, 11, 11],
      [11, 10, 10], // low 9 of candle 0 < min(11, 10): the first turn, to bullish
      [10, 9, 9], // high 12 of candle 1 > max(11, 10): bearish
      [9, 8, 8],
      [10, 9, 9],
      [11, 10, 10], // low 8 of candle 4 < min(9, 10): bullish, and 8 < 9
    ];
    expect(pivots(bars, { swingSize: 2, internalSize: 500 })).toEqual([
      'swing low null 9 @0 known 2',
      'swing high null 12 @1 known 3',
      'swing low LL 8 @4 known 6',
    ]);
  });

  it('ask for strictly lower highs: an equal one undoes them', () => {
    const bars: Bar[] = [
      [10, 10, 10],
      [12, 10, 10],
      [12, 10, 10],
      [11, 10, 10], // high 12 of candle 1 = 12 of candle 2: none; lows are all equal: none
      [11, 10, 10], // high 12 of candle 2 > max(11, 11)
    ];
    expect(pivots(bars, { swingSize: 2, internalSize: 500 })).toEqual(['swing high null 12 @2 known 4']);
  });

  it('are highs where both conditions hold', () => {
    const bars: Bar[] = [
      [15, 5, 10],
      [12, 8, 10], // 15 > 12 and 5 < 8
    ];
    expect(pivots(bars, SWING_ONLY)).toEqual(['swing high null 15 @0 known 1']);
  });

  it('come once a leg, at the first candle that qualifies', () => {
    const bars: Bar[] = [
      [15, 14, 14],
      [14, 13, 13], // bearish: 15
      [13, 12, 12], // 14 > 13 too, but the leg is bearish already
      [14, 13, 13], // low 12 < 13: bullish
      [13, 12, 12], // high 14 > 13: bearish, below 15
    ];
    expect(pivots(bars, SWING_ONLY)).toEqual([
      'swing high null 15 @0 known 1',
      'swing low null 12 @2 known 3',
      'swing high LH 14 @3 known 4',
    ]);
  });

  it('are labelled against the one before of their kind; a tie is a lower high, a higher low', () => {
    const leg = (high: number, low: number): Bar[] => [
      [high, high - 1, high],
      [low + 1, low, low],
    ];
    const bars = [...leg(20, 10), ...leg(20, 10), ...leg(21, 9), ...leg(19, 11)];
    expect(pivots([...bars, [25, 24, 25]], SWING_ONLY).map((text) => text.split(' known')[0])).toEqual([
      'swing high null 20 @0',
      'swing low null 10 @1',
      'swing high LH 20 @2',
      'swing low HL 10 @3',
      'swing high HH 21 @4',
      'swing low LL 9 @5',
      'swing high LH 19 @6',
      'swing low HL 11 @7',
    ]);
  });

  it('are told of the swing first, then of the internal structure', () => {
    const bars: Bar[] = [
      [12, 11, 11],
      [11, 10, 10],
    ];
    expect(pivots(bars, { swingSize: 1, internalSize: 1 })).toEqual([
      'swing high null 12 @0 known 1',
      'internal high null 12 @0 known 1',
    ]);
  });

  it('need as many candles as confirm them', () => {
    const falling = (count: number): Bar[] =>
      Array.from({ length: count }, (_, i) => [100 - i, 99 - i, 99 - i]);
    expect(pivots(falling(50), {})).toEqual(['internal high null 100 @0 known 5']);
    expect(pivots(falling(51), {})).toEqual([
      'internal high null 100 @0 known 5',
      'swing high null 100 @0 known 50',
    ]);
  });
});

describe('breaks', () => {
  const bars: Bar[] = [
    [10, 8, 9],
    [12, 10, 11], // pivot low 8 @0
    [11, 9, 10], // pivot high 12 @1
    [13, 10, 12], // pivot low 9 @2; a close at 12 crosses nothing
    [14, 12, 13], // 13 > 12, 12 ≤ 12: the first break, a BOS
    [13, 10, 11], // pivot high 14 @4
    [11, 8, 8], // 8 < 9, 11 ≥ 9: against the bullish bias, a CHoCH
    [10, 8, 10],
    [9.5, 7.9, 8.5], // crosses 9 again: it is broken already
    [10, 9, 9.5], // pivot low 7.9 @8
    [9.4, 7.5, 7.8], // pivot high 10 @9; 7.8 < 7.9 with the bearish bias: a BOS
  ];
  const expected = [
    'swing bos bullish 12 @1 known 4',
    'swing choch bearish 9 @2 known 6',
    'swing bos bearish 7.9 @8 known 10',
  ];

  it('are of structure with the bias and of character against it, once a pivot', () => {
    expect(breaks(bars, SWING_ONLY)).toEqual(expected);
  });

  it('are the same upside down', () => {
    // 20 − 12 = 8, 20 − 9 = 11, 20 − 7.9 = 12.1; no candle of the series meets both pivot conditions
    expect(breaks(mirrored(bars, 20), SWING_ONLY)).toEqual([
      'swing bos bearish 8 @1 known 4',
      'swing choch bullish 11 @2 known 6',
      'swing bos bullish 12.1 @8 known 10',
    ]);
  });

  it('carry both candles with their times', () => {
    const candles = candlesOf(bars);
    expect(only(eventsOf(candles, SWING_ONLY), 'bos')[0]).toEqual({
      kind: 'bos',
      scale: 'swing',
      direction: 'bullish',
      level: 12,
      at: 1,
      atTime: candles[1]!.openTime,
      knownAt: 4,
      knownAtTime: candles[4]!.openTime,
    });
  });

  it('are of the pivot that the very candle confirms', () => {
    const upThrough: Bar[] = [
      [10, 9, 9.5],
      [12, 10, 11], // pivot low 9 @0
      [11.5, 8, 8.5], // pivot high 12 @1; 8.5 < 9, 11 ≥ 9: bearish
      [13, 8.5, 12.5], // pivot low 8 @2; 12.5 > 12
    ];
    expect(breaks(upThrough, SWING_ONLY)).toEqual([
      'swing bos bearish 9 @0 known 2',
      'swing choch bullish 12 @1 known 3',
    ]);
  });

  it('are not told of an internal level that is the swing level too', () => {
    expect(breaks(bars, { swingSize: 1, internalSize: 1 })).toEqual(expected);
  });

  it('may come later for an internal pivot that was the swing pivot at its first crossing', () => {
    const twoScales: Bar[] = [
      [10, 9, 9.5],
      [10.5, 10, 10.2], // internal low 9 @0
      [12, 11, 11.5], // swing low 9 @0
      [11.5, 10.8, 11], // internal high 12 @2
      [11.2, 10.5, 10.9], // swing high 12 @2
      [13, 10.4, 12.5], // crosses 12: the swing's break; the internal pivot stays
      [12.8, 10, 11.9],
      [12.5, 10.5, 11.8],
      [12.9, 10.4, 11.7], // swing low 10 @6
      [12.6, 10.3, 11.6],
      [12.4, 10.2, 11.5], // swing high 12.9 @8: no longer the internal one's level
      [12.8, 10.1, 12.3], // crosses 12 again: now it counts
    ];
    expect(breaks(twoScales, { swingSize: 2, internalSize: 1 })).toEqual([
      'swing bos bullish 12 @2 known 5',
      'internal bos bullish 12 @2 known 11',
    ]);
  });

  it('count for an internal pivot while there is no swing pivot of its kind', () => {
    expect(breaks(bars, { swingSize: 500, internalSize: 1 })).toEqual(
      expected.map((text) => text.replace('swing', 'internal')),
    );
  });
});
