import fc from 'fast-check';
import { MINUTE_MS } from '@slt/domain';
import type { Outlook } from '../model';
import type { Sample } from '../sample';
import { NO_EDGE, specSamples } from './spec-samples';
import { inOrder, parts, purged, spanOf } from './spans';
import { type Fit, walkForward } from './walk-forward';

const told = (probability: number): Outlook => ({
  probability,
  expectedR: 0,
  lowerBound: 0,
});
const samplesOf = (seed: number, count: number, holdMs: number): Sample[] =>
  specSamples({ seed, count, winRate: NO_EDGE, everyMs: 3 * MINUTE_MS, holdMs });

describe('purging', () => {
  it('leaves no sample whose life comes as near to the span as the embargo', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 120 }), fc.nat(60), (seed, hold, embargo) => {
        const samples = samplesOf(seed, 60, hold * MINUTE_MS);
        const span = spanOf(samples.slice(20, 30));
        const embargoMs = embargo * MINUTE_MS;
        const kept = purged(samples, span, embargoMs);
        for (const { at, closedAt } of kept) {
          expect(closedAt < span.from - embargoMs || at > span.to + embargoMs).toBe(true);
        }
        const first = samples[0]!;
        expect(kept.includes(first)).toBe(first.closedAt < span.from - embargoMs);
      }),
      { numRuns: 30 },
    );
  });
});

describe('parts', () => {
  it('hold each sample once, in order, and never part signals of one instant', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        (minutes, count) => {
          const samples = inOrder(
            minutes.map((at, i) => ({ ...samplesOf(1, 1, 1)[0]!, id: String(i), at, closedAt: at + 1 })),
          );
          const found = parts(samples, count);
          expect(found.flat()).toEqual(samples);
          expect(found.length).toBeLessThanOrEqual(count);
          for (const [i, part] of found.entries()) {
            if (i > 0) expect(part[0]!.at).toBeGreaterThan(found[i - 1]!.at(-1)!.at);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('walk-forward', () => {
  it('trains on the past alone: what is known before the span, less the embargo', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 20 }), fc.nat(30), (seed, hold, embargo) => {
        const samples = samplesOf(seed, 80, hold * MINUTE_MS);
        const embargoMs = embargo * MINUTE_MS;
        const trained: Sample[][] = [];
        let lastKnown = -Infinity;
        const fit: Fit = (past) => {
          trained.push([...past]);
          lastKnown = spanOf(past).to;
          return { outlook: () => told(lastKnown) };
        };
        const judged = walkForward(samples.toReversed(), fit, { folds: 3, embargoMs });
        for (const { sample, prediction } of judged) {
          expect(prediction.probability).toBeLessThan(sample.at - embargoMs);
        }
        expect(judged.map(({ sample }) => sample.at)).toEqual(
          judged.map(({ sample }) => sample.at).toSorted((a, b) => a - b),
        );
        // The first quarter is for training only.
        expect(judged).toHaveLength(60);
        expect(trained.map(({ length }) => length)).toEqual(
          trained.map(({ length }) => length).toSorted((a, b) => a - b),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('tells what learns of each outcome once it is known, and not before', () => {
    const samples = samplesOf(5, 100, 40 * MINUTE_MS);
    const fit: Fit = (past) => {
      const heard = new Set(past.map(({ id }) => id));
      let latest = -Infinity;
      return {
        learn: ({ id, closedAt }) => {
          expect(heard.has(id)).toBe(false);
          expect(closedAt).toBeGreaterThanOrEqual(latest);
          latest = closedAt;
          heard.add(id);
        },
        outlook: (question) => {
          const { at } = question as Sample;
          const known = samples.filter(({ closedAt }) => closedAt <= at);
          expect(known.every(({ id }) => heard.has(id))).toBe(true);
          expect(heard.size).toBe(known.length);
          return told(0.5);
        },
      };
    };
    expect(walkForward(samples, fit, { folds: 4, embargoMs: 10 * MINUTE_MS })).toHaveLength(80);
  });

  it('gives no chance to a feature that tells of outcomes which are not known yet', () => {
    // All of an hour end as the hour ends; the feature names the hour, so one known outcome of it would tell all.
    const samples = samplesOf(9, 600, MINUTE_MS).map((sample): Sample => {
      const hour = Math.floor(sample.at / (60 * MINUTE_MS));
      const isWin = (hour * 2_654_435_761) % 7 > 2;
      return { ...sample, features: [hour], closedAt: (hour + 1) * 60 * MINUTE_MS, r: isWin ? 1 : -1 };
    });
    const remember: Fit = (past) => {
      const byHour = new Map(past.map(({ features, r }) => [features[0], r]));
      return { outlook: ({ features }) => told(byHour.has(features[0]) ? 1 : 0.5) };
    };
    const judged = walkForward(samples, remember, { folds: 6, embargoMs: 0 });
    expect(judged.length).toBeGreaterThan(400);
    expect(judged.filter(({ prediction }) => prediction.probability !== 0.5)).toEqual([]);
    // Folds cut hours in two: without purging the protocol would have let it through.
    const cuts = parts(samples, 7).slice(1);
    const shared = cuts.filter((part) =>
      samples.some(({ at, features }) => at < part[0]!.at && features[0] === part[0]!.features[0]),
    );
    expect(shared.length).toBeGreaterThan(0);
  });
});
