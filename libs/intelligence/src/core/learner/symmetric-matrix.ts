/**
 * What symmetric positive definite matrices need. Their lower triangle is all that is kept, row by row: entry (i, j ≤ i)
 * is at i · (i + 1) ÷ 2 + j. Sums are added up in the order of their terms, side by side where one would wait for another.
 */

/** How many numbers a triangle has. */
export const triangleSize = (size: number): number => (size * (size + 1)) / 2;

/**
 * The lower triangle L of A = L·Lᵀ (Cholesky).
 * @returns undefined where A is not positive definite
 */
export function choleskyOf(matrix: Float64Array, size: number): Float64Array | undefined {
  const lower = matrix.slice();
  for (let i = 0, row = 0; i < size; i++, row += i) {
    for (let k = 0, diagonal = 0; k < i; k++, diagonal += k + 1) {
      const entry = lower[row + k]! / lower[diagonal]!;
      lower[row + k] = entry;
      for (let j = k + 1, below = diagonal + k + 1; j <= i; j++, below += j) {
        lower[row + j]! -= entry * lower[below]!;
      }
    }
    const square = lower[row + i]!;
    if (!(square > 0 && Number.isFinite(square))) return undefined;
    lower[row + i] = Math.sqrt(square);
  }
  return lower;
}

/** By Cholesky; undefined where the matrix is not positive definite. */
export function inverseOf(matrix: Float64Array, size: number): Float64Array | undefined {
  const lower = choleskyOf(matrix, size);
  if (lower === undefined) return undefined;
  invertTriangle(lower, size);
  const inverse = new Float64Array(lower.length);
  // A⁻¹ = L⁻ᵀ·L⁻¹, row by row of L⁻¹, so that memory is read in order.
  for (let k = 0, row = 0; k < size; k++, row += k) {
    for (let i = 0, at = 0; i <= k; i++) {
      const factor = lower[row + i]!;
      for (let j = 0; j <= i; j++) inverse[at++]! += factor * lower[row + j]!;
    }
  }
  return inverse;
}

/** A lower triangle, in its place. */
function invertTriangle(lower: Float64Array, size: number): void {
  const sums = new Float64Array(size);
  for (let i = 0, row = 0; i < size; i++, row += i) {
    const diagonal = 1 / lower[row + i]!;
    sums.fill(0, 0, i);
    for (let k = 0, at = 0; k < i; k++) {
      const factor = lower[row + k]!;
      for (let j = 0; j <= k; j++) sums[j]! -= factor * lower[at++]!;
    }
    for (let j = 0; j < i; j++) lower[row + j] = sums[j]! * diagonal;
    lower[row + i] = diagonal;
  }
}

/** A·x into `out`, two rows at a time: each entry is read once, for its own place and for the one across the diagonal. */
export function multiply(matrix: Float64Array, x: Float64Array, out: Float64Array): void {
  const size = x.length;
  let j = 0;
  let row = 0;
  for (; j + 1 < size; j += 2) {
    const next = row + j + 1;
    const here = x[j]!;
    const there = x[j + 1]!;
    let first = 0;
    let second = 0;
    for (let i = 0; i < j; i++) {
      const above = matrix[row + i]!;
      const below = matrix[next + i]!;
      first += above * x[i]!;
      second += below * x[i]!;
      out[i] = out[i]! + above * here + below * there;
    }
    const corner = matrix[next + j]!;
    out[j] = first + matrix[row + j]! * here + corner * there;
    out[j + 1] = second + corner * here + matrix[next + j + 1]! * there;
    row = next + j + 2;
  }
  if (j === size) return;
  let last = 0;
  for (let i = 0; i < j; i++) {
    const entry = matrix[row + i]!;
    last += entry * x[i]!;
    out[i]! += entry * x[j]!;
  }
  out[j] = last + matrix[row + j]! * x[j]!;
}

/** keep · A − a·bᵀ in the place of A, two rows at a time. @param a a multiple of `b`, so that the outcome is symmetric */
export function reduce(matrix: Float64Array, keep: number, a: Float64Array, b: Float64Array): void {
  let i = 0;
  let row = 0;
  for (; i + 1 < a.length; i += 2) {
    const next = row + i + 1;
    const here = b[i]!;
    const there = b[i + 1]!;
    for (let j = 0; j <= i; j++) {
      const factor = a[j]!;
      matrix[row + j] = keep * matrix[row + j]! - factor * here;
      matrix[next + j] = keep * matrix[next + j]! - factor * there;
    }
    matrix[next + i + 1] = keep * matrix[next + i + 1]! - a[i + 1]! * there;
    row = next + i + 2;
  }
  if (i === a.length) return;
  for (let j = 0; j <= i; j++) matrix[row + j] = keep * matrix[row + j]! - a[j]! * b[i]!;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
