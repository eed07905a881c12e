/**
 * Rows of numbers side by side in one plain list. V8 keeps such a list as bare doubles: what belongs to one row shares
 * a cache line or two, and there is no buffer with an object and an allocation of its own, as a typed array has.
 */

/** An empty list that holds bare doubles from its first entry on, whole numbers too. */
export function emptyRows(): number[] {
  const rows = [0.5];
  rows.pop();
  return rows;
}

/** Where in a row a value stands. */
export interface Column {
  readonly width: number;
  readonly offset: number;
}

/** The column's values in the rows of the slots. */
export function pick(rows: readonly number[], { width, offset }: Column, slots: readonly number[]): number[] {
  const values = new Array<number>(slots.length);
  for (let i = 0; i < slots.length; i++) values[i] = rows[slots[i]! * width + offset]!;
  return values;
}
