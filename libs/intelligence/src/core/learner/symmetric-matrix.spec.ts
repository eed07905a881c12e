import fc from 'fast-check';
import { choleskyOf, inverseOf, multiply } from './symmetric-matrix';

const SIZE = 4;
const entries = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: SIZE * SIZE, maxLength: SIZE * SIZE });

/** B·Bᵀ + 1: positive definite whatever B is. */
function positive(b: readonly number[]): Float64Array {
  return Float64Array.from({ length: SIZE * SIZE }, (_, at) => {
    const [i, j] = [Math.floor(at / SIZE), at % SIZE];
    let sum = i === j ? 1 : 0;
    for (let k = 0; k < SIZE; k++) sum += b[i * SIZE + k]! * b[j * SIZE + k]!;
    return sum;
  });
}

describe('symmetric matrices', () => {
  it('times their inverse are one, and the inverse is exactly symmetric', () => {
    fc.assert(
      fc.property(entries, (b) => {
        const matrix = positive(b);
        const inverse = inverseOf(matrix, SIZE)!;
        const out = new Float64Array(SIZE);
        for (let j = 0; j < SIZE; j++) {
          const column = Float64Array.from({ length: SIZE }, (_, i) => inverse[i * SIZE + j]!);
          expect(column).toEqual(inverse.slice(j * SIZE, (j + 1) * SIZE));
          multiply(matrix, column, out);
          out.forEach((value, i) => expect(value).toBeCloseTo(i === j ? 1 : 0, 6));
        }
      }),
    );
  });

  it('have a triangle whose square they are', () => {
    // 4 2 = 2 0 · 2 1
    // 2 5   1 2   0 2
    expect(choleskyOf(Float64Array.of(4, 2, 2, 5), 2)).toEqual(Float64Array.of(2, 0, 1, 2));
  });

  it('have neither where they are not positive definite', () => {
    for (const matrix of [
      Float64Array.of(1, 2, 2, 1),
      Float64Array.of(0, 0, 0, 0),
      Float64Array.of(NaN, 0, 0, 1),
    ]) {
      expect(choleskyOf(matrix, 2)).toBeUndefined();
      expect(inverseOf(matrix, 2)).toBeUndefined();
    }
  });
});
