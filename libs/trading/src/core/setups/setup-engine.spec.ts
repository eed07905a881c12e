/** The set-ups over the real engine: what they say is causal, bounded, and the same after a restart. */
import fc from 'fast-check';
import { type Candle, intervalMs, MINUTE_MS } from '@slt/domain';
import {
  type Direction,
  type PivotView,
  SmcEngine,
  type SmcEvent,
  type SmcView,
  type StructureView,
} from '@slt/smc';
import { clampedSum, type Scorer } from '../confidence';
import { type Signal, signOf } from '../signal';
import { SetupEngine, type SetupEngineParts, type SetupStep } from './setup-engine';
import { blockOf, breakOf, candleOf, gapOf, START, sweepOf, viewOf, walk } from './spec-market';

const PARTS: SetupEngineParts = { symbol: 'AAAUSDT', interval: '1m' };

interface Step extends SetupStep {
  readonly view: SmcView;
}

function stepsOf(candles: readonly Candle[]): Step[] {
  const smc = new SmcEngine({ intervalMs: MINUTE_MS });
  return candles.map((candle) => ({ candle, events: smc.step(candle), view: smc.view() }));
}

function signalsOf(steps: readonly Step[], engine = new SetupEngine(PARTS)): Signal[] {
  return steps.flatMap(({ candle, events, view }) => engine.onCandle(candle, events, { view: () => view }));
}

const LENGTH = 1_200;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const MARKETS = SEEDS.map((seed) => stepsOf(walk(seed, LENGTH)));
const SIGNALS = MARKETS.map((steps) => signalsOf(steps));

describe('signals over generated markets', () => {
  it('come from every set-up, in both directions, and not all the time', () => {
    const all = SIGNALS.flat();
    const kinds = new Set(all.map(({ setup, direction }) => `${setup} ${direction}`));
    expect(kinds.size).toBe(6);
    expect(all.length / (SEEDS.length * LENGTH)).toBeLessThan(0.1);
  });

  it('are told once, with ids that name them, stop and target on their sides, parts that add up', () => {
    for (const signals of SIGNALS) {
      expect(new Set(signals.map(({ id }) => id)).size).toBe(signals.length);
      for (const signal of signals) {
        const { id, setup, direction, at, entry, stop, target, confidence, parts } = signal;
        const sign = signOf(direction);
        expect(id).toBe(`AAAUSDT:1m:${setup}:${direction}:${at}`);
        expect(sign * (entry - stop)).toBeGreaterThan(0);
        expect(sign * (target - entry)).toBeGreaterThanOrEqual(2 * sign * (entry - stop));
        expect(confidence).toBe(clampedSum(parts));
      }
    }
  });

  it('are known at the close of their candle, at its price', () => {
    MARKETS.forEach((steps, i) => {
      const closes = new Map(steps.map(({ candle }) => [candle.openTime + intervalMs('1m'), candle.close]));
      for (const { at, entry } of SIGNALS[i]!) expect(closes.get(at)).toBe(entry);
    });
  });

  it('do not depend on what comes later', () => {
    fc.assert(
      fc.property(
        fc.nat(SEEDS.length - 1),
        fc.integer({ min: 1, max: LENGTH }),
        fc.integer(),
        (i, cut, seed) => {
          const head = MARKETS[i]!.slice(0, cut).map(({ candle }) => candle);
          const last = head.at(-1)!;
          const other = walk(seed, 60).map((candle, j) => ({
            ...candle,
            openTime: last.openTime + (j + 1) * MINUTE_MS,
          }));
          const known = SIGNALS[i]!.filter(({ at }) => at <= last.openTime + MINUTE_MS);
          const told = signalsOf(stepsOf([...head, ...other]));
          expect(told.filter(({ at }) => at <= last.openTime + MINUTE_MS)).toEqual(known);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('are the same after a restart with the last candles and their events', () => {
    fc.assert(
      fc.property(fc.nat(SEEDS.length - 1), fc.integer({ min: 100, max: LENGTH - 50 }), (i, cut) => {
        const steps = MARKETS[i]!;
        const restarted = new SetupEngine(PARTS);
        restarted.warmUp(steps.slice(cut - restarted.memory, cut));
        const from = steps[cut]!.candle.openTime;
        expect(signalsOf(steps.slice(cut), restarted)).toEqual(SIGNALS[i]!.filter(({ at }) => at > from));
      }),
      { numRuns: 60 },
    );
  });

  it('turn round when candles, events and views are turned upside down', () => {
    // The floor and the ceiling of the stop are shares of the price, which is another one upside down.
    const parts = { ...PARTS, options: { stopMinShare: 0, stopMaxShare: 0.4 } };
    MARKETS.forEach((steps) => {
      const plain = signalsOf(steps, new SetupEngine(parts));
      const turned = signalsOf(steps.map(upsideDown), new SetupEngine(parts));
      const told = (sign: number) => (signal: Signal) => [
        signal.setup,
        signal.at,
        sign * signOf(signal.direction),
      ];
      expect(turned.map(told(-1))).toEqual(plain.map(told(1)));
      turned.forEach(({ stop, target, confidence }, i) => {
        expect(confidence).toBeCloseTo(plain[i]!.confidence, 9);
        expect(stop).toBeCloseTo(200 - plain[i]!.stop, 9);
        expect(target).toBeCloseTo(200 - plain[i]!.target, 9);
      });
    });
  });
});

/** Of one candle; around 100, which is exact for prices that are binary fractions. */
function upsideDown({ candle, events, view }: Step): Step {
  const { openTime, open, high, low, close, volume } = candle;
  const { swing, internal } = view.structure;
  const range = view.dealingRange;
  return {
    candle: { openTime, open: 200 - open, high: 200 - low, low: 200 - high, close: 200 - close, volume },
    events: events.map(turnedEvent),
    view: {
      ...view,
      structure: { swing: turnedStructure(swing), internal: turnedStructure(internal) },
      liquidity: view.liquidity.map((pool) => ({
        ...pool,
        side: turnedSide(pool.side),
        level: 200 - pool.level,
      })),
      dealingRange: range === null ? null : { ...range, position: 1 - range.position },
    },
  };
}

const turnedSide = (side: 'high' | 'low') => (side === 'high' ? 'low' : 'high');
const turnedDirection = (direction: Direction): Direction =>
  direction === 'bullish' ? 'bearish' : 'bullish';
const turnedPivot = (pivot: PivotView | null) =>
  pivot === null ? null : { ...pivot, level: 200 - pivot.level };

const turnedStructure = (structure: StructureView): StructureView => ({
  ...structure,
  bias: structure.bias === null ? null : turnedDirection(structure.bias),
  high: turnedPivot(structure.low),
  low: turnedPivot(structure.high),
});

function turnedEvent(event: SmcEvent): SmcEvent {
  switch (event.kind) {
    case 'bos':
    case 'choch':
      return { ...event, direction: turnedDirection(event.direction) };
    case 'order-block':
    case 'fair-value-gap':
      return {
        ...event,
        direction: turnedDirection(event.direction),
        top: 200 - event.bottom,
        bottom: 200 - event.top,
      };
    case 'liquidity':
      return { ...event, side: turnedSide(event.side), level: 200 - event.level };
    case 'pivot':
    case 'equal-level':
    case 'period-level':
    case 'session':
      return event;
  }
}

describe('the engine of set-ups', () => {
  const QUIET = candleOf([100, 100.5, 99.8, 100]);
  const noView = {
    view: (): SmcView => {
      throw new Error('nobody was to look');
    },
  };
  const lookAt = (view: SmcView | undefined) => ({ view: () => view });

  it('asks for the view only when a set-up is complete, and hands out the same list for nothing', () => {
    const engine = new SetupEngine(PARTS);
    const nothing = engine.onCandle(QUIET, [], noView);
    const events: SmcEvent[] = [sweepOf('low'), blockOf('touched'), gapOf('touched')];
    expect(engine.onCandle(QUIET, events, noView)).toBe(nothing);
    expect(engine.onCandle(QUIET, [], noView)).toBe(nothing);
  });

  it('does not ask for it where the swing is known to go the other way', () => {
    const engine = new SetupEngine(PARTS);
    engine.onCandle(
      QUIET,
      [breakOf('bos', 'bearish', 'swing'), gapOf('touched'), blockOf('touched')],
      noView,
    );
    expect(engine.onCandle(candleOf([100, 102, 100, 101.5], 1), [], noView)).toEqual([]);
  });

  const gapSignals = (view: SmcView | undefined): readonly Signal[] => {
    const engine = new SetupEngine(PARTS);
    engine.onCandle(QUIET, [gapOf('touched')], noView);
    return engine.onCandle(candleOf([100, 102, 100, 101.5], 1), [], lookAt(view));
  };

  it('takes gaps in the direction of the swing that are not too small', () => {
    expect(gapSignals(viewOf({ swingBias: 'bullish', atr: 2 }))).toMatchObject([
      { id: `AAAUSDT:1m:gap-continuation:long:${START + 2 * MINUTE_MS}`, entry: 101.5, stop: 99 - 0.25 * 2 },
    ]);
    expect(gapSignals(viewOf({ swingBias: 'bullish', atr: 2.01 }))).toEqual([]);
    expect(gapSignals(viewOf({ swingBias: 'bearish', atr: 2 }))).toEqual([]);
    expect(gapSignals(viewOf({ atr: 2 }))).toEqual([]);
    expect(gapSignals(undefined)).toEqual([]);
  });

  it('takes blocks of the swing, internal ones with it, and no weak ones', () => {
    const blockSignals = (given: Parameters<typeof blockOf>[1], view: SmcView): number => {
      const engine = new SetupEngine(PARTS);
      engine.onCandle(QUIET, [blockOf('touched', given)], noView);
      return engine.onCandle(candleOf([100, 102, 100, 101.5], 1), [], lookAt(view)).length;
    };
    expect(blockSignals({ scale: 'swing' }, viewOf({ swingBias: 'bearish' }))).toBe(1);
    expect(blockSignals({}, viewOf({ swingBias: 'bullish' }))).toBe(1);
    expect(blockSignals({}, viewOf({ swingBias: 'bearish' }))).toBe(0);
    expect(blockSignals({ scale: 'swing', strength: 3.9 }, viewOf())).toBe(0);
  });

  it('takes its confidence from the scorer it is given', () => {
    const scorer: Scorer = ({ evidence }) => ({ confidence: 0.77, parts: { [evidence.kind]: 0.77 } });
    const engine = new SetupEngine({ ...PARTS, scorer });
    engine.onCandle(QUIET, [sweepOf('low')], noView);
    const context = { ...lookAt(viewOf()), relativeVolume: () => 2 };
    const [signal] = engine.onCandle(
      candleOf([100, 102, 100, 101], 1),
      [breakOf('choch', 'bullish')],
      context,
    );
    expect(signal).toMatchObject({ setup: 'sweep-reversal', confidence: 0.77, parts: { sweep: 0.77 } });
  });

  it('forgets what waits at a reset', () => {
    const engine = new SetupEngine(PARTS);
    engine.onCandle(QUIET, [gapOf('touched'), sweepOf('low')], noView);
    engine.reset();
    expect(
      engine.onCandle(candleOf([100, 102, 100, 101.5], 1), [breakOf('choch', 'bullish')], noView),
    ).toEqual([]);
  });
});
