/**
 * A column of numbers by their ranks: sorted once, so that whatever is asked of parts of its rows takes one pass over
 * them.
 */

export interface RankedColumn {
  /** What there is, ascending, each value once. */
  readonly values: Float64Array;
  /** By row: the place of its value among them; their count where it is not known (NaN). */
  readonly ranks: Uint32Array;
}

/** @param rows of one length */
export function rankColumns(rows: readonly Float64Array[]): RankedColumn[] {
  const width = rows[0]?.length ?? 0;
  const columns = Array.from({ length: width }, () => new Float64Array(rows.length));
  // Row by row, as they lie in memory.
  rows.forEach((row, i) => {
    for (let column = 0; column < width; column++) columns[column]![i] = row[column]!;
  });
  return columns.map(rankColumn);
}

export function rankColumn(column: Float64Array): RankedColumn {
  const values = distinct(column.slice());
  const ranks = new Uint32Array(column.length);
  for (let i = 0; i < column.length; i++) ranks[i] = rankOf(values, column[i]!);
  return { values, ranks };
}

function distinct(numbers: Float64Array): Float64Array {
  // What is not known comes last.
  numbers.sort();
  let count = 0;
  for (const value of numbers) {
    if (Number.isNaN(value)) break;
    if (count === 0 || value !== numbers[count - 1]) numbers[count++] = value;
  }
  return numbers.slice(0, count);
}

/** @param value one of them, or NaN */
function rankOf(values: Float64Array, value: number): number {
  if (Number.isNaN(value)) return values.length;
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
