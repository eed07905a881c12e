import { type Bar, candlesOf, eventsOf, mirrored, only, QUIET_START } from './spec-candles';
import type { EqualLevelEvent } from './smc-event';
import type { SmcOptions } from './smc-options';

const OPTIONS = { equalSize: 1, swingSize: 500, internalSize: 500, atrLength: 2 };

function equalLevels(bars: readonly Bar[], options: Partial<SmcOptions> = {}): EqualLevelEvent[] {
  return only(eventsOf(candlesOf(bars), { ...OPTIONS, ...options }), 'equal-level');
}

/** Two tops at candles 1 and 3; all true ranges are 2 but for what `second` makes of candle 3. */
const tops = (second: number): Bar[] => [
  [11, 9, 10],
  [12, 10, 11], // low 9 @0
  [11, 9, 10], // high 12 @1
  [second, 10, 11], // low 9 @2, equal to that of candle 0
  [11, 9, 10], // high @3
];

describe('equal levels', () => {
  it('are two pivots in a row of one side, closer than the threshold', () => {
    expect(equalLevels(tops(12.1)).filter(({ side }) => side === 'high')).toEqual([
      {
        kind: 'equal-level',
        side: 'high',
        id: `eq-high-${QUIET_START + 240_000}`,
        level: 12.1,
        previousAt: 1,
        previousAtTime: QUIET_START + 60_000,
        previousLevel: 12,
        at: 3,
        atTime: QUIET_START + 180_000,
        knownAt: 4,
        knownAtTime: QUIET_START + 240_000,
      },
    ]);
  });

  it('are lows likewise', () => {
    const lows = equalLevels(mirrored(tops(12.1), 20)).filter(({ side }) => side === 'low');
    expect(lows).toMatchObject([
      { id: `eq-low-${QUIET_START + 240_000}`, at: 3, previousAt: 1, previousLevel: 8 },
    ]);
    expect(lows[0]!.level).toBeCloseTo(7.9, 12); // 20 − 12.1
  });

  it('are closer than the threshold, not as close', () => {
    // True ranges are all 2, and so is the ATR: the limit is 0.25 · 2 = 0.5.
    const highs = (second: number): number => {
      // The second top keeps its range of 2 and is near the close before, so that the ATR stays 2.
      const bars = tops(second)
        .with(2, [11, 9, 10.5])
        .with(3, [second, second - 2, 11]);
      return equalLevels(bars, { equalThreshold: 0.25 }).filter(({ side }) => side === 'high').length;
    };
    expect(highs(12.25)).toBe(1);
    expect(highs(12.5)).toBe(0);
    expect(highs(11.75)).toBe(1);
    expect(highs(11.5)).toBe(0);
  });

  it('are none before there is an ATR, nor with a threshold of zero', () => {
    expect(equalLevels(tops(12), { atrLength: 6 })).toEqual([]);
    expect(equalLevels(tops(12), { atrLength: 5 }).filter(({ side }) => side === 'high')).toHaveLength(1);
    expect(equalLevels(tops(12), { equalThreshold: 0 })).toEqual([]);
  });

  it('compare with the pivot directly before, whether it was part of a pair or not', () => {
    const bars: Bar[] = [
      [20, 19, 19.5],
      [18, 10, 11], // high 20 @0
      [30, 11, 29],
      [18, 10, 11], // high 30 @2
      [20, 11, 19],
      [18, 10, 11], // high 20 @4: 10 from 30
      [20, 11, 19],
      [18, 10, 11], // high 20 @6: equal to that of candle 4
      [20, 11, 19],
      [18, 10, 11], // high 20 @8: equal to that of candle 6
    ];
    const highs = equalLevels(bars).filter(({ side }) => side === 'high');
    expect(highs.map(({ previousAt, at }) => [previousAt, at])).toEqual([
      [4, 6],
      [6, 8],
    ]);
  });

  it('come without pivot events of their own', () => {
    expect(only(eventsOf(candlesOf(tops(12)), OPTIONS), 'pivot')).toEqual([]);
  });
});
