/**
 * Property 9: the engine and a slow reference, written independently from the same definitions (testing/reference.ts),
 * say the same about thousands of generated series: every event, every field, in the same order.
 */
import type { Candle } from '@slt/domain';
import { spitefulSeries } from '../testing/adversary';
import { countEvents, type Census } from '../testing/census';
import { smallOptions } from '../testing/options';
import { referenceEvents } from '../testing/reference';
import { referenceView } from '../testing/reference-view';
import { streamed } from '../testing/run';
import { expectSameLog } from '../testing/same-event';
import { describePlan, planFrom, series } from '../testing/series';
import { SmcEngine } from './smc-engine';
import type { SmcEvent } from './smc-event';
import type { SmcOptions } from './smc-options';
import type { SmcView } from './smc-view';

/** Both on the same candles. @returns the reference's events */
function compare(candles: readonly Candle[], options: Partial<SmcOptions>, what: string): SmcEvent[] {
  const expected = referenceEvents(candles, options);
  expectSameLog(streamed(candles, options), expected, `${what} with ${JSON.stringify(options)}`);
  return expected;
}

/** The quotients of the dealing range may differ in the last bits; everything else is exact. */
function expectSameView(actual: SmcView, expected: SmcView): void {
  expect(withoutQuotients(actual)).toEqual(withoutQuotients(expected));
  const [found, wanted] = [actual.dealingRange, expected.dealingRange];
  if (found === null || wanted === null) return;
  expect(found.position).toBeCloseTo(wanted.position, 12);
  expect(found.retracementPercent).toBeCloseTo(wanted.retracementPercent, 10);
  expect(found.ote.from).toBeCloseTo(wanted.ote.from, 8);
  expect(found.ote.to).toBeCloseTo(wanted.ote.to, 8);
}

function withoutQuotients(view: SmcView): unknown {
  const exact = { position: 0, retracementPercent: 0, ote: 0 };
  return { ...view, dealingRange: view.dealingRange && { ...view.dealingRange, ...exact } };
}

/** Every kind with every side, scale, direction, source and state that the definitions know. */
const EVERY_KIND: readonly string[] = [
  ...['swing', 'internal'].flatMap((scale) => [
    ...['first', 'HH', 'LH'].map((label) => `pivot ${scale} high ${label}`),
    ...['first', 'HL', 'LL'].map((label) => `pivot ${scale} low ${label}`),
    ...['bullish', 'bearish'].flatMap((direction) => [
      `bos ${scale} ${direction}`,
      `choch ${scale} ${direction}`,
      ...['active', 'touched', 'mitigated', 'breaker', 'spent', 'dropped'].map(
        (state) => `order-block ${scale} ${direction} ${state}`,
      ),
    ]),
  ]),
  ...['bullish', 'bearish'].flatMap((direction) =>
    ['open', 'touched', 'half', 'filled', 'inverse', 'dropped'].map(
      (state) => `fair-value-gap ${direction} ${state}`,
    ),
  ),
  ...['high', 'low'].flatMap((side) => [
    `equal-level ${side}`,
    ...['day', 'week', 'month'].map((period) => `period-level ${period} ${side}`),
  ]),
];

const SESSIONS = [
  'sydney',
  'tokyo',
  'london',
  'new-york',
  'asian-kill-zone',
  'london-kill-zone',
  'new-york-kill-zone',
];

const EVERY_TIME_KIND: readonly string[] = [
  ...SESSIONS.flatMap((session) => [`session ${session} open`, `session ${session} closed`]),
  ...['swing', 'equal', 'day', 'week', 'month', ...SESSIONS].flatMap((source) =>
    ['high', 'low'].flatMap((side) =>
      ['active', 'swept', 'run', 'dropped'].map((state) => `liquidity ${source} ${side} ${state}`),
    ),
  ),
];

function rareOnes(census: Census, kinds: readonly string[], times: number): string[] {
  return kinds.filter((kind) => (census.get(kind) ?? 0) < times);
}

describe('9 differential: engine ≡ reference', () => {
  const census: Census = new Map();

  it('on 800 short series with small options', () => {
    for (let seed = 1; seed <= 800; seed++) {
      const plan = planFrom(seed, 40 + (seed % 140));
      const options = smallOptions(seed, { intervalMs: plan.intervalMs });
      countEvents(census, compare(series(plan), options, describePlan(plan)));
    }
  });

  it('on 300 very short ones with every size 1 or 2', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const plan = planFrom(seed + 50_000, 3 + (seed % 25), { shape: seed % 2 === 0 ? 'doji' : 'wild' });
      const sizes = { swingSize: 1 + (seed % 2), internalSize: 1 + (seed % 3), equalSize: 1, atrLength: 2 };
      const options = smallOptions(seed, { ...sizes, intervalMs: plan.intervalMs });
      countEvents(census, compare(series(plan), options, describePlan(plan)));
    }
  });

  it('on 100 series of an adversary who aims at what the engine holds alive', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const options = smallOptions(seed, { intervalMs: 900_000 });
      const engine = new SmcEngine(options);
      const [first] = series(planFrom(seed, 1, { tick: 0.25 }));
      const plan = { length: 150, tick: seed % 2 === 0 ? 0.25 : 0.1, stepMs: 900_000, first: first! };
      const candles = spitefulSeries(seed, plan, (candle) => {
        engine.step(candle);
        return engine.view();
      });
      countEvents(census, compare(candles, options, `spitefulSeries(${seed})`));
    }
  });

  it('and these held every kind of event in every state, many times', () => {
    expect(rareOnes(census, EVERY_KIND, 60)).toEqual([]);
    expect(rareOnes(census, EVERY_TIME_KIND, 20)).toEqual([]);
  });

  it('on 10 long series with the default options', () => {
    const long: Census = new Map();
    for (let seed = 1; seed <= 10; seed++) {
      const plan = planFrom(seed + 900, 900 + 100 * (seed % 8), {
        shape: seed % 3 === 0 ? 'trend' : 'mixed',
      });
      const options = { intervalMs: plan.intervalMs };
      countEvents(long, compare(series(plan), options, describePlan(plan)));
    }
    const states = EVERY_KIND.filter((kind) => !kind.endsWith('dropped'));
    expect(rareOnes(long, states, 3)).toEqual([]);
  });

  it('and in what their views show, after every tenth candle', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const plan = planFrom(seed + 7_000, 120);
      const options = smallOptions(seed, { intervalMs: plan.intervalMs });
      const candles = series(plan);
      const engine = new SmcEngine(options);
      for (let length = 10; length <= candles.length; length += 10) {
        candles.slice(length - 10, length).forEach((candle) => engine.step(candle));
        const prefix = candles.slice(0, length);
        expectSameView(engine.view(), referenceView(prefix, referenceEvents(prefix, options), options));
      }
    }
  });
});
