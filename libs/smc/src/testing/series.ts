/**
 * Generated candles for the property tests: prices on small tick grids, so that ties are the rule, in all shapes that a
 * market may take and some that it may not. Everything follows from the seed.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, type Candle, type DurationMs, type UtcMs } from '@slt/domain';
import { randomFrom, type Random } from './random';

export interface SeriesPlan {
  readonly seed: number;
  readonly length: number;
  readonly shape: Shape;
  /** Prices are whole multiples of it; 0.25 makes them exact binary fractions, 0.1 does not. */
  readonly tick: number;
  readonly intervalMs: DurationMs;
  readonly start: UtcMs;
  /** How many of a hundred candles come after a hole in time. */
  readonly holePercent: number;
}

/** One candle in ticks, before it is priced and timed. */
interface Bar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** The next bar after a close; i counts within the shape. */
type Draw = (random: Random, last: number, i: number) => Bar;

const DRAWS = {
  walk: (random, last) => bar(random, last, last + random.between(-2, 2), 2),
  wild: (random, last) => bar(random, last + random.between(-1, 1), last + random.between(-6, 6), 5),
  flat: (random, last) => bar(random, last, random.chance(6) ? last + random.between(-2, 2) : last, 0),
  quiet: (random, last) => bar(random, last, last + random.between(-1, 1), 1),
  doji: (random, last) => {
    const price = last + random.between(-2, 2);
    return { open: price, high: price, low: price, close: price };
  },
  spikes: (random, last) => bar(random, last, last + random.between(-1, 1), random.chance(8) ? 40 : 1),
  rise: (random, last) => bar(random, last, last + random.between(0, 2), 1),
  fall: (random, last) => bar(random, last, last - random.between(0, 2), 1),
  monotone: (_random, last, i) => straight(last, last + (i % 400 < 200 ? 1 : -1)),
  sawtooth: (random, last, i) => bar(random, last, last + (i % 14 < 7 ? 3 : -3), 1),
  triangle: (random, last, i) => {
    const height = Math.max(1, 12 - Math.floor(i / 12));
    return bar(random, last, last + (Math.floor(i / 4) % 2 === 0 ? height : -height), 1);
  },
  gaps: (random, last) => {
    const open = last + random.between(-8, 8);
    return bar(random, open, open + random.between(-2, 2), 1);
  },
  stairs: (random, last, i) => {
    const up = i % 60 < 30 ? 1 : -1;
    return straight(last + 3 * up, last + 4 * up + (random.chance(20) ? -up : 0));
  },
  trend: (random, last, i) => {
    const drift = i % 300 < 160 ? 1 : -1;
    return bar(random, last, last + random.between(-3, 3) + (random.chance(30) ? drift : 0), 2);
  },
} satisfies Record<string, Draw>;

type PlainShape = keyof typeof DRAWS;

/** `mixed` changes the shape every few dozen candles. */
export type Shape = PlainShape | 'mixed';

export const PLAIN_SHAPES = Object.keys(DRAWS) as readonly PlainShape[];
export const SHAPES: readonly Shape[] = [...PLAIN_SHAPES, 'mixed'];

/** Weeks in which clocks change in New York, London and Sydney, ends of months and years, the first week of all, a year 100. */
const WEEKS: readonly UtcMs[] = [
  Date.UTC(2025, 2, 8),
  Date.UTC(2025, 2, 29),
  Date.UTC(2025, 3, 4),
  Date.UTC(2025, 9, 3),
  Date.UTC(2025, 9, 25),
  Date.UTC(2025, 10, 1),
  Date.UTC(2024, 1, 28),
  Date.UTC(2024, 11, 30),
  0,
  Date.UTC(1999, 11, 31),
  Date.UTC(2100, 1, 25),
];

const INTERVALS: readonly DurationMs[] = [
  MINUTE_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  HOUR_MS,
  HOUR_MS,
  4 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
];

/** A plan of that length with everything else drawn from the seed. */
export function planFrom(seed: number, length: number, given: Partial<SeriesPlan> = {}): SeriesPlan {
  const random = randomFrom(seed ^ 0x51ed270b);
  const intervalMs = random.pick(INTERVALS);
  const into = random.chance(30) ? 0 : random.between(0, Math.floor((7 * DAY_MS) / intervalMs)) * intervalMs;
  return {
    seed,
    length,
    shape: random.chance(40) ? 'mixed' : random.pick(PLAIN_SHAPES),
    tick: random.pick([0.25, 0.25, 0.5, 1, 0.1, 0.01, 1e-8, Math.PI * 1e4]),
    intervalMs,
    start: random.pick(WEEKS) + into + (random.chance(10) ? MINUTE_MS : 0),
    holePercent: random.pick([0, 0, 0, 2, 15]),
    ...given,
  };
}

/** The candles of a plan; ascending, sane, never below zero. */
export function series(plan: SeriesPlan): Candle[] {
  const random = randomFrom(plan.seed);
  const candles: Candle[] = [];
  let time = plan.start;
  let last = random.pick([400, 1_000, 5_000]);
  let shape = plan.shape === 'mixed' ? random.pick(PLAIN_SHAPES) : plan.shape;
  for (let i = 0, since = 0; i < plan.length; i++, since++) {
    if (plan.shape === 'mixed' && random.chance(3)) [shape, since] = [random.pick(PLAIN_SHAPES), 0];
    const drawn = DRAWS[shape](random, last, since);
    last = Math.max(drawn.close, 0);
    candles.push(candleOf(drawn, time, plan.tick, volumeFrom(random)));
    time += plan.intervalMs * (random.chance(plan.holePercent) ? random.between(2, 40) : 1);
  }
  return candles;
}

export function describePlan(plan: SeriesPlan): string {
  return `series(${JSON.stringify(plan)})`;
}

/** Wicks of up to so many ticks on both sides. */
function bar(random: Random, open: number, close: number, wick: number): Bar {
  const high = Math.max(open, close) + random.between(0, wick);
  const low = Math.min(open, close) - random.between(0, wick);
  return { open, high, low, close };
}

/** Without wicks. */
function straight(open: number, close: number): Bar {
  return { open, high: Math.max(open, close), low: Math.min(open, close), close };
}

function candleOf(drawn: Bar, openTime: UtcMs, tick: number, volume: number): Candle {
  const price = (ticks: number): number => Math.max(ticks, 0) * tick;
  const { open, high, low, close } = drawn;
  return { openTime, open: price(open), high: price(high), low: price(low), close: price(close), volume };
}

/** Nothing, whole, or with a decimal. */
function volumeFrom(random: Random): number {
  if (random.chance(15)) return 0;
  return random.chance(50) ? random.between(1, 90) : random.between(1, 90) / 10;
}
