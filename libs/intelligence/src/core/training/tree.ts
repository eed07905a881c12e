/**
 * A decision tree for a share between 0 and 1 (Breiman et al., "Classification and Regression Trees", 1984): each split
 * is the one that leaves the least squared error, among columns that are drawn anew for each node (Breiman, "Random
 * Forests", 2001). Depth first, so that the same draws give the same tree.
 */
import { type BinnedRows, MOST_BINS } from './binned-rows';
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
  readonly binned: BinnedRows;
  readonly options: TreeOptions;
  readonly random: Random;
  /** By row: how often it was named. */
  readonly times: Uint32Array;
  /** Those that are drawn first; behind all of them room for `count`. */
  readonly columns: Uint16Array;
  /** Rows of a node by bin, in `MOST_BINS` places for each of the columns that are drawn. */
  readonly lost: Uint32Array;
  readonly won: Uint32Array;
  readonly tree: { column: number[]; cut: (number | null)[]; right: number[]; share: number[] };
}

/** Rows of a node by their outcome, each once. */
interface Members {
  readonly lost: Uint32Array;
  readonly won: Uint32Array;
  readonly counts: Counts;
}

/** Each row as often as it was named. */
interface Counts {
  readonly rows: number;
  readonly wins: number;
}

interface Split {
  readonly column: number;
  /** The last bin that goes to the left. */
  readonly bin: number;
  readonly left: Counts;
}

/** Rows that the parent's share counts as in a node's. */
const PRIOR_ROWS = 5;
const DIGITS = 1e6;
/** Columns that are counted in one pass over the rows. */
const AT_ONCE = 8;

/**
 * @param labels 0 or 1 for each row
 * @param sample rows that it learns from; one may be named twice
 */
export function growTree(
  binned: BinnedRows,
  labels: Uint8Array,
  sample: Uint32Array,
  options: TreeOptions,
  random: Random,
): Tree {
  const times = new Uint32Array(labels.length);
  for (let i = 0; i < sample.length; i++) times[sample[i]!]!++;
  const growth: Growth = {
    binned,
    options,
    random,
    times,
    columns: Uint16Array.from({ length: binned.columns + AT_ONCE }, (_, i) => (i < binned.columns ? i : 0)),
    lost: new Uint32Array((options.columns + AT_ONCE) * MOST_BINS),
    won: new Uint32Array((options.columns + AT_ONCE) * MOST_BINS),
    tree: { column: [], cut: [], right: [], share: [] },
  };
  const root = membersOf(times, labels, sample.length);
  grow(growth, root, root.counts.wins / Math.max(1, root.counts.rows), 0);
  return growth.tree;
}

function membersOf(times: Uint32Array, labels: Uint8Array, rows: number): Members {
  const lost = new Uint32Array(Math.min(rows, times.length));
  const won = new Uint32Array(lost.length);
  let [losers, winners, wins] = [0, 0, 0];
  for (let row = 0; row < times.length; row++) {
    if (times[row] === 0) continue;
    if (labels[row] === 0) lost[losers++] = row;
    else {
      won[winners++] = row;
      wins += times[row]!;
    }
  }
  return { lost: lost.subarray(0, losers), won: won.subarray(0, winners), counts: { rows, wins } };
}

function grow(growth: Growth, members: Members, parentShare: number, depth: number): number {
  const { tree, options, binned } = growth;
  const { lost, won, counts } = members;
  const { rows, wins } = counts;
  const share = (wins + PRIOR_ROWS * parentShare) / (rows + PRIOR_ROWS);
  const node = tree.column.length;
  tree.column.push(-1);
  tree.cut.push(null);
  tree.right.push(-1);
  tree.share.push(Math.round(share * DIGITS) / DIGITS);
  if (depth >= options.depth || wins === 0 || wins === rows) return node;
  const split = bestSplit(growth, members);
  if (split === undefined) return node;
  const { column, bin, left } = split;
  const [lostLeft, wonLeft] = [partition(binned, lost, split), partition(binned, won, split)];
  tree.column[node] = column;
  tree.cut[node] = bin === 0 ? null : binned.cuts[column]![bin - 1]!;
  const onLeft = { lost: lost.subarray(0, lostLeft), won: won.subarray(0, wonLeft), counts: left };
  grow(growth, onLeft, share, depth + 1);
  const right = { rows: rows - left.rows, wins: wins - left.wins };
  const onRight = { lost: lost.subarray(lostLeft), won: won.subarray(wonLeft), counts: right };
  tree.right[node] = grow(growth, onRight, share, depth + 1);
  return node;
}

/** Undefined where no split leaves less error with leaves that are large enough. */
function bestSplit(growth: Growth, { lost, won, counts }: Members): Split | undefined {
  const { options, binned, columns } = growth;
  const { rows, wins } = counts;
  let best: Split | undefined;
  // Σ wins² ÷ rows over both sides: the larger, the less squared error is left.
  let bestGain = (wins * wins) / rows + 1e-9;
  drawColumns(growth);
  count(growth, lost, growth.lost);
  count(growth, won, growth.won);
  for (let i = 0; i < Math.min(options.columns, binned.columns); i++) {
    const column = columns[i]!;
    const first = i * MOST_BINS;
    const last = binned.cuts[column]!.length;
    let leftRows = 0;
    let leftWins = 0;
    for (let bin = 0; bin <= last; bin++) {
      const winsHere = growth.won[first + bin]!;
      const rowsHere = growth.lost[first + bin]! + winsHere;
      // Without rows of its own it splits as the bin before did.
      if (rowsHere === 0) continue;
      leftRows += rowsHere;
      leftWins += winsHere;
      const rightRows = rows - leftRows;
      if (leftRows < options.minLeaf) continue;
      if (rightRows < options.minLeaf) break;
      const rightWins = wins - leftWins;
      const gain = (leftWins * leftWins) / leftRows + (rightWins * rightWins) / rightRows;
      if (gain <= bestGain) continue;
      bestGain = gain;
      best = { column, bin, left: { rows: leftRows, wins: leftWins } };
    }
  }
  return best;
}

/** The first ones of the list are drawn without repetition (Fisher and Yates). */
function drawColumns({ binned, columns, options, random }: Growth): void {
  for (let i = 0; i < Math.min(options.columns, binned.columns - 1); i++) {
    const other = i + drawBelow(random, binned.columns - i);
    const column = columns[i]!;
    columns[i] = columns[other]!;
    columns[other] = column;
  }
}

/** Eight columns at a time, so that one count need not wait for the one before it; those that are too many go nowhere. */
function count({ binned, columns, options, times }: Growth, rows: Uint32Array, counts: Uint32Array): void {
  const { bins, rows: height } = binned;
  counts.fill(0);
  for (let k = 0; k < Math.min(options.columns, binned.columns); k += AT_ONCE) {
    const first = k * MOST_BINS;
    const a = columns[k]! * height;
    const b = columns[k + 1]! * height;
    const c = columns[k + 2]! * height;
    const d = columns[k + 3]! * height;
    const e = columns[k + 4]! * height;
    const f = columns[k + 5]! * height;
    const g = columns[k + 6]! * height;
    const h = columns[k + 7]! * height;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const named = times[row]!;
      counts[first + bins[a + row]!]! += named;
      counts[first + MOST_BINS + bins[b + row]!]! += named;
      counts[first + 2 * MOST_BINS + bins[c + row]!]! += named;
      counts[first + 3 * MOST_BINS + bins[d + row]!]! += named;
      counts[first + 4 * MOST_BINS + bins[e + row]!]! += named;
      counts[first + 5 * MOST_BINS + bins[f + row]!]! += named;
      counts[first + 6 * MOST_BINS + bins[g + row]!]! += named;
      counts[first + 7 * MOST_BINS + bins[h + row]!]! += named;
    }
  }
}

/** Brings the rows of the left side to the front. @returns how many they are */
function partition({ bins, rows: height }: BinnedRows, rows: Uint32Array, { column, bin }: Split): number {
  const first = column * height;
  let middle = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (bins[first + row]! > bin) continue;
    rows[i] = rows[middle]!;
    rows[middle++] = row;
  }
  return middle;
}
