import type { Evidence } from '@slt/trading';
import { FEATURES } from './index';
import {
  type Bar,
  barsEndingIn,
  barsRising,
  blockOf,
  gapOf,
  LENGTH,
  measured,
  poolOf,
  QUIET,
  type Scene,
  SHORT,
} from './spec-signal';

type Example = readonly [scene: Scene, expected: number];

const short = (scene: Scene): Scene => ({ ...scene, input: { ...scene.input, ...SHORT } });
const evidence = (given: Evidence): Scene => ({ input: { evidence: given } });

/** A close of 98.5 below the lows of 99, ten candles before the newest. */
const BROKEN = barsEndingIn([100, 101, 98.5, 98.5], ...Array.from({ length: 10 }, (): Bar => QUIET));
/** A body of 2, wicks of 1 below and 2 above. */
const SHAPED = barsEndingIn([100, 104, 99, 102]);
const POINT = barsEndingIn([100, 100, 100, 100]);
const BLOCKS: Scene = {
  view: {
    orderBlocks: [
      blockOf({ top: 97, bottom: 95, strength: 6 }),
      blockOf({ top: 96, bottom: 94, strength: 9 }),
      // Over; and a breaker of supply below the price, which holds falling prices.
      blockOf({ top: 99, bottom: 98, state: 'mitigated' }),
      blockOf({ direction: 'bearish', state: 'breaker', top: 96.5, bottom: 96, strength: 8 }),
      blockOf({ direction: 'bearish', top: 108, bottom: 104, strength: null }),
      // Supply that lies below the price turns nothing.
      blockOf({ direction: 'bearish', top: 99.5, bottom: 99 }),
    ],
  },
};
const INSIDE: Scene = {
  view: {
    orderBlocks: [
      blockOf({ top: 101, bottom: 99, strength: 3 }),
      blockOf({ top: 100.5, bottom: 99, strength: 4 }),
    ],
  },
};
/** (100 − 55) ÷ 2 ATR away. */
const FAR: Scene = {
  view: { orderBlocks: [blockOf({ top: 55, bottom: 50 })], gaps: [gapOf({ top: 55, bottom: 50 })] },
};
const GAPS: Scene = {
  view: {
    gaps: [
      gapOf({ top: 97, bottom: 95, state: 'half' }),
      gapOf({ top: 99, bottom: 98, state: 'filled' }),
      gapOf({ direction: 'bearish', top: 106, bottom: 103 }),
    ],
  },
};
const POOLS: Scene = {
  view: { liquidity: [poolOf('low', 96), poolOf('low', 90), poolOf('high', 107), poolOf('high', 99)] },
};
/** Closes of 100.5 and 99.5 in turn, all ranges alike. */
const BOUNCING = Array.from({ length: LENGTH }, (_, i): Bar => [100, 101, 99, i % 2 === 0 ? 100.5 : 99.5]);
const UP_THEN_DOWN = barsEndingIn([100, 100, 99, 99], [99, 101, 99, 101]);

const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  swingBias: [
    [{ view: { swing: 'bullish' } }, 1],
    [{ view: { swing: 'bearish' } }, -1],
    [short({ view: { swing: 'bearish' } }), 1],
    [{}, 0],
  ],
  internalBias: [
    [{ view: { internal: 'bullish' } }, 1],
    [short({ view: { internal: 'bullish' } }), -1],
  ],
  oppositeBreakAge: [
    [{ bars: BROKEN }, 10],
    [{}, 108],
    // No close above 101.
    [short({ bars: BROKEN }), 108],
    [short({ bars: barsEndingIn([100, 102, 100, 102]) }), 0],
  ],
  location: [
    [{ view: { position: 0.25 } }, 0.5],
    [short({ view: { position: 0.25 } }), -0.5],
    [{ view: { position: 1.5 } }, -1],
    [{ view: { position: null } }, NaN],
  ],
  // (100 − 97) ÷ 2
  blockBehind: [
    [BLOCKS, 1.5],
    [INSIDE, 0],
    [FAR, 20],
    [{}, 20],
    // (104 − 100) ÷ 2
    [short(BLOCKS), 2],
  ],
  blockBehindStrength: [
    [BLOCKS, 6],
    [INSIDE, 4],
    [FAR, 0],
    [{}, 0],
    [short(BLOCKS), 0],
  ],
  blockAhead: [
    [BLOCKS, 2],
    [short(BLOCKS), 1.5],
    [INSIDE, 20],
  ],
  blockAheadStrength: [
    [BLOCKS, 0],
    [short(BLOCKS), 6],
    [short({ view: { orderBlocks: [blockOf({ top: 97, bottom: 95, strength: 1e9 })] } }), 20],
  ],
  gapBehind: [
    [GAPS, 1.5],
    // (103 − 100) ÷ 2
    [short(GAPS), 1.5],
    [FAR, 20],
  ],
  gapBehindHeight: [
    [GAPS, 1],
    [short(GAPS), 1.5],
    [FAR, 0],
  ],
  gapAhead: [
    [GAPS, 1.5],
    [{}, 20],
  ],
  gapAheadHeight: [
    [GAPS, 1.5],
    [short(GAPS), 1],
  ],
  poolBehind: [
    [POOLS, 2],
    [short(POOLS), 3.5],
    [{}, 20],
  ],
  poolAhead: [
    [POOLS, 3.5],
    [short(POOLS), 2],
  ],
  zoneStrength: [
    [{}, 5],
    [evidence({ kind: 'block', scale: 'swing', strength: null }), NaN],
    [evidence({ kind: 'gap', height: 3 }), 1.5],
    [evidence({ kind: 'sweep', source: 'day', depth: 1 }), 0],
  ],
  swingBlock: [
    [{}, 0],
    [evidence({ kind: 'block', scale: 'swing', strength: 1 }), 1],
    [evidence({ kind: 'gap', height: 3 }), 0],
  ],
  sweepDepth: [
    [evidence({ kind: 'sweep', source: 'day', depth: 1 }), 0.5],
    [evidence({ kind: 'sweep', source: 'day', depth: 1e9 }), 5],
    [{}, 0],
  ],
  sweepSource: [
    [evidence({ kind: 'sweep', source: 'week', depth: 1 }), 1],
    [evidence({ kind: 'sweep', source: 'tokyo', depth: 1 }), 0.2],
    [{}, 0],
  ],
  targetIsPool: [
    [{}, 0],
    [{ input: { targetIs: 'pool' } }, 1],
  ],
  reward: [
    [{}, 2],
    [short({}), 2],
    [{ input: { target: 190 } }, 10],
  ],
  stopAtr: [
    [{}, Math.log2(3 / 2)],
    [{ input: { stop: 96 } }, 1],
  ],
  stopShare: [[{}, 3]],
  body: [
    // 2 ÷ 5
    [{ bars: SHAPED }, 0.4],
    [short({ bars: SHAPED }), -0.4],
    [{ bars: POINT }, 0],
  ],
  wickBehind: [
    [{ bars: SHAPED }, 0.2],
    [short({ bars: SHAPED }), 0.4],
    [{ bars: POINT }, 0],
  ],
  run: [
    [{}, 0],
    [{ bars: barsEndingIn([100, 101, 99, 100.5], [100, 101, 99, 100.6], [100, 101, 99, 100.7]) }, 3],
    [short({ bars: barsEndingIn([100, 101, 99, 100.5], [100, 101, 99, 100.6]) }), -2],
    [{ bars: barsRising(1) }, 8],
  ],
  session: [
    [{}, 0],
    [{ view: { sessions: ['london', 'tokyo'] } }, 0.5],
    [{ view: { sessions: ['london', 'new-york'] } }, 1],
  ],
  killZone: [
    [{ view: { sessions: ['london', 'new-york'] } }, 0],
    [{ view: { sessions: ['asian-kill-zone'] } }, 1],
    [{ view: { sessions: ['new-york', 'new-york-kill-zone'] } }, 1],
  ],
  relativeVolume: [
    [{ bars: barsEndingIn([100, 101, 99, 100, 4]) }, 2],
    [{ bars: barsEndingIn([100, 101, 99, 100, 0]) }, -4],
    [{ bars: barsEndingIn().map(([o, h, l, c]): Bar => [o, h, l, c, 0]) }, NaN],
  ],
  volatility: [
    [{}, 0],
    // 14 of 8, 113 of 2
    [
      { bars: barsEndingIn(...Array.from({ length: 14 }, (): Bar => [100, 104, 96, 100])) },
      Math.log2(8 / ((14 * 8 + 113 * 2) / 127)),
    ],
  ],
  atrShare: [
    // 2 of 100 are 200 basis points.
    [{}, Math.log2(200)],
    [{ bars: Array.from({ length: LENGTH }, (): Bar => [100, 100, 100, 100]) }, -4],
  ],
  rsi: [
    [{}, 0],
    [{ bars: barsRising(1) }, 1],
    [{ bars: barsRising(-1) }, -1],
    [short({ bars: barsRising(-1) }), 1],
    // The mean of gains is 2 ÷ 14, that of losses 1 ÷ 14 · 13 ÷ 14: (28 − 13) ÷ (28 + 13).
    [{ bars: UP_THEN_DOWN }, 15 / 41],
  ],
  momentum5: [
    // 5 · 0.5 ÷ (2 · √5)
    [{ bars: barsRising(0.5) }, 2.5 / (2 * Math.sqrt(5))],
    [short({ bars: barsRising(0.5) }), -2.5 / (2 * Math.sqrt(5))],
  ],
  momentum20: [[{ bars: barsRising(0.5) }, 10 / (2 * Math.sqrt(20))]],
  momentum100: [
    [{ bars: barsRising(0.5) }, 50 / (2 * 10)],
    [{ bars: barsRising(1) }, 4],
  ],
  leaderMomentum20: [
    [{ leader: barsRising(0.5) }, 10 / (2 * Math.sqrt(20))],
    [short({ leader: barsRising(0.5) }), -10 / (2 * Math.sqrt(20))],
    [{}, NaN],
    [{ leader: barsRising(0.5, LENGTH - 1) }, NaN],
  ],
  leaderMomentum100: [[{ leader: barsRising(0.5) }, 50 / (2 * 10)]],
  spread: [
    // All mid-ranges are 100: 2 · √0.5² = 1 of 3.
    [{ bars: BOUNCING }, 1 / 3],
    [{ bars: barsRising(0.5) }, 0],
  ],
  tickR: [
    [{ tickSize: 0.3 }, 0.3 / 3],
    [{ tickSize: 3 }, 0.5],
    [{}, NaN],
  ],
  tickShare: [
    // 0.05 of 100
    [{ tickSize: 0.05 }, 5],
    [{ tickSize: 3 }, 20],
    [{}, NaN],
  ],
  funding: [
    [{ fundingRate: 0.0003 }, 3],
    [short({ fundingRate: 0.0003 }), -3],
    [{ fundingRate: -0.5 }, -20],
    [{}, NaN],
  ],
};

const CASES = Object.entries(EXAMPLES).flatMap(([name, examples]) =>
  examples.map(([scene, expected], i) => ({ name, i, scene, expected })),
);

describe('features, reckoned by hand', () => {
  it.each(CASES)('$name, example $i: $expected', ({ name, scene, expected }) => {
    const value = measured(name, scene);
    if (Number.isNaN(expected)) expect(value).toBeNaN();
    else expect(value).toBeCloseTo(expected, 12);
  });

  it('leave none out', () => {
    expect(Object.keys(EXAMPLES)).toEqual(FEATURES.map(({ name }) => name));
  });
});
