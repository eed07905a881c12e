/** Property 6: amortised constant work per candle and flat memory, whatever the input. Counted, not timed. */
import type { Candle } from '@slt/domain';
import { randomFrom } from '../testing/random';
import { startCounting, type WorkCounter } from '../testing/work-count';
import type { SmcEngine } from './smc-engine';
import { DEFAULT_SMC_OPTIONS, type SmcOptions } from './smc-options';

const CANDLES = 100_000;
const CHUNK = 10_000;

/** Blocks of code per candle. It takes 40 (flat) to 220; 650 where each candle reaches, and brings, seven zones and pools. */
const MOST_WORK = 1_000;

/** Values in a snapshot: some 12 for each block, 6 for each gap and pool, and the window of candles. */
const MOST_LEAVES = 12 * 400 + 6 * 1_200 + 4_000;

const random = randomFrom(6);
let walk = 50_000;

function bar(i: number, open: number, high: number, low: number, close: number): Candle {
  return { openTime: Date.UTC(2025, 0, 1) + i * 60_000, open, high, low, close, volume: 1 };
}

const SHAPES: Readonly<Record<string, (i: number) => Candle>> = {
  'monotone, up': (i) => bar(i, i, i + 1, i, i + 1),
  'monotone, down': (i) => bar(i, 200_000 - i, 200_000 - i, 199_999 - i, 199_999 - i),
  'sawtooth of 7': (i) => {
    const price = 100 + Math.abs((i % 14) - 7) * 3;
    return bar(i, price, price + 1, price - 1, price);
  },
  'sawtooth of 120': (i) => {
    const price = 1_000 + Math.abs((i % 240) - 120) * 5 + (i % 3);
    return bar(i, price, price + 4, price - 4, price + 1);
  },
  flat: (i) => bar(i, 100, 100, 100, 100),
  'staircase of gaps': (i) => bar(i, 10 * i, 10 * i + 2, 10 * i, 10 * i + 2),
  'staircases up and crashes': (i) => {
    const base = 1_000 + 10 * (i % 700);
    return bar(i, base, base + 2, base, base + 2);
  },
  'wider and wider': (i) => {
    const reach = 1 + (i % 500);
    return i % 2 === 0
      ? bar(i, 9_000, 9_000 + reach, 9_000, 9_000)
      : bar(i, 9_000, 9_000, 9_000 - reach, 9_000);
  },
  'narrower and narrower': (i) => {
    const reach = 500 - (i % 500);
    return i % 2 === 0
      ? bar(i, 9_000, 9_000 + reach, 9_000, 9_000)
      : bar(i, 9_000, 9_000, 9_000 - reach, 9_000);
  },
  'random walk': (i) => {
    const open = walk;
    walk = Math.max(1_000, open + random.between(-20, 20));
    const high = Math.max(open, walk) + random.between(0, 10);
    return bar(i, open, high, Math.min(open, walk) - random.between(0, 10), walk);
  },
};

/** Numbers, texts and nulls in plain data: its size, whatever the numbers' length. */
function countLeaves(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + countLeaves(each), 0);
}

/** The most that may live at once, by the limits. */
function mostZones({ blockLimit, breakerLimit, gapLimit, poolLimit }: SmcOptions): number {
  return 2 * (blockLimit + breakerLimit) + 2 * gapLimit + 2 * poolLimit;
}

describe('6 bounded', () => {
  let counter: WorkCounter;
  let Engine: typeof SmcEngine;
  beforeAll(async () => {
    counter = await startCounting('/libs/smc/src/core/');
    ({ SmcEngine: Engine } = await import('@slt/smc')); // compiled only now, so that its blocks are counted
  });
  afterAll(() => counter.stop());

  it.each(Object.entries(SHAPES))(
    '%s: 100,000 candles at the same work each, in the same memory',
    async (_, at) => {
      const engine = new Engine();
      const work: number[] = [];
      const leaves: number[] = [];
      let events = 0;
      for (let from = 0; from < CANDLES; from += CHUNK) {
        await counter.take();
        for (let i = from; i < from + CHUNK; i++) events += engine.step(at(i)).length;
        work.push((await counter.take()) / CHUNK);
        leaves.push(countLeaves(engine.snapshot()));
        const { orderBlocks, gaps, liquidity } = engine.view();
        expect(orderBlocks.length + gaps.length + liquidity.length).toBeLessThanOrEqual(
          mostZones(DEFAULT_SMC_OPTIONS),
        );
      }
      expect(Math.max(...leaves)).toBeLessThan(MOST_LEAVES);
      const [early, late] = [work.slice(1, 5), work.slice(5)];
      expect(work.filter((each) => each > MOST_WORK)).toEqual([]);
      expect(Math.max(...late)).toBeLessThan(1.25 * Math.max(...early));
      expect(Math.max(...leaves.slice(5))).toBeLessThanOrEqual(1.1 * Math.max(...leaves.slice(0, 5)));
      expect(events / CANDLES).toBeLessThan(10);
    },
  );

  it('the limits bound the memory, the length of the history does not', () => {
    const small = {
      swingSize: 5,
      internalSize: 2,
      blockLimit: 2,
      breakerLimit: 2,
      gapLimit: 2,
      poolLimit: 2,
    };
    const engine = new Engine(small);
    const sizes: number[] = [];
    const walkAt = SHAPES['random walk']!;
    for (let i = 0; i < 30_000; i++) {
      engine.step(walkAt(i));
      if (i >= 1_000) sizes.push(i % 100 === 0 ? countLeaves(engine.snapshot()) : 0);
    }
    const halves = [sizes.slice(0, sizes.length / 2), sizes.slice(sizes.length / 2)];
    expect(Math.max(...halves[1]!)).toBeLessThanOrEqual(1.1 * Math.max(...halves[0]!));
  });
});
