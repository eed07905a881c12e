/**
 * Property 7: an engine that starts later agrees with one that has seen more, exactly from a point that each detector's
 * definition names, and on moving prices after the number of candles that docs/smc.md gives.
 */
import { DAY_MS, MINUTE_MS, type Candle } from '@slt/domain';
import { sessionsOf } from '../testing/reference-spans';
import { expectSameLog } from '../testing/same-event';
import { planFrom, series, type Shape } from '../testing/series';
import { SESSION_NAMES } from './session-name';
import { SmcEngine } from './smc-engine';
import type { OrderBlockEvent, PivotEvent, SmcEvent } from './smc-event';
import type { SmcOptions } from './smc-options';

/** Candles after which the events of a detector agree: the table of docs/smc.md. */
const WARM_UP = {
  'pivot internal': 100,
  'pivot swing': 1_000,
  'break internal': 500,
  'break swing': 1_000,
  'block internal': 2_000,
  'block swing': 2_000,
  gap: 2,
  'equal-level': 2_000,
} as const;

type Detector = keyof typeof WARM_UP;

/** What a detector finds, as opposed to what becomes of it; undefined for what time decides and for pools. */
function detectorOf(event: SmcEvent): Detector | undefined {
  switch (event.kind) {
    case 'pivot':
      return `pivot ${event.scale}`;
    case 'bos':
    case 'choch':
      return `break ${event.scale}`;
    case 'order-block':
      return event.state === 'active' ? `block ${event.scale}` : undefined;
    case 'fair-value-gap':
      return event.state === 'open' ? 'gap' : undefined;
    case 'equal-level':
      return 'equal-level';
    case 'liquidity':
    case 'period-level':
    case 'session':
      return undefined;
  }
}

/** By times alone, since candles are counted from each engine's birth; without the strength, which the ATR's past is in. */
function timed(event: SmcEvent): string {
  return JSON.stringify({ ...event, at: 0, knownAt: 0, previousAt: 0, strength: 0 });
}

interface Pair {
  /** What each says about the candles of the late one, candle by candle. */
  readonly full: readonly (readonly SmcEvent[])[];
  readonly late: readonly (readonly SmcEvent[])[];
}

function startLate(candles: readonly Candle[], k: number, options: Partial<SmcOptions> = {}): Pair {
  const [full, late] = [new SmcEngine(options), new SmcEngine(options)];
  candles.slice(0, k).forEach((candle) => full.step(candle));
  return {
    full: candles.slice(k).map((candle) => full.step(candle)),
    late: candles.slice(k).map((candle) => late.step(candle)),
  };
}

/** How many candles the late engine has seen when it and the other one disagree for the last time. */
function lastDisagreement({ full, late }: Pair, isMeant: (event: SmcEvent) => boolean): number {
  const texts = (events: readonly SmcEvent[]): string => events.filter(isMeant).map(timed).join('\n');
  return full.findLastIndex((events, t) => texts(events) !== texts(late[t]!)) + 1;
}

const MOVING: readonly Shape[] = ['walk', 'wild', 'trend', 'quiet'];

function movingSeries(seed: number, length: number): Candle[] {
  const shape = MOVING[seed % MOVING.length]!;
  return series(planFrom(seed, length, { shape, tick: 0.25, intervalMs: MINUTE_MS, holePercent: 0 }));
}

describe('7 warm-up, on moving prices', () => {
  const pairs = Array.from({ length: 12 }, (_, i) =>
    startLate(movingSeries(71_000 + i, 4_000), 400 + 37 * i),
  );

  it.each(Object.entries(WARM_UP))('%s: agrees after %i candles', (detector, candles) => {
    const numbers = pairs.map((pair) => lastDisagreement(pair, (event) => detectorOf(event) === detector));
    expect(numbers.filter((number) => number > candles)).toEqual([]);
    const compared = pairs
      .flatMap(({ full }) => full.slice(candles).flat())
      .filter((event) => detectorOf(event) === detector);
    expect(compared.length).toBeGreaterThan(40);
  });

  it('whatever is born of both after that lives the same life in both', () => {
    for (const { full, late } of pairs) {
      const [before, after] = [full, late].map((all) =>
        all
          .slice(2_000)
          .flat()
          .filter((event) => 'id' in event),
      );
      const born = new Set(after!.filter((event) => isBirth(event)).map((event) => event.id));
      const lives = (events: readonly SmcEvent[]): SmcEvent[] =>
        events.filter((event) => 'id' in event && born.has(event.id) && event.kind !== 'liquidity');
      expect(born.size).toBeGreaterThan(20);
      expect(lives(after!).map(timed)).toEqual(lives(before!).map(timed));
    }
  });

  it('the ATR forgets its start by 1 ÷ n a candle: 4.4e-5 of the first difference is left after 2,000', () => {
    for (const { full, late } of pairs) {
      const strengths = (all: Pair['full']): Map<string, number> =>
        new Map(
          all
            .slice(2_000)
            .flat()
            .filter(isNewBlock)
            .map((event) => [event.id, event.strength!]),
        );
      const [before, after] = [strengths(full), strengths(late)];
      for (const [id, strength] of after) expect(Math.abs(strength / before.get(id)! - 1)).toBeLessThan(1e-4);
      expect(after.size).toBeGreaterThan(10);
    }
  });
});

function isBirth(event: SmcEvent): boolean {
  return 'state' in event && (event.state === 'active' || event.state === 'open');
}

function isNewBlock(event: SmcEvent): event is OrderBlockEvent {
  return event.kind === 'order-block' && event.state === 'active';
}

describe('7 warm-up, exactly', () => {
  it('gaps: from the third candle on, whatever came before', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const candles = series(planFrom(seed + 72_000, 120, { shape: seed % 2 === 0 ? 'gaps' : 'mixed' }));
      const pair = startLate(candles, 10 + (seed % 50));
      expect(lastDisagreement(pair, (event) => detectorOf(event) === 'gap')).toBeLessThanOrEqual(2);
    }
  });

  it('pivots: from its first one on; their labels once there were two more of each kind', () => {
    let compared = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const options = { swingSize: 3 + (seed % 10), internalSize: 2 };
      const pair = startLate(series(planFrom(seed + 73_000, 260)), 20 + (seed % 60), options);
      for (const scale of ['swing', 'internal'] as const) {
        const [full, late] = [pair.full, pair.late].map((all) => pivotsOf(all, scale));
        const first = late![0];
        if (first === undefined) continue;
        const since = full!.filter((pivot) => pivot.knownAtTime >= first.knownAtTime);
        // The full engine may have been in this leg before: then the late one's first pivot is none for it.
        const isOld = since[0]?.knownAtTime !== first.knownAtTime;
        const [a, b] = [since, late!.slice(isOld ? 1 : 0)];
        expect(b.map(withoutLabel)).toEqual(a.map(withoutLabel));
        expect(b.slice(4).map(timed)).toEqual(a.slice(4).map(timed));
        compared += b.length;
      }
    }
    expect(compared).toBeGreaterThan(1_500);
  });

  it('days, weeks and months: from the first that begins after the start', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const plan = planFrom(seed + 74_000, 260, { intervalMs: seed % 2 === 0 ? DAY_MS / 2 : DAY_MS / 24 });
      const options = { intervalMs: plan.intervalMs, poolLimit: 10_000 };
      const k = 15 + (seed % 40);
      const candles = series(plan);
      const start = candles[k]!.openTime;
      const { full, late } = startLate(candles, k, options);
      const since = (all: Pair['full']): string[] =>
        all.flat().flatMap((event) => {
          if (event.kind !== 'period-level') return [];
          return beginningOf(event.period, event.atTime) >= start ? [timed(event)] : [];
        });
      expect(since(late)).toEqual(since(full));
      // …and nothing at all of one that the late engine came into: its extremes may lie before.
      const all = late.flat().filter((event) => event.kind === 'period-level');
      expect(all).toHaveLength(since(late).length);
    }
  });

  it('sessions: from the first that opens after the start, and not a word about the one that was open', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const plan = planFrom(seed + 75_000, 260, { intervalMs: seed % 2 === 0 ? DAY_MS / 24 : DAY_MS / 96 });
      const options = { intervalMs: plan.intervalMs };
      const k = 15 + (seed % 40);
      const candles = series(plan);
      const { full, late } = startLate(candles, k, options);
      const opened = new Set(
        SESSION_NAMES.flatMap((name) =>
          sessionsOf(candles, name, plan.intervalMs)
            .filter((session) => session.start >= candles[k]!.openTime)
            .map((session) => `${name} ${candles[session.from]!.openTime}`),
        ),
      );
      const meant = (all: Pair['full']): string[] =>
        all
          .flat()
          .filter((event) => event.kind === 'session' && opened.has(`${event.session} ${event.atTime}`))
          .map(timed);
      expect(meant(late)).toEqual(meant(full));
      expect(late.flat().filter((event) => event.kind === 'session')).toHaveLength(meant(late).length);
    }
  });

  it('an engine that starts with the series is the other one', () => {
    const candles = movingSeries(76_000, 600);
    const { full, late } = startLate(candles, 0);
    expectSameLog(late.flat(), full.flat(), 'an engine that starts 0 candles later');
  });
});

function pivotsOf(all: Pair['full'], scale: PivotEvent['scale']): PivotEvent[] {
  return all.flat().filter((event): event is PivotEvent => event.kind === 'pivot' && event.scale === scale);
}

function withoutLabel(pivot: PivotEvent): string {
  return timed({ ...pivot, label: null });
}

/** First instant of the UTC period that contains the instant. */
function beginningOf(period: 'day' | 'week' | 'month', time: number): number {
  const date = new Date(time);
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  const day = { day: date.getUTCDate(), week: date.getUTCDate() - sinceMonday, month: 1 }[period];
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day);
}
