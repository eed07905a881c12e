/**
 * A decision tree for a share between 0 and 1 (Breiman et al., "Classification and Regression Trees", 1984): each split
 * is the one that leaves the least squared error, among columns that are drawn anew for each node (Breiman, "Random
 * Forests", 2001). Depth first, so that the same draws give the same tree.
 */
import type { BinnedRows } from './binned-rows';
import { drawBelow, type Random } from './random';

export interface TreeOptions {
  /** Splits from the root to a leaf, at most. */
  readonly depth: number;
  /** Rows of a leaf, at least. */
  readonly minLeaf: number;
  /** Drawn for each node. */
  readonly columns: number;
}

/** Nodes depth first, the root at 0, what lies to the left next to its parent; each list has an entry for each node. */
export interface Tree {
  /** −1: a leaf. */
  readonly column: readonly number[];
  /** Not above it: to the left; what is not known goes there, too. null: that alone does. */
  readonly cut: readonly (number | null)[];
  readonly right: readonly number[];
  /** Of its rows, brought towards the share of its parent where they are few; to six digits, for it is stored. */
  readonly share: readonly number[];
}

interface Growth {
  readonly rows: BinnedRows;
  /** 0 or 1 for each row. */
  readonly labels: Uint8Array;
  readonly options: TreeOptions;
  readonly random: Random;
  readonly columns: Uint16Array;
  readonly counts: Float64Array;
  readonly wins: Float64Array;
  readonly tree: { column: number[]; cut: (number | null)[]; right: number[]; share: number[] };
}

interface Split {
  readonly column: number;
  /** The last bin that goes to the left. */
  readonly bin: number;
}

const MOST_BINS = 256;
/** Rows that the parent's share counts as in a node's. */
const PRIOR_ROWS = 5;
const DIGITS = 1e6;

/** @param sample rows that it learns from; one may be named twice. Its order is changed */
export function growTree(
  rows: BinnedRows,
  labels: Uint8Array,
  sample: Uint32Array,
  options: TreeOptions,
  random: Random,
): Tree {
  const growth: Growth = {
    rows,
    labels,
    options,
    random,
    columns: Uint16Array.from({ length: rows.columns }, (_, column) => column),
    counts: new Float64Array(MOST_BINS),
    wins: new Float64Array(MOST_BINS),
    tree: { column: [], cut: [], right: [], share: [] },
  };
  grow(growth, sample, winsOf(labels, sample) / Math.max(1, sample.length), 0);
  return growth.tree;
}

function grow(growth: Growth, sample: Uint32Array, parentShare: number, depth: number): number {
  const { tree, labels, options, rows } = growth;
  const wins = winsOf(labels, sample);
  const share = (wins + PRIOR_ROWS * parentShare) / (sample.length + PRIOR_ROWS);
  const node = tree.column.length;
  tree.column.push(-1);
  tree.cut.push(null);
  tree.right.push(-1);
  tree.share.push(Math.round(share * DIGITS) / DIGITS);
  if (depth >= options.depth || wins === 0 || wins === sample.length) return node;
  const split = bestSplit(growth, sample, wins);
  if (split === undefined) return node;
  const middle = partition(rows.bins[split.column]!, sample, split.bin);
  tree.column[node] = split.column;
  tree.cut[node] = split.bin === 0 ? null : rows.cuts[split.column]![split.bin - 1]!;
  grow(growth, sample.subarray(0, middle), share, depth + 1);
  tree.right[node] = grow(growth, sample.subarray(middle), share, depth + 1);
  return node;
}

/** Undefined where no split leaves less error with leaves that are large enough. */
function bestSplit(growth: Growth, sample: Uint32Array, wins: number): Split | undefined {
  const { options, rows, columns } = growth;
  let best: Split | undefined;
  // Σ wins² ÷ rows over both sides: the larger, the less squared error is left.
  let bestGain = (wins * wins) / sample.length + 1e-9;
  drawColumns(growth);
  for (let i = 0; i < Math.min(options.columns, columns.length); i++) {
    const column = columns[i]!;
    const last = rows.cuts[column]!.length;
    count(growth, rows.bins[column]!, sample, last + 2);
    let leftRows = 0;
    let leftWins = 0;
    for (let bin = 0; bin <= last; bin++) {
      leftRows += growth.counts[bin]!;
      leftWins += growth.wins[bin]!;
      const rightRows = sample.length - leftRows;
      if (leftRows < options.minLeaf) continue;
      if (rightRows < options.minLeaf) break;
      const gain = leftWins ** 2 / leftRows + (wins - leftWins) ** 2 / rightRows;
      if (gain <= bestGain) continue;
      bestGain = gain;
      best = { column, bin };
    }
  }
  return best;
}

/** The first ones of the list are drawn without repetition (Fisher and Yates). */
function drawColumns({ columns, options, random }: Growth): void {
  for (let i = 0; i < Math.min(options.columns, columns.length - 1); i++) {
    const other = i + drawBelow(random, columns.length - i);
    const column = columns[i]!;
    columns[i] = columns[other]!;
    columns[other] = column;
  }
}

function count({ counts, wins, labels }: Growth, bins: Uint8Array, sample: Uint32Array, size: number): void {
  counts.fill(0, 0, size);
  wins.fill(0, 0, size);
  for (let i = 0; i < sample.length; i++) {
    const row = sample[i]!;
    const bin = bins[row]!;
    counts[bin]!++;
    wins[bin]! += labels[row]!;
  }
}

/** Brings the rows of the left side to the front. @returns how many they are */
function partition(bins: Uint8Array, sample: Uint32Array, bin: number): number {
  let middle = 0;
  for (let i = 0; i < sample.length; i++) {
    const row = sample[i]!;
    if (bins[row]! > bin) continue;
    sample[i] = sample[middle]!;
    sample[middle++] = row;
  }
  return middle;
}

function winsOf(labels: Uint8Array, sample: Uint32Array): number {
  let wins = 0;
  for (let i = 0; i < sample.length; i++) wins += labels[sample[i]!]!;
  return wins;
}
