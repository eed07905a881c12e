/** What the chart draws from the log of events is what the engine says of itself, at every candle and not only at the last. */
import fc from 'fast-check';
import { type Candle, columnsOf, MINUTE_MS } from '@slt/domain';
import { SmcEngine, type SmcEvent } from '@slt/smc';
import type { Trade } from '../../apps/dashboard/src/api/types';
import type { LogEvent } from '../../apps/dashboard/src/api/types/smc';
import { sceneOf, shown } from '../../apps/dashboard/src/pages/chart/scene';
import { dealingRangeOf, knownUntil, zonesOf } from '../../apps/dashboard/src/pages/chart/zones';

const OPTIONS = { intervalMs: MINUTE_MS, swingSize: 8, internalSize: 3 };
const START = Date.parse('2026-11-23T00:00:00Z');

/** A walk of so many candles; the same seed, the same walk. */
function walk(seed: number, length: number): Candle[] {
  let state = seed >>> 0 || 1;
  const chance = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  let close = 100;
  return Array.from({ length }, (_, i) => {
    const open = close;
    close = Math.max(1, open + (chance() - 0.5) * 4);
    const high = Math.max(open, close) + chance();
    const low = Math.max(0.5, Math.min(open, close) - chance());
    return { openTime: START + i * MINUTE_MS, open, high, low, close, volume: 1 + chance() };
  });
}

const logOf = (candles: readonly Candle[]): LogEvent[] => {
  const events: SmcEvent[] = [];
  new SmcEngine(OPTIONS).warmUp(columnsOf(candles), (event) => events.push(event));
  return events as unknown as LogEvent[];
};
const byId = (
  zones: readonly { id: string; state?: string; top?: number; bottom?: number; level?: number }[],
) =>
  zones
    .map(({ id, state, top, bottom, level }) => ({ id, state, top, bottom, level }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

describe('the state that a log of events leads to', () => {
  it("is the engine's, at any candle", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 300 }), (seed, at) => {
        const candles = walk(seed, 300);
        const seen = candles.slice(0, at);
        const engine = new SmcEngine(OPTIONS);
        engine.warmUp(columnsOf(seen));
        const view = engine.view();
        const known = knownUntil(logOf(candles), seen.at(-1)!.openTime);
        const zones = zonesOf(known);
        expect(byId(zones.blocks.map(({ latest }) => latest))).toEqual(byId(view.orderBlocks));
        expect(byId(zones.gaps.map(({ latest }) => latest))).toEqual(byId(view.gaps));
        expect(zones.pools.map(({ latest }) => latest.id).sort()).toEqual(
          view.liquidity.map(({ id }) => id).sort(),
        );
        const range = dealingRangeOf(seen, known);
        expect(range && [range.top.level, range.bottom.level, range.top.at, range.bottom.at]).toEqual(
          view.dealingRange?.top &&
            [view.dealingRange.top.level, view.dealingRange.bottom.level].concat([
              view.dealingRange.top.atTime,
              view.dealingRange.bottom.atTime,
            ]),
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('the scene', () => {
  const candles = walk(7, 300);
  const events = logOf(candles);
  const trade: Trade = {
    positionId: 'p',
    symbol: 'BTCUSDT',
    setup: 'block-retest',
    direction: 'long',
    quantity: 1,
    entryTime: candles[100]!.openTime + 500,
    entryPrice: 100,
    exitTime: candles[120]!.openTime,
    exitPrice: 101,
    exitReason: 'target',
    realizedPnl: 1,
    fees: 0,
    funding: 0,
    netPnl: 1,
    r: 1,
    confidence: 0.7,
  };
  const plans = new Map([['p', { stop: 98, target: 101 }]]);
  const holdings = { trades: [trade, { ...trade, positionId: 'old' }], plans, positions: [] };
  const sceneAt = (index: number) =>
    sceneOf({ candles, events, holdings, until: candles[index]!.openTime, intervalMs: MINUTE_MS });

  it('knows nothing early', () => {
    for (const index of [0, 20, 99, 150, 299]) {
      const until = candles[index]!.openTime;
      for (const { knownAt, at } of sceneAt(index)) {
        expect(knownAt).toBeLessThanOrEqual(until);
        expect(at).toBeLessThanOrEqual(until);
      }
    }
  });

  it('gives each object an id of its own, a place in time, and words', () => {
    const scene = sceneAt(299);
    expect(scene.length).toBeGreaterThan(30);
    expect(new Set(scene.map(({ id }) => id)).size).toBe(scene.length);
    expect(new Set(scene.map(({ layer }) => layer))).toEqual(
      new Set([
        'swings',
        'structure',
        'internal',
        'blocks',
        'gaps',
        'liquidity',
        'range',
        'sessions',
        'trades',
      ]),
    );
    for (const { what, why, label } of scene) {
      for (const text of [what, why, label]) expect(text).not.toMatch(/^$|undefined|NaN/);
    }
  });

  it('shows entries and exits on the candles they fell into, and no exit before it happened', () => {
    const ofTrade = (index: number) =>
      sceneAt(index)
        .filter(({ layer, id }) => layer === 'trades' && id.endsWith('-p'))
        .map(({ id }) => id);
    const held = ['stop-p', 'target-p', 'entry-p'];
    expect([99, 100, 119, 120].map(ofTrade)).toEqual([[], held, held, [...held, 'exit-p']]);
    const [from, to] = [candles[100]!.openTime, candles[120]!.openTime];
    const stopAt = (index: number) => sceneAt(index).find(({ id }) => id === 'stop-p')!;
    expect(stopAt(119)).toMatchObject({ state: 'open', shape: { kind: 'line', from, to: null, level: 98 } });
    expect(stopAt(120)).toMatchObject({ state: 'closed', shape: { kind: 'line', from, to, level: 98 } });
    // Of a signal that is too long ago nothing tells where it wanted out.
    expect(sceneAt(299).filter(({ id }) => /^(stop|target)-old$/.test(id))).toEqual([]);
    expect(sceneAt(299).find(({ id }) => id === 'entry-p')!.at).toBe(candles[100]!.openTime);
  });

  it('leaves out the layers that are switched off', () => {
    const scene = sceneAt(299);
    const few = shown(scene, new Set(['gaps', 'swings'] as const));
    expect(new Set(few.map(({ layer }) => layer))).toEqual(new Set(['gaps', 'swings']));
  });
});
