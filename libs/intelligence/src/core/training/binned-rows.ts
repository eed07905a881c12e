/**
 * Rows cut into a few bins a column, at the quantiles of the column, so that the best split of a node is found by one
 * pass over its rows (Ke et al., "LightGBM", 2017: histogram-based splits). What is not known lies in the first bin,
 * below all numbers, so that a split can tell it from what is.
 */
import type { RankedColumn } from './ranked-column';

export interface BinnedRows {
  /** How many. */
  readonly columns: number;
  /** Row by row, the bin of each column: that of row `r` in column `c` is at `r · columns + c`. 0 in rows that were not binned. */
  readonly bins: Uint8Array;
  /** By column: a row lies in bin `b` > 0 where its value is above `b − 1` of these cuts. Ascending. */
  readonly cuts: readonly Float64Array[];
}

const MOST_CUTS = 32;

/** At most so many bins has a column. */
export const MOST_BINS = MOST_CUTS + 2;

/** @param part the rows that are meant, each once: cuts know of no others */
export function binRows(columns: readonly RankedColumn[], part: Uint32Array): BinnedRows {
  const bins = new Uint8Array((columns[0]?.ranks.length ?? 0) * columns.length);
  const cuts = columns.map((column, place) => {
    const ends = cutsOf(column, part);
    const binOfRank = binsOf(column, ends);
    for (let i = 0; i < part.length; i++) {
      const row = part[i]!;
      bins[row * columns.length + place] = binOfRank[column.ranks[row]!]!;
    }
    return ends;
  });
  return { columns: columns.length, bins, cuts };
}

/** By rank. Bins 1 … cuts + 1 hold numbers; the value of a cut itself lies below it. */
function binsOf({ values }: RankedColumn, cuts: Float64Array): Uint8Array {
  // What is not known has the rank behind all values, and bin 0.
  const bins = new Uint8Array(values.length + 1);
  for (let rank = 0, below = 0; rank < values.length; rank++) {
    while (below < cuts.length && values[rank]! > cuts[below]!) below++;
    bins[rank] = below + 1;
  }
  return bins;
}

/** Above the least value and above each quantile, half-way to the next value that there is: at most MOST_CUTS. */
function cutsOf(column: RankedColumn, part: Uint32Array): Float64Array {
  const { present, rows, total } = tallyOf(column, part);
  const cuts: number[] = [];
  let quantile = 0;
  for (let i = 0, upTo = 0; i + 1 < present.length; i++) {
    upTo += rows[i]!;
    const before = quantile;
    while (quantile < MOST_CUTS && Math.floor((total * quantile) / MOST_CUTS) < upTo) quantile++;
    // No quantile is of this value.
    if (quantile === before) continue;
    const cut = present[i]! + (present[i + 1]! - present[i]!) / 2;
    if (cut > (cuts.at(-1) ?? -Infinity)) cuts.push(cut);
  }
  return Float64Array.from(cuts);
}

/** The finite values that the part has, ascending, with how many rows have each. */
function tallyOf({ values, ranks }: RankedColumn, part: Uint32Array) {
  const counts = new Uint32Array(values.length + 1);
  for (let i = 0; i < part.length; i++) counts[ranks[part[i]!]!]!++;
  const present: number[] = [];
  const rows: number[] = [];
  let total = 0;
  for (let rank = 0; rank < values.length; rank++) {
    const count = counts[rank]!;
    if (count === 0 || !Number.isFinite(values[rank])) continue;
    present.push(values[rank]!);
    rows.push(count);
    total += count;
  }
  return { present, rows, total };
}
