import { AppError } from '@slt/domain';
import fc from 'fast-check';
import { candlesOf, eventsOf, randomOf, walk } from './spec-candles';
import { SmcEngine } from './smc-engine';
import type { SmcEvent } from './smc-event';
import type { SmcOptions } from './smc-options';

const SMALL = { swingSize: 6, internalSize: 2, equalSize: 1, atrLength: 10, equalThreshold: 0.5 };

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function engineAfter(length: number, options: Partial<SmcOptions> = SMALL, seed = 1): SmcEngine {
  const engine = new SmcEngine(options);
  for (const candle of walk(seed, length)) engine.step(candle);
  return engine;
}

describe('a snapshot', () => {
  it('is plain data that survives JSON unchanged', () => {
    for (const length of [0, 1, 2, 3, 10, 500]) {
      const snapshot = engineAfter(length).snapshot();
      expect(throughJson(snapshot)).toStrictEqual(snapshot);
      expect(snapshot.version).toBe(1);
    }
  });

  it.each<[string, Partial<SmcOptions>, number]>([
    ['small sizes', SMALL, 21],
    ['small limits', { ...SMALL, blockLimit: 2, breakerLimit: 2, gapLimit: 3, poolLimit: 2 }, 22],
    [
      'other rules',
      { ...SMALL, mitigation: 'close', gapFilter: 0.5, volatilityFactor: 1.2, swingSize: 1 },
      23,
    ],
    ['the defaults', {}, 24],
  ])('resumes at every candle as if nothing had happened: %s', (_name, options, seed) => {
    const candles = walk(seed, 400);
    const untroubled = new SmcEngine(options);
    let engine = new SmcEngine(options);
    for (const candle of candles) {
      const snapshot = engine.snapshot();
      engine = SmcEngine.restore(throughJson(snapshot));
      expect(engine.snapshot()).toEqual(snapshot);
      expect(engine.step(candle)).toEqual(untroubled.step(candle));
    }
    expect(engine.snapshot()).toEqual(untroubled.snapshot());
    expect(engine.view()).toEqual(untroubled.view());
    expect(engine.options).toEqual(untroubled.options);
  });

  it('resumes at some candle of many series', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 400 }), (seed, at) => {
        const candles = walk(seed, 400);
        const engine = new SmcEngine(SMALL);
        const told: SmcEvent[] = candles.slice(0, at).flatMap((candle) => engine.step(candle));
        const resumed = SmcEngine.restore(throughJson(engine.snapshot()));
        told.push(...candles.slice(at).flatMap((candle) => resumed.step(candle)));
        expect(told).toEqual(eventsOf(candles, SMALL));
      }),
      { numRuns: 30 },
    );
  });

  it('is not touched by what comes after', () => {
    const engine = engineAfter(300);
    const snapshot = engine.snapshot();
    const text = JSON.stringify(snapshot);
    for (const candle of walk(2, 300, { start: 2e12 })) engine.step(candle);
    expect(JSON.stringify(snapshot)).toBe(text);
    const restored = SmcEngine.restore(snapshot);
    for (const candle of walk(2, 300, { start: 2e12 })) restored.step(candle);
    expect(JSON.stringify(snapshot)).toBe(text);
    expect(restored.snapshot()).toEqual(engine.snapshot());
  });

  it('is small', () => {
    // 50 candles and a few dozen zones.
    expect(JSON.stringify(engineAfter(1_000, {}).snapshot()).length).toBeLessThan(16_000);
  });
});

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** The places in a JSON value, as paths. */
function pathsOf(value: Json, path: (string | number)[] = []): (string | number)[][] {
  const inner = Array.isArray(value)
    ? value.flatMap((one, i) => pathsOf(one, [...path, i]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, one]) => pathsOf(one, [...path, name]))
      : [];
  return [path, ...inner];
}

function changed(
  value: Json,
  path: readonly (string | number)[],
  change: (old: Json) => Json | undefined,
): Json {
  const [head, ...rest] = path;
  if (head === undefined) return change(value) ?? null;
  const copy = structuredClone(value) as Record<string | number, Json>;
  const inner = rest.length > 0 ? changed(copy[head]!, rest, change) : change(copy[head]!);
  if (inner === undefined) delete copy[head];
  else copy[head] = inner;
  return copy as Json;
}

function refusalOf(snapshot: unknown): AppError | null {
  try {
    SmcEngine.restore(snapshot);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error).toMatchObject({ kind: 'invalid', code: 'SMC.SNAPSHOT' });
    return error;
  }
}

describe('a hostile snapshot', () => {
  const good = throughJson(engineAfter(500).snapshot()) as Json;

  it.each<[unknown, string]>([
    [undefined, 'the snapshot is undefined, not an object'],
    [null, 'the snapshot is null, not an object'],
    ['{}', 'the snapshot is "{}", not an object'],
    [[], 'the snapshot is a list, not an object'],
    [{}, 'version is undefined, not 1'],
    [{ ...(good as object), version: 2 }, 'version is 2, not 1'],
    [{ ...(good as object), options: null }, 'options: null is no set of options'],
    [
      { ...(good as object), options: { swingSize: 0, speed: 1 } },
      'options: swingSize is 0, not a whole number 1…500; there',
    ],
    [{ ...(good as object), state: 5 }, 'state is 5, not an object'],
    [{ ...(good as object), state: {} }, 'state.window is undefined, not an object'],
  ])('is refused with its problem named: %j', (snapshot, message) => {
    expect(refusalOf(snapshot)?.message).toContain(message);
  });

  it.each<[string, Json | undefined, string]>([
    ['window.index', -2, 'state.window.index is -2'],
    ['window.index', 3e9, 'state.window.index is 3000000000'],
    ['window.index', 499.5, 'not a whole number'],
    ['window.close', 1e9, 'state.window.close is 1000000000'],
    ['window.high.3', 'x', 'state.window.high[3] is "x", not a number'],
    ['window.high.3', -1, 'state.window.high[3] is -1'],
    ['window.low.3', 1e6, 'state.window.low[3] is above its high'],
    ['window.openTime.2', 0, 'state.window.openTime[2] does not come after the one before'],
    ['window.openTime.2', 1e300, 'state.window.openTime[2] is 1e+300'],
    ['window.openTime.0', 5, 'state.window.openTime leaves no room for the candles before'],
    ['window.volatile.0', 2, 'state.window.volatile[0] is 2'],
    ['window.volume', [], 'state.window.volume has 0 entries, not 6'],
    ['window.volume', 'none', 'state.window.volume is "none", not a list'],
    ['atr', null, 'state.atr is null'],
    ['swing.leg', 'up', 'state.swing.leg is "up", not one of'],
    ['swing.bias', null, 'state.swing.bias is not that of the last break'],
    ['swing.high.label', 'HL', 'state.swing.high.label is "HL"'],
    ['swing.high.pivot.1', 600, 'state.swing.high.pivot is about candle 600'],
    ['swing.lastBreak.knownAt', 0, 'state.swing.lastBreak.knownAt'],
    ['gaps.isBullish.0', 2, 'state.gaps.isBullish[0] is 2'],
    ['gaps.done.0', 4, 'state.gaps.done[0] is 4'],
    ['gaps.bottom.0', 1e9, 'state.gaps.bottom[0] is above its top'],
    ['gaps.born.1', 1, 'state.gaps.born[1]'],
    ['liquidity.source.0', 99, 'state.liquidity.source[0] is 99'],
    ['periods.day.current', null, 'state.periods.day.current does not go with the last candle'],
    ['periods', null, 'state.periods is null, not an object'],
    ['sessions.tokyo', undefined, 'state.sessions.tokyo is undefined, not an object'],
    ['range.top.0', 0, 'state.range.top is below the last high'],
  ])('is refused where %s is %j', (path, value, message) => {
    const steps = ['state', ...path.split('.').map((one) => (/^\d+$/.test(one) ? Number(one) : one))];
    expect(refusalOf(changed(good, steps, () => value))?.message).toContain(message);
  });

  it('cannot go beyond the limits', () => {
    const engine = engineAfter(500).snapshot();
    const limits = { blockLimit: 1, breakerLimit: 1, gapLimit: 1, poolLimit: 1 };
    for (const name of Object.keys(limits) as (keyof typeof limits)[]) {
      const options = { ...engine.options, [name]: 1 };
      expect(refusalOf({ ...engine, options })?.message).toMatch(/has more than \d/);
    }
  });

  it('cannot have been made with other sizes', () => {
    const engine = engineAfter(500).snapshot();
    expect(refusalOf({ ...engine, options: { ...engine.options, swingSize: 7 } })?.message).toContain(
      'window.',
    );
  });

  it('is refused or makes an engine that works, whatever is changed in it', () => {
    const random = randomOf(77);
    const paths = pathsOf(good);
    const values: (Json | undefined)[] = [
      undefined,
      null,
      true,
      -1,
      0,
      0.5,
      1,
      7,
      499,
      500,
      1e12,
      1e300,
      'x',
      [],
      {},
    ];
    const next = walk(78, 40, { start: 3e12 });
    let refused = 0;
    for (let run = 0; run < 800; run++) {
      const path = paths[Math.floor(random() * paths.length)]!;
      const value = values[Math.floor(random() * values.length)];
      const snapshot = changed(good, path, (old) =>
        random() < 0.2 && typeof old === 'number' ? old + 1 : value,
      );
      if (refusalOf(snapshot) !== null) {
        refused++;
        continue;
      }
      const engine = SmcEngine.restore(snapshot);
      for (const candle of next) {
        for (const event of engine.step(candle)) {
          expect(throughJson(event)).toEqual(event);
        }
      }
      const after = engine.snapshot();
      expect(throughJson(after)).toEqual(after);
      expect(SmcEngine.restore(after).snapshot()).toEqual(after);
      expect(throughJson(engine.view())).toEqual(engine.view());
    }
    expect(refused).toBeGreaterThan(500);
  });

  it('of a fresh engine has no room for anything', () => {
    const fresh = throughJson(new SmcEngine(SMALL).snapshot()) as { state: Record<string, Json> };
    const used = good as { state: Record<string, Json> };
    for (const part of Object.keys(fresh.state)) {
      if (part === 'atr' || part === 'gapAtr') continue;
      const snapshot = { ...fresh, state: { ...fresh.state, [part]: used.state[part]! } };
      expect([part, refusalOf(snapshot)]).toEqual([part, expect.any(AppError)]);
    }
    expect(SmcEngine.restore(fresh).step(candlesOf([[12, 8, 10]])[0]!)).toEqual([]);
  });
});
