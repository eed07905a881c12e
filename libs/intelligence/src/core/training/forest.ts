/**
 * A random forest for a share between 0 and 1: the mean of trees, each grown on rows drawn with repetition (Breiman,
 * "Random Forests", 2001). docs/adr/0093 says why it is ours.
 */
import { binRows } from './binned-rows';
import { drawBelow, type Random } from './random';
import type { RankedColumn } from '../ranked-column';
import { growTree, type Tree, type TreeOptions } from './tree';

export interface ForestOptions extends TreeOptions {
  readonly trees: number;
}

export interface Forest {
  readonly trees: readonly Tree[];
}

/**
 * @param part the rows that it learns from, each once
 * @param labels 0 or 1 for each row
 */
export function growForest(
  columns: readonly RankedColumn[],
  labels: Uint8Array,
  part: Uint32Array,
  options: ForestOptions,
  random: Random,
): Forest {
  const binned = binRows(columns, part);
  const draw = (): Uint32Array => part.map(() => part[drawBelow(random, part.length)]!);
  return {
    trees: Array.from({ length: options.trees }, () => growTree(binned, labels, draw(), options, random)),
  };
}

/**
 * The mean share, and what each column added to it on the way from root to leaf (Saabas, "Interpreting random forests",
 * 2014): their sum and the mean share of the roots give the score.
 * @param added takes the additions, by column
 */
export function scoreOf({ trees }: Forest, row: Float64Array, added?: Float64Array): number {
  let sum = 0;
  for (const { column, cut, right, share } of trees) {
    let node = 0;
    while (column[node]! >= 0) {
      const by = column[node]!;
      const end = cut[node]!;
      // What is not known is not above anything.
      const isRight = end === null ? !Number.isNaN(row[by]!) : row[by]! > end;
      const next = isRight ? right[node]! : node + 1;
      if (added !== undefined) added[by]! += (share[next]! - share[node]!) / trees.length;
      node = next;
    }
    sum += share[node]!;
  }
  return sum / trees.length;
}

/** What a row is told before anything is known of it. */
export const rootShareOf = ({ trees }: Forest): number =>
  trees.reduce((sum, { share }) => sum + share[0]!, 0) / trees.length;
