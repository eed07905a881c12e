/** Columns of numbers that grow, and what stands in them at given slots. */

export function grownFloats(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(length);
  grown.set(values);
  return grown;
}

export function grownInts(values: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(length);
  grown.set(values);
  return grown;
}

/** The column's values at the slots. */
export function pick(column: Float64Array | Int32Array | Uint8Array, slots: readonly number[]): number[] {
  const values = new Array<number>(slots.length);
  for (let i = 0; i < slots.length; i++) values[i] = column[slots[i]!]!;
  return values;
}
