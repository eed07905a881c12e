import fc from 'fast-check';
import { choleskyOf, inverseOf, multiply, reduce } from './symmetric-matrix';

const entries = (size: number) =>
  fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size * size, maxLength: size * size });
/** Even and odd ones: rows go in pairs. */
const square = fc.integer({ min: 1, max: 6 }).chain((size) => fc.tuple(fc.constant(size), entries(size)));

/** The lower triangle of B·Bᵀ + 1: positive definite whatever B is. */
function positive(b: readonly number[], size: number): Float64Array {
  const triangle: number[] = [];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? 1 : 0;
      for (let k = 0; k < size; k++) sum += b[i * size + k]! * b[j * size + k]!;
      triangle.push(sum);
    }
  }
  return Float64Array.from(triangle);
}

const entryOf = (triangle: Float64Array, i: number, j: number): number =>
  triangle[i < j ? (j * (j + 1)) / 2 + i : (i * (i + 1)) / 2 + j]!;

const rowsOf = (triangle: Float64Array, size: number): number[][] =>
  Array.from({ length: size }, (_i, i) => Array.from({ length: size }, (_j, j) => entryOf(triangle, i, j)));

describe('symmetric matrices', () => {
  it('times their inverse are one', () => {
    fc.assert(
      fc.property(square, ([size, b]) => {
        const matrix = positive(b, size);
        const out = new Float64Array(size);
        rowsOf(inverseOf(matrix, size)!, size).forEach((column, j) => {
          multiply(matrix, Float64Array.from(column), out);
          out.forEach((value, i) => expect(value).toBeCloseTo(i === j ? 1 : 0, 6));
        });
      }),
    );
  });

  it('are multiplied term by term, in their order', () => {
    fc.assert(
      fc.property(square, fc.array(fc.double({ noNaN: true }), { minLength: 6 }), ([size, b], given) => {
        const x = Float64Array.from(given.slice(0, size));
        const matrix = positive(b, size).map((value) => value / 7);
        const out = new Float64Array(size).fill(NaN);
        multiply(matrix, x, out);
        const sums = rowsOf(matrix, size).map((row) => row.reduce((sum, entry, j) => sum + entry * x[j]!, 0));
        expect([...out]).toEqual(sums);
      }),
    );
  });

  it('are reduced by what a vector makes with itself', () => {
    fc.assert(
      fc.property(square, ([size, b]) => {
        const matrix = positive(b, size).map((value) => value / 7);
        const [vector, half] = [
          Float64Array.from(b.slice(0, size)),
          Float64Array.from(b.slice(0, size), (x) => x / 2),
        ];
        const before = rowsOf(matrix, size);
        reduce(matrix, 0.9, half, vector);
        expect(rowsOf(matrix, size)).toEqual(
          before.map((row, i) =>
            row.map((entry, j) => 0.9 * entry - half[Math.min(i, j)]! * vector[Math.max(i, j)]!),
          ),
        );
      }),
    );
  });

  it('have a triangle whose square they are', () => {
    // 4 2 = 2 0 · 2 1
    // 2 5   1 2   0 2
    expect(choleskyOf(Float64Array.of(4, 2, 5), 2)).toEqual(Float64Array.of(2, 1, 2));
  });

  it('have neither where they are not positive definite', () => {
    for (const matrix of [Float64Array.of(1, 2, 1), Float64Array.of(0, 0, 0), Float64Array.of(NaN, 0, 1)]) {
      expect(choleskyOf(matrix, 2)).toBeUndefined();
      expect(inverseOf(matrix, 2)).toBeUndefined();
    }
  });
});
