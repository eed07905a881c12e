/**
 * Rows cut into a few bins a column, at the quantiles of the column, so that the best split of a node is found by one
 * pass over its rows (Ke et al., "LightGBM", 2017: histogram-based splits). What is not known lies in the first bin,
 * below all numbers, so that a split can tell it from what is.
 */

export interface BinnedRows {
  readonly rows: number;
  readonly columns: number;
  /** By column: the bin of each row. */
  readonly bins: readonly Uint8Array[];
  /** By column: a row lies in bin `b` > 0 where its value is above `b − 1` of these cuts. Ascending. */
  readonly cuts: readonly Float64Array[];
}

const MOST_CUTS = 32;

export function binRows(rows: readonly Float64Array[]): BinnedRows {
  const columns = rows[0]?.length ?? 0;
  const cuts = Array.from({ length: columns }, (_, column) => cutsOf(rows, column));
  const bins = cuts.map((ends, column) => Uint8Array.from(rows, (row) => binOf(ends, row[column]!)));
  return { rows: rows.length, columns, bins, cuts };
}

/** Bins 1 … cuts + 1 hold numbers; the value of a cut itself lies below it. */
function binOf(cuts: Float64Array, value: number): number {
  if (Number.isNaN(value)) return 0;
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > cuts[middle]!) low = middle + 1;
    else high = middle;
  }
  return low + 1;
}

/** Above the least value and above each quantile, half-way to the next value that there is: at most MOST_CUTS. */
function cutsOf(rows: readonly Float64Array[], column: number): Float64Array {
  const sorted = Float64Array.from(rows, (row) => row[column]!)
    .filter((value) => Number.isFinite(value))
    .sort();
  const cuts: number[] = [];
  for (let i = 0; i < MOST_CUTS; i++) {
    const value = sorted[Math.floor((sorted.length * i) / MOST_CUTS)];
    if (value === undefined) break;
    const next = sorted[firstAbove(sorted, value)];
    if (next === undefined) break;
    const cut = value + (next - value) / 2;
    if (cut > (cuts.at(-1) ?? -Infinity)) cuts.push(cut);
  }
  return Float64Array.from(cuts);
}

function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
