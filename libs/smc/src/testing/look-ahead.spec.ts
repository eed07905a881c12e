/** The checker itself must bite: here are detectors that look ahead, each in a way that is often met. */
import type { Candle } from '@slt/domain';
import type { When } from '../core/smc-event';
import { harshFutures } from './adversary';
import { findLookAhead, type Detector, type LookAheadKind } from './look-ahead';
import { referenceEvents } from './reference';
import { planFrom, series } from './series';

interface Mark extends When {
  readonly kind: string;
  readonly level: number;
}

const candles = series(planFrom(3, 80, { shape: 'wild', tick: 0.25, holePercent: 0 }));
const everyCut = candles.map((_, i) => i + 1);

/** A high above `size` neighbours on both sides, which is known `delay` candles later. */
function centredPivots(size: number, delay: number): Detector<Mark> {
  return (all) =>
    all.flatMap((candle, i): Mark[] => {
      const around = all.slice(Math.max(0, i - size), i + size + 1).filter((other) => other !== candle);
      const isPivot = i >= size && i + size < all.length && around.every((other) => other.high < candle.high);
      return isPivot ? [mark(all, 'pivot', i, Math.min(i + delay, all.length - 1), candle.high)] : [];
    });
}

/** The highest high so far, without the ones that it surpassed: each is known at once, and later taken back. */
const onlyTheHighest: Detector<Mark> = (all) => {
  const level = Math.max(...all.map((candle) => candle.high));
  const at = all.findIndex((candle) => candle.high === level);
  return at < 0 ? [] : [mark(all, 'top', at, at, level)];
};

/** Levels in units of the range of the whole series: right shape, but scaled by what is still to come. */
const scaledByTheWhole: Detector<Mark> = (all) => {
  const range = Math.max(...all.map((candle) => candle.high)) - Math.min(...all.map((candle) => candle.low));
  return all.map((candle, i) => mark(all, 'scaled', i, i, candle.close / range));
};

/** All that is known, but the largest first. */
const sortedByLevel: Detector<Mark> = (all) =>
  all.map((candle, i) => mark(all, 'close', i, i, candle.close)).sort((a, b) => b.level - a.level);

/** Marks each candle's successor in advance. */
const tomorrow: Detector<Mark> = (all) =>
  all.flatMap((candle, i) => {
    const { openTime } = candle;
    return [{ kind: 'next', level: 0, at: i + 1, atTime: openTime, knownAt: i, knownAtTime: openTime }];
  });

function mark(all: readonly Candle[], kind: string, at: number, knownAt: number, level: number): Mark {
  return { kind, level, at, atTime: all[at]!.openTime, knownAt, knownAtTime: all[knownAt]!.openTime };
}

function kindsFound(detect: Detector<Mark>): LookAheadKind[] {
  const found = findLookAhead(detect, candles, everyCut, harshFutures(8));
  return [...new Set(found.map(({ kind }) => kind))].sort();
}

describe('the look-ahead checker', () => {
  it('finds centred pivots that are reported at the pivot', () => {
    expect(kindsFound(centredPivots(3, 0))).toEqual(['backdated']);
  });

  it('finds pivots that are reported one candle too early', () => {
    expect(kindsFound(centredPivots(3, 2))).toEqual(['backdated']);
  });

  it('finds marks that are taken back', () => {
    expect(kindsFound(onlyTheHighest)).toEqual(['revoked']);
  });

  it('finds values that depend on the whole series', () => {
    expect(kindsFound(scaledByTheWhole)).toEqual(['backdated', 'revoked']);
  });

  it('finds an order that the future decides', () => {
    // The same facts in another order are the same facts only as a set: a log is append-only.
    const byNewest: Detector<Mark> = (all) =>
      all.length % 2 === 0 ? sortedByLevel(all) : [...sortedByLevel(all)].reverse();
    expect(kindsFound(byNewest)).toEqual(['reordered']);
  });

  it('finds events about candles that have not been', () => {
    expect(kindsFound(tomorrow)).toEqual(['impossible']);
  });

  it('names the first cut that shows it, the future and the event', () => {
    const [first] = findLookAhead(onlyTheHighest, candles, everyCut);
    const higher = candles.findIndex((candle) => candle.high > candles[0]!.high);
    expect(first).toMatchObject({ kind: 'revoked', cut: 1, future: 'truth', event: { at: 0, knownAt: 0 } });
    expect(higher).toBeGreaterThan(0);
  });

  it('passes pivots that wait for their proof', () => {
    expect(kindsFound(centredPivots(3, 3))).toEqual([]);
  });

  it('passes the reference, whose functions have the whole series before them', () => {
    const options = {
      swingSize: 5,
      internalSize: 2,
      equalSize: 2,
      atrLength: 10,
      equalThreshold: 0.5,
      intervalMs: 3_600_000,
    };
    for (let seed = 1; seed <= 3; seed++) {
      const generated = series(planFrom(seed, 40, { intervalMs: 3_600_000 }));
      const detect = (all: readonly Candle[]) => referenceEvents(all, options);
      const cuts = generated.map((_, i) => i + 1);
      expect(findLookAhead(detect, generated, cuts, harshFutures(8))).toEqual([]);
    }
  });
});
