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
  invertTriangle(lower, size);
  const inverse = new Float64Array(size * size);
  // A⁻¹ = L⁻ᵀ·L⁻¹, row by row of L⁻¹, so that memory is read in order.
  for (let k = 0; k < size; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = lower[k * size + i]!;
      for (let j = 0; j <= i; j++) inverse[i * size + j]! += factor * lower[k * size + j]!;
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) inverse[j * size + i] = inverse[i * size + j]!;
  return inverse;
}

/** A lower triangle, in its place. */
function invertTriangle(lower: Float64Array, size: number): void {
  const row = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const diagonal = 1 / lower[i * size + i]!;
    row.fill(0, 0, i);
    for (let k = 0; k < i; k++) {
      const factor = lower[i * size + k]!;
      for (let j = 0; j <= k; j++) row[j]! -= factor * lower[k * size + j]!;
    }
    for (let j = 0; j < i; j++) lower[i * size + j] = row[j]! * diagonal;
    lower[i * size + i] = diagonal;
  }
}

/** A·x into `out`. Four rows side by side: none of their sums waits for another, and each adds up in its order. */
export function multiply(matrix: Float64Array, x: Float64Array, out: Float64Array): void {
  const size = x.length;
  let i = 0;
  for (; i + 3 < size; i += 4) {
    const [one, two, three, four] = [i * size, (i + 1) * size, (i + 2) * size, (i + 3) * size];
    let [first, second, third, fourth] = [0, 0, 0, 0];
    for (let j = 0; j < size; j++) {
      const factor = x[j]!;
      first += matrix[one + j]! * factor;
      second += matrix[two + j]! * factor;
      third += matrix[three + j]! * factor;
      fourth += matrix[four + j]! * factor;
    }
    out[i] = first;
    out[i + 1] = second;
    out[i + 2] = third;
    out[i + 3] = fourth;
  }
  for (; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += matrix[i * size + j]! * x[j]!;
    out[i] = sum;
  }
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
