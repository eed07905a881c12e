import { type Bar, candlesOf, flatBars, QUIET_START } from './spec-candles';
import { SESSION_NAMES } from './session-name';
import { SmcEngine } from './smc-engine';

const OPTIONS = { swingSize: 1, internalSize: 1, equalSize: 500, atrLength: 2, volatilityFactor: 1e6 };
const time = (candle: number): number => QUIET_START + candle * 60_000;

function engineAfter(bars: readonly Bar[]): SmcEngine {
  const engine = new SmcEngine(OPTIONS);
  for (const candle of candlesOf(bars)) engine.step(candle);
  return engine;
}

describe('the view', () => {
  it('of a fresh engine is empty', () => {
    expect(new SmcEngine().view()).toEqual({
      candles: 0,
      lastOpenTime: null,
      atr: null,
      structure: {
        swing: { bias: null, high: null, low: null, lastBreak: null },
        internal: { bias: null, high: null, low: null, lastBreak: null },
      },
      orderBlocks: [],
      gaps: [],
      liquidity: [],
      dealingRange: null,
      periods: Object.fromEntries(
        ['day', 'week', 'month'].map((name) => [name, { current: null, previous: null }]),
      ),
      sessions: Object.fromEntries(SESSION_NAMES.map((name) => [name, { current: null, previous: null }])),
    });
  });

  it('shows the structure, and what is live', () => {
    const view = engineAfter([
      [10, 8, 9],
      [12, 10, 11], // low 8 @0
      [11, 9, 10], // high 12 @1
      [11.5, 9.5, 11], // low 9 @2
      [14, 11.2, 13], // breaks 12; a gap from 11 to 11.2 above candle 2
    ]).view();
    expect(view).toMatchObject({ candles: 5, lastOpenTime: time(4), atr: 2.5625 });
    expect(view.structure.swing).toEqual({
      bias: 'bullish',
      high: { at: 1, atTime: time(1), level: 12, label: null, isBroken: true },
      low: { at: 2, atTime: time(2), level: 9, label: 'HL', isBroken: false },
      lastBreak: {
        kind: 'bos',
        direction: 'bullish',
        level: 12,
        at: 1,
        atTime: time(1),
        knownAt: 4,
        knownAtTime: time(4),
      },
    });
    // The same pivots, but their levels are the swing's: no break of its own.
    expect(view.structure.internal).toMatchObject({
      bias: null,
      high: { level: 12, isBroken: false },
      lastBreak: null,
    });
    expect(view.orderBlocks).toEqual([
      {
        id: `ob-swing-bullish-${time(4)}`,
        scale: 'swing',
        direction: 'bullish',
        state: 'active',
        top: 11,
        bottom: 9,
        at: 2,
        atTime: time(2),
        volume: 1,
        impulseVolume: 2,
        strength: 5 / 2.5625,
      },
    ]);
    expect(view.gaps).toEqual([]); // candle 3 closed at 11, not above it
    expect(view.liquidity).toEqual([
      { id: `liq-swing-low-${time(0)}`, side: 'low', source: 'swing', level: 8, at: 0, atTime: time(0) },
      { id: `liq-swing-low-${time(2)}`, side: 'low', source: 'swing', level: 9, at: 2, atTime: time(2) },
    ]);
  });

  it('shows zones in their present state, the oldest first', () => {
    const gap: Bar[] = [
      [10, 8, 9],
      [15, 9, 14.5],
      [18, 14, 17], // 10 to 14
      [30, 17, 29],
      [40, 28, 39], // 18 to 28
      [41, 13.5, 35], // touches the first, fills the second
    ];
    expect(engineAfter(gap).view().gaps).toMatchObject([
      { direction: 'bullish', state: 'touched', top: 14, bottom: 10, at: 1 },
      { state: 'filled', bottom: 15, top: 17, at: 2 },
      { state: 'filled', bottom: 18, top: 28, at: 3 },
    ]);
  });

  it('is plain data, and a copy', () => {
    const engine = engineAfter([...flatBars(3, 10), [12, 8, 9], [11, 9, 10], [15, 14, 14.5], [16, 15, 15.5]]);
    const view = engine.view();
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
    const before = structuredClone(view);
    Object.assign(view.structure.swing, { bias: 'none' });
    Object.assign(view.periods.day.current!, { start: 0 });
    Object.assign(view.periods.day.current!.high, { level: -1 });
    expect(engine.view()).toEqual(before);
  });

  it('is the same at a glance, part by part', () => {
    for (const engine of [
      new SmcEngine(),
      engineAfter([...flatBars(3, 10), [12, 8, 9], [11, 9, 10], [15, 14, 14.5], [16, 15, 15.5]]),
    ]) {
      const view = engine.view();
      const glance = engine.glance();
      for (const part of Object.keys(view) as (keyof typeof view)[]) expect(glance[part]).toEqual(view[part]);
      expect(glance.gaps).toBe(glance.gaps);
    }
  });
});
