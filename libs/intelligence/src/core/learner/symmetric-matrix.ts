/** What symmetric positive definite matrices need, row by row in a Float64Array. */

/**
 * The lower triangle L of A = L·Lᵀ (Cholesky), zeros above.
 * @returns undefined where A is not positive definite
 */
export function choleskyOf(matrix: Float64Array, size: number): Float64Array | undefined {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      if (i !== j) lower[i * size + j] = sum / lower[j * size + j]!;
      else if (sum > 0 && Number.isFinite(sum)) lower[i * size + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return lower;
}

/** By Cholesky, exactly symmetric; undefined where the matrix is not positive definite. */
export function inverseOf(matrix: Float64Array, size: number): Float64Array | undefined {
  const lower = choleskyOf(matrix, size);
  if (lower === undefined) return undefined;
  const inverse = new Float64Array(size * size);
  const column = new Float64Array(size);
  for (let c = 0; c < size; c++) {
    column.fill(0);
    column[c] = 1;
    solveInPlace(lower, size, column);
    for (let r = c; r < size; r++) inverse[r * size + c] = inverse[c * size + r] = column[r]!;
  }
  return inverse;
}

/** x of L·Lᵀ·x = b, in the place of b. */
function solveInPlace(lower: Float64Array, size: number, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i * size + k]! * b[k]!;
    b[i] = sum / lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < size; k++) sum -= lower[k * size + i]! * b[k]!;
    b[i] = sum / lower[i * size + i]!;
  }
}

/** A·x into `out`. */
export function multiply(matrix: Float64Array, x: Float64Array, out: Float64Array): void {
  const size = x.length;
  for (let i = 0, at = 0; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++, at++) sum += matrix[at]! * x[j]!;
    out[i] = sum;
  }
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
