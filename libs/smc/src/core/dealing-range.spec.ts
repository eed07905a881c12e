import { type Bar, candlesOf, mirrored, QUIET_START } from './spec-candles';
import { SmcEngine } from './smc-engine';
import type { DealingRangeView } from './smc-view';

const OPTIONS = { swingSize: 1, internalSize: 500, equalSize: 500 };

function rangeAfter(bars: readonly Bar[]): DealingRangeView | null {
  const engine = new SmcEngine(OPTIONS);
  for (const candle of candlesOf(bars)) engine.step(candle);
  return engine.view().dealingRange;
}

/** Top 20 at candle 1, known at candle 2; the bottom of candle 0 has gone on down to 10 at candle 2. */
const RANGE: Bar[] = [
  [18, 16, 17],
  [20, 17, 18],
  [17, 10, 12],
  [16, 11, 15],
];

describe('the dealing range', () => {
  it('is there once there was a swing pivot of each kind', () => {
    // Candle 1 confirms a low (16 @0), candle 2 the high.
    expect(rangeAfter(RANGE.slice(0, 2))).toBeNull();
    expect(rangeAfter(RANGE.slice(0, 3))).toMatchObject({
      top: { level: 20, at: 1 },
      bottom: { level: 10, at: 2 },
    });
  });

  it('tells where the last close stands', () => {
    const time = (candle: number): number => QUIET_START + candle * 60_000;
    expect(rangeAfter(RANGE)).toEqual({
      top: { level: 20, at: 1, atTime: time(1) },
      bottom: { level: 10, at: 2, atTime: time(2) },
      position: (15 - 10) / (20 - 10),
      zone: 'equilibrium',
      highStrength: 'strong', // 12 < 16: the swing bias is bearish
      lowStrength: 'weak',
      leg: 'down',
      retracementPercent: 50, // (15 − 10) / 10 back from the bottom
      ote: { from: 10 + 0.618 * 10, to: 10 + 0.786 * 10 },
    });
  });

  it('is the same upside down', () => {
    expect(rangeAfter(mirrored(RANGE, 40))).toMatchObject({
      top: { level: 30, at: 2 },
      bottom: { level: 20, at: 1 },
      position: 0.5,
      highStrength: 'weak',
      lowStrength: 'strong',
      leg: 'up',
      retracementPercent: 50,
      ote: { from: 30 - 0.618 * 10, to: 30 - 0.786 * 10 },
    });
  });

  it.each([
    [20, 'premium'],
    [19.5, 'premium'], // 0.95
    [19.4, 'upper'],
    [15.3, 'upper'],
    [15.25, 'equilibrium'], // 0.525
    [14.75, 'equilibrium'], // 0.475
    [14.7, 'lower'],
    [10.6, 'lower'],
    [10.5, 'discount'], // 0.05
    [10, 'discount'],
  ])('calls a close at %d %s', (close, zone) => {
    const last: Bar = [Math.max(16, close), Math.min(11, close), close];
    expect(rangeAfter(RANGE.with(3, last))).toMatchObject({ zone });
  });

  it('is extended by every candle that exceeds it, not by one that only reaches it', () => {
    expect(rangeAfter([...RANGE, [20, 10, 15]])).toMatchObject({ top: { at: 1 }, bottom: { at: 2 } });
    const extended = rangeAfter([...RANGE, [25, 11, 24]]);
    expect(extended).toMatchObject({ top: { level: 25, at: 4 }, bottom: { level: 10, at: 2 }, leg: 'up' });
    // (25 − 24) / 15 of the way back
    expect(extended!.retracementPercent).toBeCloseTo(100 / 15, 12);
  });

  it('begins anew at each swing pivot of its kind', () => {
    const bars: Bar[] = [
      ...RANGE,
      [17, 11.5, 16], // confirms the low of 11 at candle 3
      [14, 11.6, 13], // confirms the high of 17 at candle 4
    ];
    expect(rangeAfter(bars.slice(0, 5))).toMatchObject({
      top: { level: 20, at: 1 },
      bottom: { level: 11, at: 3 },
    });
    expect(rangeAfter(bars)).toMatchObject({
      top: { level: 17, at: 4 },
      bottom: { level: 11, at: 3 },
      leg: 'up',
    });
  });
});
