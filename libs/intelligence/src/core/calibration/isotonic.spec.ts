import fc from 'fast-check';
import { interpolated, isotonicOf, type WeightedPoint } from './isotonic';

const point = fc.record({
  x: fc.integer({ min: 0, max: 8 }),
  y: fc.integer({ min: -20, max: 20 }).map((tenths) => tenths / 10),
  weight: fc.integer({ min: 1, max: 5 }),
});

/** The min-max formula: at each x the largest, over starts, of the least, over ends, mean of what lies between. */
function bruteForce(points: readonly WeightedPoint[]): Map<number, number> {
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const meanOf = (from: number, to: number): number => {
    const within = points.filter(({ x }) => x >= from && x <= to);
    const weight = within.reduce((sum, { weight = 1 }) => sum + weight, 0);
    return within.reduce((sum, { y, weight = 1 }) => sum + weight * y, 0) / weight;
  };
  const fitted = (x: number): number =>
    Math.max(
      ...xs
        .filter((from) => from <= x)
        .map((from) => Math.min(...xs.filter((to) => to >= x).map((to) => meanOf(from, to)))),
    );
  return new Map(xs.map((x) => [x, fitted(x)]));
}

describe('isotonic regression', () => {
  it('pools what falls', () => {
    // 3 and 1 pool to 2; 4 stays
    expect(
      isotonicOf([
        { x: 1, y: 3 },
        { x: 2, y: 1 },
        { x: 3, y: 4 },
      ]),
    ).toEqual({ xs: [1, 2, 3], ys: [2, 2, 4] });
  });

  it('pools by weight', () => {
    // (3 · 3 + 1 · 1) ÷ 4
    expect(
      isotonicOf([
        { x: 1, y: 3, weight: 3 },
        { x: 2, y: 1 },
      ]).ys,
    ).toEqual([2.5, 2.5]);
  });

  it('is what the min-max formula says, and never falls', () => {
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 8 }), (points) => {
        const fit = isotonicOf(points);
        for (const [x, y] of bruteForce(points)) expect(interpolated(fit, x)).toBeCloseTo(y, 9);
        expect(fit.xs).toEqual([...new Set(fit.xs)].sort((a, b) => a - b));
        expect(fit.ys).toEqual([...fit.ys].sort((a, b) => a - b));
      }),
    );
  });

  it('is a straight line between its knots, and ends where they end', () => {
    const line = { xs: [0, 1, 3], ys: [0.1, 0.3, 0.7] };
    expect([-5, 0, 0.5, 1, 2, 3, 9].map((x) => Number(interpolated(line, x).toFixed(12)))).toEqual([
      0.1, 0.1, 0.2, 0.3, 0.5, 0.7, 0.7,
    ]);
    expect(interpolated(line, NaN)).toBe(0.1);
  });
});
