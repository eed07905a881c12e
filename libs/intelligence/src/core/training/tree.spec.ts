import fc from 'fast-check';
import { RandomForestRegression } from 'ml-random-forest';
import { type BinnedRows, binRows } from './binned-rows';
import { growForest, rootShareOf, scoreOf } from './forest';
import { randomFrom } from './random';
import { rankColumns } from '../ranked-column';
import { growTree } from './tree';

const all = (rows: readonly Float64Array[]): Uint32Array => Uint32Array.from(rows, (_, row) => row);
const binned = (rows: readonly Float64Array[]): BinnedRows => binRows(rankColumns(rows), all(rows));

const ALL = { depth: 1, minLeaf: 1, columns: 2 };

describe('bins', () => {
  it('cut between values that there are, and keep what is not known apart', () => {
    const { bins, cuts } = binned([1, 3, 3, NaN, 7].map((value) => Float64Array.of(value)));
    expect([...cuts[0]!]).toEqual([2, 5]);
    expect([...bins]).toEqual([1, 2, 2, 0, 3]);
  });

  it('are few, whatever there is to cut, and in the order of the values', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { minLength: 1, maxLength: 200 }), (values) => {
        const { bins, cuts } = binned(values.map((value) => Float64Array.of(value)));
        expect(cuts[0]!.length).toBeLessThanOrEqual(32);
        values.forEach((a, i) =>
          values.forEach((b, j) => {
            if (a < b) expect(bins[i]!).toBeLessThanOrEqual(bins[j]!);
          }),
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe('bins of a part', () => {
  const numbers = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double());

  it('are those of its rows alone, as if there were no others', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(numbers, fc.boolean()), { minLength: 1, maxLength: 200 }), (drawn) => {
        const rows = drawn.map(([value]) => Float64Array.of(value));
        const part = all(rows).filter((row) => drawn[row]![1]);
        const { bins, cuts } = binRows(rankColumns(rows), part);
        const alone = binned(rows.filter((_, row) => drawn[row]![1]));
        expect(cuts[0]).toEqual(alone.cuts[0] ?? new Float64Array());
        part.forEach((row, i) => expect(bins[row]).toBe(alone.bins[i]));
      }),
      { numRuns: 50 },
    );
  });

  it('are cut half-way above each of 32 quantiles, unless nothing lies above', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { minLength: 1 }),
        (values) => {
          const sorted = Float64Array.from(values).sort();
          const ends = Array.from({ length: 32 }, (_, i) => sorted[Math.floor((sorted.length * i) / 32)]!)
            .map((value) => [value, sorted.find((other) => other > value)!] as const)
            .filter(([, next]) => next !== undefined)
            .map(([value, next]) => value + (next - value) / 2);
          const { cuts } = binned(values.map((value) => Float64Array.of(value)));
          expect([...cuts[0]!]).toEqual([...new Set(ends)]);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a tree', () => {
  const rows = [
    [0, 5],
    [1, 4],
    [2, 5],
    [3, 4],
  ].map((row) => Float64Array.from(row));
  const sample = () => Uint32Array.of(0, 1, 2, 3);

  it('splits where the least error is left', () => {
    const tree = growTree(binned(rows), Uint8Array.of(0, 0, 1, 1), sample(), ALL, randomFrom(1));
    expect(tree).toEqual({
      column: [0, -1, -1],
      cut: [1.5, null, null],
      right: [2, -1, -1],
      // Five rows of the parent's share count with two of its own: (0 + 5 · 0.5) ÷ 7 and (2 + 5 · 0.5) ÷ 7.
      share: [0.5, 0.357143, 0.642857],
    });
  });

  it('has no leaf smaller than allowed, and none where nothing is to be gained', () => {
    const labels = Uint8Array.of(0, 1, 1, 1);
    const first = rows.map((row) => row.subarray(0, 1));
    expect(growTree(binned(first), labels, sample(), ALL, randomFrom(1)).cut[0]).toBe(0.5);
    expect(growTree(binned(first), labels, sample(), { ...ALL, minLeaf: 2 }, randomFrom(1)).cut[0]).toBe(1.5);
    expect(growTree(binned(rows), Uint8Array.of(1, 1, 1, 1), sample(), ALL, randomFrom(1)).column).toEqual([
      -1,
    ]);
    const same = rows.map(() => Float64Array.of(1, 1));
    expect(growTree(binned(same), labels, sample(), ALL, randomFrom(1)).column).toEqual([-1]);
  });

  it('can tell what is not known from what is', () => {
    const unknown = [NaN, NaN, 1, 2].map((value) => Float64Array.of(value, 0));
    const tree = growTree(binned(unknown), Uint8Array.of(1, 1, 0, 0), sample(), ALL, randomFrom(1));
    const forest = { trees: [tree] };
    expect([tree.column[0], tree.cut[0]]).toEqual([0, null]);
    expect(scoreOf(forest, Float64Array.of(NaN, 0))).toBeGreaterThan(scoreOf(forest, Float64Array.of(-5, 0)));
  });

  it('learns from a row as often as it is named', () => {
    const labels = Uint8Array.of(0, 1, 0, 1);
    const named = [0, 3, 1, 1, 2, 1];
    const copies = named.map((row) => rows[row]!);
    const copied = Uint8Array.from(named, (row) => labels[row]!);
    const options = { depth: 3, minLeaf: 1, columns: 2 };
    const tree = growTree(binned(rows), labels, Uint32Array.from(named), options, randomFrom(1));
    expect(tree).toEqual(growTree(binned(copies), copied, all(copies), options, randomFrom(1)));
    expect(tree.column.length).toBeGreaterThan(1);
  });

  it('splits no worse than that of ml-random-forest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), fc.boolean()), {
          minLength: 6,
          maxLength: 30,
        }),
        (drawn) => {
          const x = drawn.map(([a, b]) => [a, b]);
          const y = drawn.map(([, , isWin]) => Number(isWin));
          const ours = growTree(
            binned(x.map((row) => Float64Array.from(row))),
            Uint8Array.from(y),
            Uint32Array.from(y, (_, i) => i),
            ALL,
            randomFrom(1),
          );
          const theirs = new RandomForestRegression(ONE_TREE);
          theirs.train(x, y);
          // It may find another split that leaves as little error.
          const predicted = theirs.predict(x);
          expect(errorOf(x, y, ours)).toBeLessThanOrEqual(squares(y, predicted) + 1e-9);
        },
      ),
      { numRuns: 50 },
    );
  });
});

const ONE_TREE = {
  nEstimators: 1,
  maxFeatures: 1,
  replacement: false,
  useSampleBagging: false,
  noOOB: true,
  isClassifier: false,
  seed: 1,
  treeOptions: { maxDepth: 1, minNumSamples: 1 },
};

/** Of the split alone: each side takes its own share. */
function errorOf(x: number[][], y: number[], { column, cut }: ReturnType<typeof growTree>): number {
  const isRight = x.map((row) => column[0]! >= 0 && row[column[0]!]! > cut[0]!);
  const shares = [false, true].map((side) => {
    const own = y.filter((_, i) => isRight[i] === side);
    return own.reduce((sum, each) => sum + each, 0) / Math.max(1, own.length);
  });
  return squares(
    y,
    isRight.map((side) => shares[Number(side)]!),
  );
}

const squares = (y: number[], told: number[]): number =>
  y.reduce((sum, each, i) => sum + (each - told[i]!) ** 2, 0);

describe('a forest', () => {
  const random = randomFrom(3);
  const rows = Array.from({ length: 300 }, () => Float64Array.of(random(), random(), random()));
  const labels = Uint8Array.from(rows, (row) => Number(row[1]! > 0.5));
  const options = { trees: 12, depth: 3, minLeaf: 10, columns: 2 };

  it('finds what matters, and the same with the same seed', () => {
    const forest = growForest(rankColumns(rows), labels, all(rows), options, randomFrom(7));
    expect(forest).toEqual(growForest(rankColumns(rows), labels, all(rows), options, randomFrom(7)));
    expect(forest).not.toEqual(growForest(rankColumns(rows), labels, all(rows), options, randomFrom(8)));
    expect(scoreOf(forest, Float64Array.of(0.5, 0.9, 0.5))).toBeGreaterThan(0.85);
    expect(scoreOf(forest, Float64Array.of(0.5, 0.1, 0.5))).toBeLessThan(0.15);
  });

  it('tells what each column added: with what is said of nothing it is all of the score', () => {
    const forest = growForest(rankColumns(rows), labels, all(rows), options, randomFrom(7));
    for (const row of rows.slice(0, 20)) {
      const added = new Float64Array(3);
      const score = scoreOf(forest, row, added);
      expect(rootShareOf(forest) + added.reduce((sum, each) => sum + each)).toBeCloseTo(score, 12);
      expect(Math.abs(added[1]!)).toBeGreaterThan(Math.abs(added[0]!));
    }
  });
});
