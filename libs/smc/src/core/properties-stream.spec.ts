/** Property 3: all at once, candle by candle, in chunks, and resumed at every candle: the same log and the same state. */
import { columnsOf, sliceColumns, type Candle } from '@slt/domain';
import { smallOptions } from '../testing/options';
import { randomFrom } from '../testing/random';
import { batched, resumed, streamed } from '../testing/run';
import { expectSameLog } from '../testing/same-event';
import { describePlan, planFrom, series, type SeriesPlan } from '../testing/series';
import { SmcEngine } from './smc-engine';
import type { SmcEvent } from './smc-event';
import type { SmcOptions } from './smc-options';

interface Case {
  readonly plan: SeriesPlan;
  readonly candles: readonly Candle[];
  readonly options: Partial<SmcOptions>;
}

function cases(from: number, count: number, length: number): Case[] {
  return Array.from({ length: count }, (_, i) => {
    const plan = planFrom(from + i, length);
    return { plan, candles: series(plan), options: smallOptions(from + i, { intervalMs: plan.intervalMs }) };
  });
}

const long = series(planFrom(44_004, 1_500, { shape: 'mixed', tick: 0.1, intervalMs: 900_000 }));
const longOptions = { intervalMs: 900_000 };

function stateOf(engine: SmcEngine): string {
  return JSON.stringify([engine.snapshot(), engine.view()]);
}

describe('3 batch ≡ stream ≡ resumed', () => {
  it('all at once is candle by candle, in events and in state', () => {
    for (const { plan, candles, options } of cases(41_000, 60, 120)) {
      expectSameLog(batched(candles, options), streamed(candles, options), describePlan(plan));
      const [atOnce, oneByOne] = [new SmcEngine(options), new SmcEngine(options)];
      atOnce.warmUp(columnsOf(candles));
      candles.forEach((candle) => oneByOne.step(candle));
      expect(stateOf(atOnce)).toBe(stateOf(oneByOne));
    }
  });

  it('in random chunks, some of one candle and some empty, some heard and some not', () => {
    for (const { plan, candles, options } of cases(42_000, 80, 120)) {
      const random = randomFrom(plan.seed);
      const whole = streamed(candles, options);
      const columns = columnsOf(candles);
      const engine = new SmcEngine(options);
      for (let from = 0; from < candles.length;) {
        const to = Math.min(candles.length, from + random.pick([0, 1, 1, 2, 7, 40]));
        const heard: SmcEvent[] = [];
        const isHeard = random.chance(70);
        const chunk = sliceColumns(columns, from, to);
        engine.warmUp(chunk, isHeard ? (event) => heard.push(event) : undefined);
        const meant = whole.filter((event) => event.knownAt >= from && event.knownAt < to);
        if (isHeard) expectSameLog(heard, meant, `${describePlan(plan)} from ${from} to ${to}`);
        from = to;
      }
    }
  });

  it('resumed from JSON before every candle, in events and in state', () => {
    for (const { plan, candles, options } of cases(43_000, 24, 90)) {
      const straight = new SmcEngine(options);
      let engine = new SmcEngine(options);
      for (const candle of candles) {
        engine = resumed(engine);
        if (plan.seed % 3 === 0) expect(stateOf(engine)).toBe(stateOf(straight));
        expectSameLog(engine.step(candle), straight.step(candle), describePlan(plan));
      }
      expect(stateOf(engine)).toBe(stateOf(straight));
    }
  });

  it('resumed once, at any candle, and gone on for long', () => {
    for (const { plan, candles, options } of cases(43_800, 20, 100)) {
      const whole = streamed(candles, options);
      for (let at = plan.seed % 9; at < candles.length; at += 9) {
        const first = new SmcEngine(options);
        first.warmUp(columnsOf(candles.slice(0, at)));
        const second = resumed(first);
        const later = candles.slice(at).flatMap((candle) => second.step(candle));
        const meant = whole.filter((event) => event.knownAt >= at);
        expectSameLog(later, meant, `${describePlan(plan)} resumed at ${at}`);
      }
    }
  });

  it('with the default options, resumed every 37 candles', () => {
    const whole = streamed(long, longOptions);
    let engine = new SmcEngine(longOptions);
    const events = long.flatMap((candle, t) => {
      if (t % 37 === 0) engine = resumed(engine);
      return engine.step(candle);
    });
    expectSameLog(events, whole, 'the long series');
    expectSameLog(batched(long, longOptions), whole, 'the long series');
    expect(whole.length).toBeGreaterThan(1_500);
  });

  it('a snapshot is no part of the engine: stepping on does not change it', () => {
    const engine = new SmcEngine(longOptions);
    engine.warmUp(columnsOf(long.slice(0, 700)));
    const snapshot = engine.snapshot();
    const text = JSON.stringify(snapshot);
    const copy = SmcEngine.restore(snapshot);
    engine.warmUp(columnsOf(long.slice(700, 1_000)));
    copy.warmUp(columnsOf(long.slice(700, 900)));
    expect(JSON.stringify(snapshot)).toBe(text);
  });

  it('two engines share nothing', () => {
    const [a, b] = [new SmcEngine(longOptions), new SmcEngine(longOptions)];
    const together = long.slice(0, 600).map((candle) => [a.step(candle), b.step(candle)] as const);
    for (const [left, right] of together) expectSameLog(left, right, 'the second engine');
  });
});
