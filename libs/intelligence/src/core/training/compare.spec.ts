import fc from 'fast-check';
import { MINUTE_MS } from '@slt/domain';
import type { Prediction } from '../model';
import { compareModels, type Duel, edgeOf } from './compare';
import { type Random, randomFrom } from './random';

const saying = (probability: number, isTraded: boolean): Prediction => ({
  probability,
  expectedR: 0,
  lowerBound: isTraded ? 0.1 : -0.1,
  contributions: [],
});

interface World {
  readonly seed: number;
  readonly count: number;
  readonly champion: (truth: number, random: Random) => Prediction;
  readonly challenger: (truth: number, random: Random) => Prediction;
}

/** Each signal wins 1 R or loses 1 R; its chance is drawn from [0.3, 0.7]. */
function duels({ seed, count, champion, challenger }: World): Duel[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, i) => {
    const truth = 0.3 + 0.4 * random();
    const at = i * 10 * MINUTE_MS;
    return {
      sample: { at, closedAt: at + 15 * MINUTE_MS, r: random() < truth ? 1 : -1 },
      champion: champion(truth, random),
      challenger: challenger(truth, random),
    };
  });
}

const knowing = (truth: number): Prediction => saying(truth, truth > 0.5);
const ignorant = (): Prediction => saying(0.5, true);
const verdictOf = (world: World) =>
  compareModels(duels(world), randomFrom(world.seed), { draws: 400 }).verdict;

describe('a comparison', () => {
  it('promotes who is better on both', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const world = { seed, count: 2_000, champion: ignorant, challenger: knowing };
      expect(verdictOf(world)).toBe('better');
      expect(verdictOf({ ...world, champion: knowing, challenger: ignorant })).toBe('not-better');
    }
  });

  it('promotes nobody who is only as good: in at most one of twenty worlds', () => {
    const noisy = (truth: number, random: Random): Prediction => {
      const told = Math.min(0.9, Math.max(0.1, truth + 0.2 * (random() - 0.5)));
      return saying(told, told > 0.5);
    };
    const promoted = Array.from({ length: 40 }, (_, seed) =>
      verdictOf({ seed, count: 600, champion: noisy, challenger: noisy }),
    ).filter((verdict) => verdict === 'better');
    expect(promoted.length).toBeLessThanOrEqual(2);
  });

  it('wants both: knowing more without earning more is not enough, nor the other way round', () => {
    const silent = (truth: number): Prediction => saying(truth, true);
    expect(verdictOf({ seed: 1, count: 2_000, champion: ignorant, challenger: silent })).toBe('not-better');
    const lucky = (truth: number): Prediction => saying(0.5, truth > 0.5);
    expect(verdictOf({ seed: 1, count: 2_000, champion: ignorant, challenger: lucky })).toBe('not-better');
  });

  it('says nothing from few signals, nor from many of one time', () => {
    expect(verdictOf({ seed: 1, count: 150, champion: ignorant, challenger: knowing })).toBe(
      'too-few-samples',
    );
    const crowded = duels({ seed: 1, count: 2_000, champion: ignorant, challenger: knowing }).map((duel) => ({
      ...duel,
      sample: { ...duel.sample, at: 0, closedAt: 60 * MINUTE_MS },
    }));
    expect(compareModels(crowded, randomFrom(1))).toMatchObject({ blocks: 1, verdict: 'too-few-samples' });
    expect(compareModels([], randomFrom(1))).toMatchObject({ samples: 0, logLoss: null, earnedR: null });
  });

  it('reckons the means by hand, and the intervals around them', () => {
    const at = (minute: number, r: number) => ({
      at: minute * MINUTE_MS,
      closedAt: (minute + 1) * MINUTE_MS,
      r,
    });
    const { logLoss, earnedR } = compareModels(
      [
        { sample: at(0, 2), champion: saying(0.5, false), challenger: saying(0.8, true) },
        { sample: at(10, -1), champion: saying(0.5, true), challenger: saying(0.2, false) },
      ],
      randomFrom(1),
    );
    // Both were told with 0.8 what came: ln 0.8 − ln 0.5. It earned 2, the champion −1: (2 + 1) ÷ 2.
    expect(logLoss!.mean).toBeCloseTo(Math.log(0.8) - Math.log(0.5), 12);
    expect(earnedR!.mean).toBe(1.5);
    expect([earnedR!.low, earnedR!.high]).toEqual([1, 2]);
  });

  it('draws whole spans: outcomes that move together widen the interval', () => {
    const crowd = (copies: number): Duel[] =>
      duels({ seed: 4, count: 300, champion: ignorant, challenger: knowing }).flatMap((duel) =>
        Array.from({ length: copies }, () => duel),
      );
    const width = (copies: number): number => {
      const { low, high } = compareModels(crowd(copies), randomFrom(1)).earnedR!;
      return high - low;
    };
    // Ten copies of a signal say no more than one.
    expect(width(10)).toBeCloseTo(width(1), 12);
  });

  it('is the same with the same chance, and its mean lies within its interval', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, draw) => {
        const told = duels({ seed, count: 120, champion: ignorant, challenger: knowing });
        const comparison = compareModels(told, randomFrom(draw), { draws: 100 });
        expect(compareModels(told, randomFrom(draw), { draws: 100 })).toEqual(comparison);
        for (const { low, mean, high } of [comparison.logLoss!, comparison.earnedR!]) {
          expect(low).toBeLessThanOrEqual(mean);
          expect(mean).toBeLessThanOrEqual(high);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('an edge', () => {
  const rows = (world: World) =>
    duels(world).map(({ sample, challenger: prediction }) => ({ sample, prediction }));

  it('is what a trade earns, with the doubt that outcomes of one time leave', () => {
    const judged = rows({ seed: 1, count: 2_000, champion: ignorant, challenger: knowing });
    const traded = judged.filter(({ prediction }) => prediction.lowerBound > 0);
    const edge = edgeOf(judged, randomFrom(1))!;
    expect(edge.trades).toBe(traded.length);
    expect(edge.meanR).toBeCloseTo(traded.reduce((sum, { sample }) => sum + sample.r, 0) / traded.length, 12);
    // Chances from 0.5 to 0.7 win 1 R: 0.2 R on average.
    expect(edge.low).toBeGreaterThan(0.1);
    expect(edge.high).toBeLessThan(0.3);
  });

  it('is not proved where there is none, and none is told where nothing is traded', () => {
    const judged = rows({ seed: 1, count: 2_000, champion: ignorant, challenger: ignorant });
    const { low, high } = edgeOf(judged, randomFrom(1))!;
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
    expect(
      edgeOf(
        judged.map((row) => ({ ...row, prediction: saying(0.5, false) })),
        randomFrom(1),
      ),
    ).toBeNull();
  });
});
