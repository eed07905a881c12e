/** A glance shares what the engine keeps; it must say what the view says, at every candle. */
import { smallOptions } from '../testing/options';
import { planFrom, series } from '../testing/series';
import { SmcEngine } from './smc-engine';
import type { SmcView } from './smc-view';

const SEEDS = [1, 2, 3, 4, 5, 6];

function nearestIn({ liquidity }: SmcView, side: 'high' | 'low', price: number): number | undefined {
  const levels = liquidity.filter((pool) => pool.side === side).map(({ level }) => level);
  const beyond = levels.filter((level) => (side === 'high' ? level > price : level < price));
  if (beyond.length === 0) return undefined;
  return side === 'high' ? Math.min(...beyond) : Math.max(...beyond);
}

describe('a glance', () => {
  it.each(SEEDS)('shows what the view shows, part by part, whenever it is asked (seed %i)', (seed) => {
    const engine = new SmcEngine(smallOptions(seed));
    for (const [i, candle] of series(planFrom(seed, 400)).entries()) {
      engine.step(candle);
      if (i % 3 === 0) continue;
      const view = engine.view();
      const glance = engine.glance();
      for (const part of ['structure', 'orderBlocks', 'gaps', 'liquidity', 'sessions'] as const) {
        expect(glance[part]).toEqual(view[part]);
      }
    }
  });

  it.each(SEEDS)('finds the nearest pool beyond any price (seed %i)', (seed) => {
    const engine = new SmcEngine(smallOptions(seed, { poolLimit: 100 }));
    for (const candle of series(planFrom(seed, 300))) {
      engine.step(candle);
      const view = engine.view();
      const glance = engine.glance();
      for (const price of [candle.close, candle.high + 3, candle.low - 3, 0]) {
        for (const side of ['high', 'low'] as const) {
          expect(glance.nearestLiquidity!(side, price)).toBe(nearestIn(view, side, price));
        }
      }
    }
  });
});

/** As one text each, in an order of their own. */
const told = (zones: readonly object[]): string[] => zones.map((zone) => JSON.stringify(zone)).sort();

describe('sketches of a glance', () => {
  it.each(SEEDS)('tell each zone of the view once, as it is there (seed %i)', (seed) => {
    const engine = new SmcEngine(smallOptions(seed));
    const { sketches } = engine.glance();
    for (const candle of series(planFrom(seed, 400))) {
      engine.step(candle);
      const { orderBlocks, gaps, liquidity } = engine.view();
      const [blocks, holes, pools]: [object[], object[], object[]] = [[], [], []];
      sketches!.orderBlocks((direction, state, top, bottom, strength) =>
        blocks.push({ direction, state, top, bottom, strength }),
      );
      sketches!.gaps((direction, state, top, bottom) => holes.push({ direction, state, top, bottom }));
      sketches!.liquidity((side, level) => pools.push({ side, level }));
      expect(told(blocks)).toEqual(
        told(
          orderBlocks.map(({ direction, state, top, bottom, strength }) => {
            return { direction, state, top, bottom, strength };
          }),
        ),
      );
      expect(told(holes)).toEqual(
        told(gaps.map(({ direction, state, top, bottom }) => ({ direction, state, top, bottom }))),
      );
      expect(told(pools)).toEqual(told(liquidity.map(({ side, level }) => ({ side, level }))));
    }
  });
});

describe('an engine with interests', () => {
  it.each(SEEDS)('tells what is wanted, and of all else nothing (seed %i)', (seed) => {
    const options = smallOptions(seed);
    const all = new SmcEngine(options);
    const picky = new SmcEngine(options, { kinds: { bos: 'all', 'fair-value-gap': ['touched', 'dropped'] } });
    for (const candle of series(planFrom(seed, 400))) {
      const wanted = all
        .step(candle)
        .filter(
          (event) =>
            event.kind === 'bos' ||
            (event.kind === 'fair-value-gap' && ['touched', 'dropped'].includes(event.state)),
        );
      expect(picky.step(candle)).toEqual(wanted);
    }
    expect(picky.view()).toEqual(all.view());
  });

  it.each(SEEDS)('tells of no gap that is too small (seed %i)', (seed) => {
    const options = smallOptions(seed);
    const all = new SmcEngine(options);
    const picky = new SmcEngine(options, { kinds: { 'fair-value-gap': 'all' }, smallestGap: 1 });
    for (const candle of series(planFrom(seed, 400))) {
      const gaps = all.step(candle).filter((event) => event.kind === 'fair-value-gap');
      const atr = all.view().atr ?? 0;
      const wanted = gaps.filter(({ top, bottom, state }) => top - bottom >= atr || state === 'dropped');
      expect(picky.step(candle)).toEqual(wanted);
    }
    expect(picky.view()).toEqual(all.view());
  });
});
