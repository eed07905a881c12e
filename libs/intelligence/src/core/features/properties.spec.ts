import { type Candle, CandleSeries, MINUTE_MS } from '@slt/domain';
import { type Direction as SmcDirection, SmcEngine, type SmcView, type StructureView } from '@slt/smc';
import type { Evidence, ScoreInput } from '@slt/trading';
// By its path: the index brings the whole service with it, which takes longer than all that is tested here.
import { SetupEngine } from '../../../../trading/src/core/setups';
import fc from 'fast-check';
import type { MarketFacts } from '../market-facts';
import { FEATURES, featuresOf } from './index';
import { seriesOf, START } from './spec-signal';

/** Binary fractions, and a mirror beyond all prices: 512 − price is exact. */
const TICK = 1 / 1_024;
const MIRROR = 512;
const CANDLES = 1_500;
const RING = 1_000;

/** A market of trends, turns and wicks around 128; the same for the same seed. */
function walk(seed: number, length = CANDLES): Candle[] {
  let state = (Math.imul(seed, 2_654_435_761) + 12_345) >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const onTick = (price: number): number => Math.round(price / TICK) * TICK;
  let close = 128;
  let drift = 0;
  return Array.from({ length }, (_, i) => {
    if (random() < 0.02) drift = (random() - 0.5) * 0.3;
    const jump = random() < 0.03 ? 5 : 1;
    const open = close;
    close = onTick(open + (128 - open) * 0.01 + drift + (random() - 0.5) * 0.4 * jump);
    const high = onTick(Math.max(open, close) + random() * 0.2 * jump);
    const low = onTick(Math.min(open, close) - random() * 0.2 * jump);
    return { openTime: START + i * MINUTE_MS, open, high, low, close, volume: 1 + Math.floor(random() * 50) };
  });
}

interface Asked {
  /** Its series holds the candles up to the signal's alone. */
  readonly input: ScoreInput;
  /** Place of the signal's candle. */
  readonly index: number;
  readonly features: readonly number[];
}

/** All that is asked about in a market, each with the answer of the moment. */
function asked(candles: readonly Candle[], facts: MarketFacts): Asked[] {
  const found: Asked[] = [];
  const series = new CandleSeries('AAAUSDT', '1m', RING);
  const smc = new SmcEngine();
  let index = 0;
  const scorer = (input: ScoreInput) => {
    const features = featuresOf(input, facts);
    found.push({
      input: { ...input, series: seriesOf(candles.slice(0, index + 1)), view: smc.view() },
      index,
      features,
    });
    return { confidence: 1, parts: {} };
  };
  const setups = new SetupEngine({ symbol: 'AAAUSDT', interval: '1m', scorer });
  for (const candle of candles) {
    const events = smc.step(candle);
    series.append(candle);
    setups.onCandle(candle, events, { view: () => smc.glance(), series: () => series });
    index++;
  }
  return found;
}

const factsOf = (leader: readonly Candle[], rate = 0.0003): MarketFacts => {
  const series = seriesOf(leader);
  return { leader: () => series, fundingRate: () => rate, tickSize: () => TICK };
};

const LEADER = walk(99);
const OTHER = walk(7);
const FACTS = factsOf(LEADER);
const MARKETS = [1, 2, 3, 4, 5].map((seed) => walk(seed));
const ASKED = MARKETS.map((candles) => asked(candles, FACTS));
const EACH = MARKETS.flatMap((candles, i) => ASKED[i]!.map((each) => ({ candles, ...each })));

/** Whatever might have come next, as long as the ring. */
function futuresOf({ openTime, close }: Candle): readonly Candle[][] {
  const futureOf = (price: (i: number) => number): Candle[] =>
    Array.from({ length: 400 }, (_, i) => {
      const [open, last] = [i === 0 ? close : price(i - 1), price(i)];
      const time = openTime + (i + 1) * MINUTE_MS;
      return {
        openTime: time,
        open,
        high: Math.max(open, last),
        low: Math.min(open, last),
        close: last,
        volume: i * 1e6,
      };
    });
  return [
    futureOf(() => close * 1e6),
    futureOf(() => 0),
    futureOf((i) => close * (1 + (i % 2))),
    futureOf(() => close),
  ];
}

describe('features of generated markets', () => {
  it('are asked of enough signals of all set-ups, both ways', () => {
    const kinds = new Set(EACH.map(({ input }) => `${input.setup} ${input.direction}`));
    expect(kinds.size).toBe(6);
    expect(EACH.length).toBeGreaterThan(40);
  });

  it('do not know how the market goes on', () => {
    for (const { candles, index, input, features } of EACH) {
      const past = candles.slice(index - 199, index + 1);
      for (const future of futuresOf(past.at(-1)!)) {
        const series = seriesOf([...past, ...future]);
        expect(featuresOf({ ...input, series }, FACTS)).toEqual(features);
      }
    }
  });

  it('are the same where SMC was shown the candles up to the signal alone', () => {
    for (const { candles, index, input, features } of EACH.filter((_, i) => i % 20 === 0)) {
      const smc = new SmcEngine();
      for (const candle of candles.slice(0, index + 1)) smc.step(candle);
      expect(featuresOf({ ...input, view: smc.glance() }, FACTS)).toEqual(features);
    }
  });

  it('look at the leader before the signal, and neither at its minute nor beyond', () => {
    const isLeaders = FEATURES.map(({ name }) => name.startsWith('leader'));
    const only = (values: readonly number[]) => values.filter((_, i) => isLeaders[i]);
    for (const { index, input, features } of EACH) {
      const before = LEADER.slice(0, index);
      expect(featuresOf(input, factsOf(before))).toEqual(features);
      const changed = LEADER.slice(index).map((candle) => ({ ...candle, high: 1e9, low: 0, close: 1 }));
      expect(featuresOf(input, factsOf([...before, ...changed]))).toEqual(features);
      // Its candle of the minute before is looked at.
      const last = before.at(-1)!;
      const leapt = { ...last, high: last.high + 5, close: last.high + 5 };
      expect(only(featuresOf(input, factsOf([...before.slice(0, -1), leapt])))).not.toEqual(only(features));
      expect(only(featuresOf(input, factsOf(before.slice(0, -1))))).toEqual([NaN, NaN]);
    }
  });

  it('need the newest 128 candles and no other', () => {
    for (const { candles, index, input, features } of EACH) {
      const past = candles.slice(0, index + 1);
      const strange = [...OTHER.slice(0, past.length - 128), ...past.slice(-128)];
      for (const length of [128, 256, 1_000]) {
        const series = seriesOf(past, length);
        const other = seriesOf(strange, length);
        expect(featuresOf({ ...input, series }, FACTS)).toEqual(features);
        expect(featuresOf({ ...input, series: other }, FACTS)).toEqual(features);
      }
    }
  });

  it('are all known here but for what is said of them', () => {
    const unknown = EACH.flatMap(({ features }) =>
      FEATURES.filter((_, i) => Number.isNaN(features[i])).map(({ name }) => name),
    );
    expect(unknown).toEqual([]);
  });

  it('tell signals apart: none is the same of all', () => {
    const constant = FEATURES.filter(
      ({ name }, i) =>
        // One rate for all, and one tick: they differ by the side and by the stop.
        !['tickShare'].includes(name) && new Set(EACH.map(({ features }) => features[i])).size < 2,
    );
    expect(constant.map(({ name }) => name)).toEqual([]);
  });
});

/** Shares of the price, which is another one in the mirror. */
const OF_THE_PRICE = ['stopShare', 'atrShare', 'tickShare'];

describe('features in a mirror', () => {
  it('are the same: a short upside down is the long', () => {
    const facts = factsOf(LEADER.map(turnedCandle), -0.0003);
    for (const { candles, index, input, features } of EACH) {
      const series = seriesOf(candles.slice(0, index + 1).map(turnedCandle));
      const turned = featuresOf({ ...turnedInput(input), series }, facts);
      FEATURES.forEach(({ name }, i) => {
        if (OF_THE_PRICE.includes(name)) return;
        expect([name, turned[i]]).toEqual([name, expect.closeTo(features[i]!, 9)]);
      });
    }
  });
});

describe('features at another scale', () => {
  it.each([-300, -20, 1, 40, 300])('are the same to the last bit at prices times 2^%i', (power) => {
    const k = 2 ** power;
    const facts = { ...factsOf(LEADER), tickSize: () => TICK * k };
    for (const { candles, index, input, features } of EACH) {
      const series = seriesOf(candles.slice(index - 127, index + 1).map((candle) => scaledCandle(candle, k)));
      expect(featuresOf({ ...scaledInput(input, k), series }, facts)).toEqual(features);
    }
  });

  it('are the same but for rounding at any other', () => {
    const facts = { ...FACTS, tickSize: () => TICK * 3.7 };
    for (const { candles, index, input, features } of EACH) {
      const past = candles.slice(index - 127, index + 1);
      const series = seriesOf(past.map((candle) => scaledCandle(candle, 3.7)));
      const scaled = featuresOf({ ...scaledInput(input, 3.7), series }, facts);
      scaled.forEach((value, i) => {
        // Closes on the very extreme, or in a row, fall to either side of it.
        if (['oppositeBreakAge', 'run'].includes(FEATURES[i]!.name)) return;
        expect([FEATURES[i]!.name, value]).toEqual([FEATURES[i]!.name, expect.closeTo(features[i]!, 6)]);
      });
    }
  });
});

describe('features of anything', () => {
  const price = fc.oneof(
    fc.double({ min: 0, max: 1e290, noNaN: true }),
    fc.double({ min: 0.5, max: 2, noNaN: true }),
    fc.constantFrom(0, 1, 1e-300, 1e290),
  );
  const volume = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e290, noNaN: true }));
  const bar = fc.tuple(price, price, price, price, volume);
  const candles = fc
    .tuple(fc.array(bar, { minLength: 1, maxLength: 12 }), fc.nat(1_000))
    .map(([bars, from]): Candle[] =>
      Array.from({ length: 128 }, (_, i) => {
        const [a, b, c, d, traded] = bars[(i * (from + 1)) % bars.length]!;
        const [low, open, close, high] = [a, b, c, d].sort((x, y) => x - y) as [
          number,
          number,
          number,
          number,
        ];
        return { openTime: START + i * MINUTE_MS, open, high, low, close, volume: traded };
      }),
    );
  const zones = fc.array(fc.tuple(price, price, fc.boolean(), fc.option(price)), { maxLength: 5 });
  const evidence: fc.Arbitrary<Evidence> = fc.oneof(
    fc.record({
      kind: fc.constant('sweep' as const),
      source: fc.constantFrom('week' as const, 'swing' as const),
      depth: price,
    }),
    fc.record({ kind: fc.constant('block' as const), scale: fc.constant('swing' as const), strength: price }),
    fc.record({ kind: fc.constant('gap' as const), height: price }),
  );
  const input = EACH[0]!.input;

  it('lie in their ranges', () => {
    const scene = fc.record({
      candles,
      leader: candles,
      zones,
      evidence,
      entry: price,
      stop: price,
      target: price,
      rate: fc.double({ min: -1, max: 1, noNaN: true }),
      tick: price,
      position: fc.double({ noNaN: true }),
      isLong: fc.boolean(),
    });
    fc.assert(
      fc.property(scene, (given) => {
        const { entry, stop, target, isLong } = given;
        const view = withZones(input.view, given.zones, given.position);
        const values = featuresOf(
          {
            ...input,
            at: START + 128 * MINUTE_MS,
            series: seriesOf(given.candles),
            direction: isLong ? 'long' : 'short',
            entry,
            stop,
            target,
            evidence: given.evidence,
            view,
          },
          {
            leader: () =>
              seriesOf(given.leader.map((each) => ({ ...each, openTime: each.openTime - MINUTE_MS }))),
            fundingRate: () => given.rate,
            tickSize: () => given.tick,
          },
        );
        const outside = FEATURES.filter(({ min, max }, i) => values[i]! < min || values[i]! > max);
        expect(outside.map(({ name }) => name)).toEqual([]);
        const isPriced = given.candles.at(-1)!.close > 0 && entry > 0 && stop > 0 && entry !== stop;
        // The mean of less may be rounded to nothing.
        const isTraded = given.candles.slice(107, 127).some((each) => each.volume > 1e-300);
        const isLed = given.leader.at(-1)!.close > 0;
        if (isPriced && isTraded && isLed)
          expect(FEATURES.filter((_, i) => Number.isNaN(values[i])).map(({ name }) => name)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('are not known, where they need candles, without enough of them; and nothing else is lost', () => {
    const evidence: Evidence = { kind: 'gap', height: 1 };
    const values = featuresOf({ ...input, evidence, series: undefined }, FACTS);
    const known = FEATURES.filter((_, i) => !Number.isNaN(values[i])).map(({ name }) => name);
    expect(known).toEqual([
      'swingBias',
      'internalBias',
      'location',
      'swingBlock',
      'sweepDepth',
      'sweepSource',
      'targetIsPool',
      'reward',
      'stopShare',
      'session',
      'killZone',
      'leaderMomentum20',
      'leaderMomentum100',
      'tickR',
      'tickShare',
      'funding',
    ]);
  });
});

type GivenZone = readonly [a: number, b: number, isBullish: boolean, strength: number | null];

function withZones(view: SmcView, zones: readonly GivenZone[], position: number): SmcView {
  const when = { at: 0, atTime: START };
  const sides = zones.map(([a, b, isBullish, strength], i) => ({
    ...when,
    id: String(i),
    direction: isBullish ? ('bullish' as const) : ('bearish' as const),
    top: Math.max(a, b),
    bottom: Math.min(a, b),
    strength,
  }));
  return {
    ...view,
    orderBlocks: sides.map((side) => ({
      ...side,
      scale: 'swing',
      state: 'active',
      volume: 1,
      impulseVolume: 1,
    })),
    gaps: sides.map((side) => ({ ...side, state: 'open' })),
    liquidity: sides.map(({ id, top, direction }) => ({
      ...when,
      id,
      level: top,
      side: direction === 'bullish' ? 'low' : 'high',
      source: 'swing',
    })),
    dealingRange: view.dealingRange === null ? null : { ...view.dealingRange, position },
  };
}

function turnedCandle({ openTime, open, high, low, close, volume }: Candle): Candle {
  return {
    openTime,
    open: MIRROR - open,
    high: MIRROR - low,
    low: MIRROR - high,
    close: MIRROR - close,
    volume,
  };
}

const turnedWord = (word: SmcDirection): SmcDirection => (word === 'bullish' ? 'bearish' : 'bullish');

function turnedInput(input: ScoreInput): ScoreInput {
  const { view } = input;
  const structure = (each: StructureView): StructureView => ({
    ...each,
    bias: each.bias === null ? null : turnedWord(each.bias),
  });
  const zone = <Zone extends { direction: SmcDirection; top: number; bottom: number }>(each: Zone): Zone => ({
    ...each,
    direction: turnedWord(each.direction),
    top: MIRROR - each.bottom,
    bottom: MIRROR - each.top,
  });
  return {
    ...input,
    direction: input.direction === 'long' ? 'short' : 'long',
    entry: MIRROR - input.entry,
    stop: MIRROR - input.stop,
    target: MIRROR - input.target,
    view: {
      ...view,
      structure: { swing: structure(view.structure.swing), internal: structure(view.structure.internal) },
      orderBlocks: view.orderBlocks.map(zone),
      gaps: view.gaps.map(zone),
      liquidity: view.liquidity.map((pool) => ({
        ...pool,
        side: pool.side === 'high' ? 'low' : 'high',
        level: MIRROR - pool.level,
      })),
      dealingRange:
        view.dealingRange === null
          ? null
          : { ...view.dealingRange, position: 1 - view.dealingRange.position },
    },
  };
}

function scaledCandle({ openTime, open, high, low, close, volume }: Candle, k: number): Candle {
  return { openTime, open: open * k, high: high * k, low: low * k, close: close * k, volume };
}

function scaledInput(input: ScoreInput, k: number): ScoreInput {
  const { view, evidence } = input;
  const zone = <Zone extends { top: number; bottom: number }>(each: Zone): Zone => ({
    ...each,
    top: each.top * k,
    bottom: each.bottom * k,
  });
  const scaledEvidence: Evidence =
    evidence.kind === 'sweep'
      ? { ...evidence, depth: evidence.depth * k }
      : evidence.kind === 'gap'
        ? { ...evidence, height: evidence.height * k }
        : evidence;
  return {
    ...input,
    entry: input.entry * k,
    stop: input.stop * k,
    target: input.target * k,
    evidence: scaledEvidence,
    view: {
      ...view,
      orderBlocks: view.orderBlocks.map(zone),
      gaps: view.gaps.map(zone),
      liquidity: view.liquidity.map((pool) => ({ ...pool, level: pool.level * k })),
    },
  };
}
