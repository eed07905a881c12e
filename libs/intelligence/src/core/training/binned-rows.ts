/**
 * Rows cut into a few bins a column, at the quantiles of the column, so that the best split of a node is found by one
 * pass over its rows (Ke et al., "LightGBM", 2017: histogram-based splits). What is not known lies in the first bin,
 * below all numbers, so that a split can tell it from what is.
 */
import type { RankedColumn } from '../ranked-column';

export interface BinnedRows {
  /** How many. */
  readonly columns: number;
  readonly rows: number;
  /** Column by column: the bin of row `r` in column `c` is at `c · rows + r`. 0 in rows that were not binned. */
  readonly bins: Uint8Array;
  /** By column: a row lies in bin `b` > 0 where its value is above `b − 1` of these cuts. Ascending. */
  readonly cuts: readonly Float64Array[];
}

const MOST_CUTS = 32;

/** At most so many bins has a column. */
export const MOST_BINS = MOST_CUTS + 2;

/** @param part the rows that are meant, each once: cuts know of no others */
export function binRows(columns: readonly RankedColumn[], part: Uint32Array): BinnedRows {
  const rows = columns[0]?.ranks.length ?? 0;
  const bins = new Uint8Array(rows * columns.length);
  const cuts = columns.map((column, place) => {
    const { cuts: ends, binOfRank } = cut(column, part);
    const { ranks } = column;
    const first = place * rows;
    for (let i = 0; i < part.length; i++) {
      const row = part[i]!;
      bins[first + row] = binOfRank[ranks[row]!]!;
    }
    return ends;
  });
  return { columns: columns.length, rows, bins, cuts };
}

interface CutColumn {
  readonly cuts: Float64Array;
  /** Of ranks that the part has: 1 … cuts + 1; the value of a cut itself lies below it. 0 of what is not known. */
  readonly binOfRank: Uint8Array;
}

/** Above the least value and above each quantile, half-way to the next value that there is: at most MOST_CUTS. */
function cut({ values, ranks }: RankedColumn, part: Uint32Array): CutColumn {
  const counts = new Uint32Array(values.length + 1);
  for (let i = 0; i < part.length; i++) counts[ranks[part[i]!]!]!++;
  const binOfRank = new Uint8Array(values.length + 1);
  const cuts: number[] = [];
  // Only the ends may be infinite; behind them is what is not known.
  const from = values[0] === -Infinity ? 1 : 0;
  const to = values[values.length - 1] === Infinity ? values.length - 1 : values.length;
  let total = part.length - counts[values.length]!;
  if (from === 1) {
    binOfRank[0] = 1;
    total -= counts[0]!;
  }
  if (to < values.length) total -= counts[to]!;
  let [quantile, next, upTo, below] = [0, 0, 0, NaN];
  for (let rank = from; rank < to; rank++) {
    if (counts[rank] === 0) continue;
    const value = values[rank]!;
    // A quantile is of the value below.
    if (!Number.isNaN(below)) {
      const end = below + (value - below) / 2;
      if (end > (cuts.at(-1) ?? -Infinity)) cuts.push(end);
    }
    binOfRank[rank] = cuts.length + (value > (cuts.at(-1) ?? -Infinity) ? 1 : 0);
    upTo += counts[rank]!;
    below = next < upTo && quantile < MOST_CUTS ? value : NaN;
    while (next < upTo && quantile < MOST_CUTS) next = Math.floor((total * ++quantile) / MOST_CUTS);
  }
  if (to < values.length) binOfRank[to] = cuts.length + 1;
  return { cuts: Float64Array.from(cuts), binOfRank };
}
