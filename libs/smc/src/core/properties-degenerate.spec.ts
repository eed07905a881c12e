/** Property 8: candles that mean nothing bring nothing wrong; candles that cannot be are refused and leave no trace. */
import { columnsOf, isAppError, type Candle } from '@slt/domain';
import { smallOptions } from '../testing/options';
import { streamed } from '../testing/run';
import { expectSameLog } from '../testing/same-event';
import { planFrom, series } from '../testing/series';
import { SmcEngine } from './smc-engine';
import type { SmcEvent } from './smc-event';
import type { SmcOptions } from './smc-options';

const NOON = Date.UTC(2025, 0, 15, 12, 30);

function bar(i: number, open: number, high: number, low: number, close: number, volume = 1): Candle {
  return { openTime: NOON + i * 60_000, open, high, low, close, volume };
}

function bars(count: number, draw: (i: number) => Candle): Candle[] {
  return Array.from({ length: count }, (_, i) => draw(i));
}

/** Those that are about prices, not about the clock. */
function aboutPrices(events: readonly SmcEvent[]): SmcEvent[] {
  const clock = ['session', 'period-level'];
  return events.filter((event) => !clock.includes(event.kind) && event.kind !== 'liquidity');
}

/** NaN and the infinities turn to null in JSON: what comes back the same has none. */
function isPlainJson(value: unknown): boolean {
  const text = JSON.stringify(value);
  return JSON.stringify(JSON.parse(text)) === text && expectFinite(value);
}

function expectFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(expectFinite);
}

const DEGENERATE: Readonly<Record<string, readonly Candle[]>> = {
  'one price for ever': bars(600, (i) => bar(i, 7, 7, 7, 7)),
  'one candle for ever': bars(600, (i) => bar(i, 7, 9, 5, 6)),
  'nothing but noughts': bars(600, (i) => bar(i, 0, 0, 0, 0, 0)),
  'dojis that climb': bars(600, (i) => bar(i, i, i, i, i)),
  'dojis up and down': bars(600, (i) => bar(i, 5 + (i % 9), 5 + (i % 9), 5 + (i % 9), 5 + (i % 9))),
  'no volume': bars(600, (i) => bar(i, 50, 55 + ((i * 7) % 11), 45 - ((i * 5) % 13), 50, 0)),
  'spikes out of nothing': bars(600, (i) => bar(i, 1, i % 37 === 0 ? 1e9 : 1, i % 41 === 0 ? 0 : 1, 1)),
  'prices of nearly nothing': bars(600, (i) => {
    const price = (1 + ((i * 7) % 11)) * 1e-300;
    return bar(i, price, price * 2, price / 2, price);
  }),
  'the largest prices': bars(600, (i) => {
    const price = (1 + ((i * 7) % 11)) * 1e288;
    return bar(i, price, price * 2, price / 2, price, 1e290);
  }),
};

describe('8 degenerate input', () => {
  const small: Partial<SmcOptions> = { swingSize: 5, internalSize: 2, equalSize: 2, atrLength: 10 };

  it.each(Object.entries(DEGENERATE))('%s: everything that comes out is a number', (_, candles) => {
    for (const options of [{}, small, { ...small, volatilityFactor: 0, equalThreshold: 0 }]) {
      const engine = new SmcEngine(options);
      const events = candles.flatMap((candle) => engine.step(candle));
      expect(events.every(isPlainJson)).toBe(true);
      expect(isPlainJson(engine.view())).toBe(true);
      expect(isPlainJson(engine.snapshot())).toBe(true);
    }
  });

  it.each(['one price for ever', 'one candle for ever', 'nothing but noughts'])(
    '%s means nothing',
    (name) => {
      expect(aboutPrices(streamed(DEGENERATE[name]!, small))).toEqual([]);
    },
  );

  it('fewer candles than any window mean nothing, and an engine without candles has a view', () => {
    for (let count = 0; count <= 2; count++) {
      const events = streamed(
        bars(count, (i) => bar(i, 9, 10 + i, 8 + i, 9)).map((candle) => ({
          ...candle,
          open: candle.low,
          close: candle.low,
        })),
      );
      expect(aboutPrices(events)).toEqual([]);
    }
    expect(new SmcEngine().view()).toMatchObject({
      candles: 0,
      lastOpenTime: null,
      atr: null,
      dealingRange: null,
    });
  });

  it('an ATR is there from its last candle on, not before', () => {
    const engine = new SmcEngine();
    for (let i = 0; i < 199; i++) engine.step(bar(i, 5, 6, 5, 5));
    expect(engine.view().atr).toBeNull();
    engine.step(bar(199, 5, 6, 5, 5));
    expect(engine.view().atr).toBe(1);
  });

  it('minus nought is nought', () => {
    const zero = bars(40, (i) => (i % 4 === 0 ? bar(i, 0, 2, 0, 0, 0) : bar(i, 1, 3, 1, 2)));
    const minus = zero.map((candle) => {
      const turn = (value: number): number => (value === 0 ? -0 : value);
      const { openTime, open, high, low, close, volume } = candle;
      return { openTime, open: turn(open), high, low: turn(low), close: turn(close), volume: turn(volume) };
    });
    expectSameLog(streamed(minus, small), streamed(zero, small), 'the series with minus noughts');
  });
});

/** What is wrong with the candle, and what the message must name. */
const REFUSED: readonly [what: string, wrong: Partial<Candle>, named: string][] = [
  ...(['open', 'high', 'low', 'close', 'volume', 'openTime'] as const).flatMap((field) =>
    [NaN, Infinity, -Infinity].map((value): [string, Partial<Candle>, string] => [
      `${field} ${value}`,
      { [field]: value },
      String(value),
    ]),
  ),
  ['a negative low', { low: -1 }, '-1'],
  ['all prices negative', { open: -3, high: -2, low: -4, close: -3 }, '-'],
  ['a negative volume', { volume: -0.5 }, '-0.5'],
  ['high below low', { high: 4, low: 6 }, '4'],
  ['high below low, with the rest between', { open: 5, close: 5, high: 4, low: 6 }, '4'],
  ['an open above the high', { open: 12 }, '12'],
  ['an open below the low', { open: 3 }, '3'],
  ['a close above the high', { close: 11.5 }, '11.5'],
  ['a close below the low', { close: 2 }, '2'],
  ['the last time again', { openTime: NOON + 29 * 60_000 }, String(NOON + 29 * 60_000)],
  ['an earlier time', { openTime: NOON }, String(NOON)],
  ['a millisecond too early', { openTime: NOON + 29 * 60_000 - 1 }, String(NOON + 29 * 60_000 - 1)],
  ['half a millisecond', { openTime: NOON + 30 * 60_000 + 0.5 }, '.5'],
];

describe('8 refusals', () => {
  const good = bars(30, (i) => bar(i, 8, 10 - (i % 3), 5 + (i % 2), 8));
  const next = bar(30, 8, 10, 5, 8);

  it.each(REFUSED)('%s: a typed error that names it, and the state stays as it was', (_, wrong, named) => {
    const engine = new SmcEngine();
    engine.warmUp(columnsOf(good));
    const before = JSON.stringify(engine.snapshot());
    for (const offer of [
      () => engine.step({ ...next, ...wrong }),
      () => engine.warmUp(columnsOf([{ ...next, ...wrong }])),
    ]) {
      expect(offer).toThrow(expect.objectContaining({ kind: 'invalid', code: 'SMC.CANDLE' }));
      expect(offer).toThrow(named);
      expect(JSON.stringify(engine.snapshot())).toBe(before);
    }
    expectSameLog(
      engine.step(next),
      streamed([...good, next]).filter((event) => event.knownAt === 30),
      'the rest',
    );
  });

  it('a history with one bad row is refused whole, whichever row it is', () => {
    const engine = new SmcEngine();
    engine.warmUp(columnsOf(good));
    const before = JSON.stringify(engine.snapshot());
    for (let bad = 0; bad < 6; bad++) {
      const rows = bars(6, (i) => bar(30 + i, 8, i === bad ? NaN : 10, 5, 8));
      expect(() => engine.warmUp(columnsOf(rows))).toThrow(expect.objectContaining({ code: 'SMC.CANDLE' }));
      expect(JSON.stringify(engine.snapshot())).toBe(before);
    }
  });

  it('refused candles between the good ones leave no trace in what follows', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const plan = planFrom(seed + 81_000, 100);
      const options = smallOptions(seed, { intervalMs: plan.intervalMs });
      const candles = series(plan);
      const engine = new SmcEngine(options);
      const events = candles.flatMap((candle, t) => {
        const [, wrong] = REFUSED[(seed + t) % 18]!; // not finite: wrong after any candle
        expect(refusal(() => engine.step({ ...candle, ...wrong }))).toBe('SMC.CANDLE');
        return engine.step(candle);
      });
      expectSameLog(events, streamed(candles, options), `series ${plan.seed}`);
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['a size of 0', { swingSize: 0 }],
    ['half a size', { internalSize: 2.5 }],
    ['too large a size', { equalSize: 501 }],
    ['no limit', { gapLimit: Infinity }],
    ['a limit of 0', { poolLimit: 0 }],
    ['an ATR of one candle', { atrLength: 1 }],
    ['a threshold that is none', { equalThreshold: NaN }],
    ['a negative factor', { volatilityFactor: -1 }],
    ['another mitigation', { mitigation: 'body' }],
    ['no interval', { intervalMs: 0 }],
    ['an unknown option', { swing: 50 }],
  ])('options with %s', (_, options) => {
    const make = () => new SmcEngine(options as Partial<SmcOptions>);
    expect(make).toThrow(expect.objectContaining({ kind: 'invalid', code: 'SMC.OPTIONS' }));
    expect(make).toThrow(Object.keys(options)[0]);
  });

  it('every problem of the options in one message', () => {
    const make = () => new SmcEngine({ swingSize: 0, gapFilter: -1, poolLimit: 1e9 });
    expect(make).toThrow(/swingSize.*gapFilter.*poolLimit/);
  });

  it.each<[string, (snapshot: Record<string, unknown>) => unknown]>([
    ['nothing', () => undefined],
    ['null', () => null],
    ['a text', () => 'snapshot'],
    ['a list', () => []],
    ['an empty object', () => ({})],
    ['another version', (snapshot) => ({ ...snapshot, version: 2 })],
    ['no version', ({ version: _version, ...rest }) => rest],
  ])('a snapshot that is %s', (_, damage) => {
    const engine = new SmcEngine();
    engine.warmUp(columnsOf(good));
    const snapshot = JSON.parse(JSON.stringify(engine.snapshot())) as Record<string, unknown>;
    expect(refusal(() => SmcEngine.restore(damage(snapshot)))).toBe('SMC.SNAPSHOT');
  });

  it('a snapshot that lacks any of its parts, or has a text in its place', () => {
    const engine = new SmcEngine(smallOptions(5));
    engine.warmUp(columnsOf(series(planFrom(82_000, 150, { shape: 'wild' }))));
    const text = JSON.stringify(engine.snapshot());
    const whole = JSON.parse(text) as Record<string, unknown>;
    let parts = 0;
    for (const path of pathsOf(whole)) {
      for (const damage of ['remove', 'text'] as const) {
        const damaged = JSON.parse(text) as Record<string, unknown>;
        breakAt(damaged, path, damage);
        const code = refusal(() => SmcEngine.restore(damaged));
        if (code !== 'SMC.SNAPSHOT') throw new Error(`${path.join('.')} ${damage}: ${code ?? 'taken'}`);
        parts++;
      }
    }
    expect(parts).toBeGreaterThan(50);
  });
});

/** The code of the AppError that it throws; undefined if it throws nothing, or something else. */
function refusal(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return isAppError(error) && error.kind === 'invalid' ? error.code : String(error);
  }
}

/** Of all named parts, at any depth; members of lists are not named. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    [...path, name],
    ...pathsOf(part, [...path, name]),
  ]);
}

function breakAt(root: Record<string, unknown>, path: readonly string[], damage: 'remove' | 'text'): void {
  const parent = path.slice(0, -1).reduce((value, name) => value[name] as Record<string, unknown>, root);
  const name = path.at(-1)!;
  if (damage === 'remove') delete parent[name];
  else parent[name] = 'something else';
}
