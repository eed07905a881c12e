/** Properties 1 and 2: the engine never looks ahead, and says everything as soon as it can be known. */
import type { Candle } from '@slt/domain';
import { harshFutures, spitefulSeries } from '../testing/adversary';
import { findLookAhead } from '../testing/look-ahead';
import { smallOptions } from '../testing/options';
import { randomFrom } from '../testing/random';
import { batched, streamed } from '../testing/run';
import { expectSameLog } from '../testing/same-event';
import { planFrom, series } from '../testing/series';
import { SmcEngine } from './smc-engine';
import type { SmcEvent } from './smc-event';
import type { SmcOptions } from './smc-options';

describe('1 no look-ahead', () => {
  it('under truncation and eight adversarial futures of each prefix', () => {
    for (let seed = 1; seed <= 14; seed++) {
      const plan = planFrom(seed + 31_000, 60);
      const options = smallOptions(seed, { intervalMs: plan.intervalMs });
      const candles = series(plan);
      const cuts = candles.map((_, i) => i + 1).filter((cut) => cut % 5 === seed % 5);
      expect(findLookAhead((all) => batched(all, options), candles, cuts, harshFutures(12))).toEqual([]);
    }
  });

  it('against an adversary who chooses each next candle from the state of the engine', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const plan = planFrom(seed + 32_000, 70);
      const options = smallOptions(seed, { intervalMs: plan.intervalMs });
      const candles = series(plan);
      const known = streamed(candles, options);
      const future = spitefulFuture(seed, candles, plan.tick, options);
      const later = batched([...candles, ...future], options);
      expectSameLog(later.slice(0, known.length), known, `series ${seed}`);
      expect(later.slice(known.length).filter((event) => event.knownAt < candles.length)).toEqual([]);
    }
  });

  it('on a long series with the default options', () => {
    const candles = series(planFrom(33_001, 1_200, { shape: 'mixed', tick: 0.25 }));
    const cuts = [1, 2, 50, 51, 199, 200, 201, 640, 999, 1_199];
    expect(findLookAhead((all) => batched(all), candles, cuts, harshFutures(120))).toEqual([]);
  });

  it('and nothing that was handed out changes afterwards', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const plan = planFrom(seed + 34_000, 120);
      const engine = new SmcEngine(smallOptions(seed, { intervalMs: plan.intervalMs }));
      const handedOut = series(plan).map((candle) => engine.step(candle));
      const texts = handedOut.map((events) => JSON.stringify(events));
      for (const candle of harshFutures(40)(series(plan), plan.length).whip!) engine.step(candle);
      expect(handedOut.map((events) => JSON.stringify(events))).toEqual(texts);
    }
  });
});

/** What the adversary does to an engine that has seen the candles. */
function spitefulFuture(
  seed: number,
  candles: readonly Candle[],
  tick: number,
  options: Partial<SmcOptions>,
): Candle[] {
  const engine = new SmcEngine(options);
  candles.forEach((candle) => engine.step(candle));
  const first = candles.at(-1)!;
  let isFirst = true;
  return spitefulSeries(seed, { length: 41, tick, stepMs: 60_000, first }, (candle) => {
    if (!isFirst) engine.step(candle);
    isFirst = false;
    return engine.view();
  }).slice(1);
}

describe('2 exact knownAt', () => {
  /**
   * An event that candle t proves must not follow from the candles before it: for each event there is another candle t,
   * after the same prefix, that does not yield it. The other candle has another price or, for what time alone decides
   * (ends and beginnings of days and sessions), comes a millisecond after the one before.
   */
  it('no shorter prefix implies the event', () => {
    let events = 0;
    for (let seed = 1; seed <= 28; seed++) {
      const plan = planFrom(seed + 35_000, 70);
      const engine = new SmcEngine(smallOptions(seed, { intervalMs: plan.intervalMs }));
      const candles = series(plan);
      candles.forEach((candle, t) => {
        const before = engine.snapshot();
        const found = engine.step(candle);
        events += found.length;
        const implied = impliedBy(found, alternatives(candles, t), (other) =>
          SmcEngine.restore(before).step(other),
        );
        expect(implied).toEqual([]);
      });
    }
    expect(events).toBeGreaterThan(4_000);
  });

  it('and this finds a detector that waits one candle too long', () => {
    const candles = series(planFrom(35_500, 150, { shape: 'wild' }));
    const engine = new SmcEngine(smallOptions(1));
    let late: readonly SmcEvent[] = [];
    let [events, implied] = [0, 0];
    candles.forEach((candle, t) => {
      const found = late;
      events += found.length;
      implied += impliedBy(found, alternatives(candles, t), () => found).length;
      late = engine.step(candle);
    });
    expect(events).toBeGreaterThan(50);
    expect(implied).toBe(events);
  });

  it('what time decides is known by the first candle whose close, or open, reaches the instant', () => {
    const options = { intervalMs: 60_000 };
    const minute = (hour: number, min: number): Candle => {
      return { openTime: Date.UTC(2025, 5, 2, hour, min), open: 5, high: 6, low: 4, close: 5, volume: 1 };
    };
    const known = (...candles: Candle[]): string[] =>
      streamed(candles, options)
        .filter((event) => event.kind === 'session' && event.session === 'london')
        .map((event) => `${event.knownAt} ${'state' in event ? event.state : ''}`);
    // London, summer: 07:00 to 16:00 UTC.
    expect(known(minute(6, 58), minute(6, 59), minute(7, 0), minute(15, 58))).toEqual(['2 open']);
    expect(known(minute(6, 59), minute(7, 0), minute(15, 59))).toEqual(['1 open', '2 closed']);
    expect(known(minute(6, 59), minute(7, 30), minute(16, 0))).toEqual(['1 open', '2 closed']);
    expect(known(minute(7, 0), minute(15, 59))).toEqual(['0 open', '1 closed']);
    expect(known(minute(7, 1), minute(15, 59))).toEqual([]);
    expect(known(minute(6, 59), minute(16, 0))).toEqual([]);
  });
});

/** Those of the events that every other candle yields as well. */
function impliedBy(
  found: readonly SmcEvent[],
  others: Iterable<Candle>,
  yieldedBy: (other: Candle) => readonly SmcEvent[],
): SmcEvent[] {
  let left = [...found];
  for (const other of others) {
    if (left.length === 0) break;
    const yielded = new Set(yieldedBy(other).map(identity));
    left = left.filter((event) => yielded.has(identity(event)));
  }
  return left;
}

/** What makes it this event, whatever the prices. Ids of newborn zones hold the time of candle t: not that. */
function identity(event: SmcEvent): string {
  const { at, kind } = event;
  const words = ['scale', 'side', 'direction', 'label', 'state', 'source', 'period', 'session'] as const;
  const values = event as unknown as Record<string, unknown>;
  return [kind, at, ...words.map((word) => values[word])].join(' ');
}

/** Other candles t: standstill, crash, spike, both at once, the last one again, a random one; and one that comes early. */
function* alternatives(candles: readonly Candle[], t: number): Generator<Candle> {
  const { openTime } = candles[t]!;
  const last = candles[t - 1] ?? candles[t]!;
  const price = last.close;
  const prices = (open: number, high: number, low: number, close: number): Candle => {
    return { openTime, open, high, low, close, volume: 1 };
  };
  yield prices(price, price, price, price);
  yield prices(price, price, 0, 0);
  yield prices(price, price * 64 + 64, price, price * 64 + 64);
  yield prices(price, price * 64 + 64, 0, price);
  const tooEarly = t === 0 ? openTime + 1 : last.openTime + 1;
  yield { ...prices(price, price, price, price), openTime: tooEarly };
  yield { ...prices(price, price, 0, 0), openTime: tooEarly };
  yield { ...prices(price, price * 64 + 64, price, price * 64 + 64), openTime: tooEarly };
  yield { ...last, openTime };
  const random = randomFrom(t);
  for (let i = 0; i < 8; i++) {
    const reach = random.between(0, 8) * random.pick([0.1, 0.25, 1]);
    const close = Math.max(0, price + random.pick([-reach, reach]));
    yield prices(price, Math.max(price, close), Math.min(price, close), close);
  }
}
