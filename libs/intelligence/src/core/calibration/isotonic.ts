/**
 * Isotonic regression: the non-decreasing step function nearest to points in the sense of weighted least squares, by
 * pooling adjacent violators (Ayer et al. 1955; as a calibrator of probabilities: Zadrozny & Elkan 2002).
 */

export interface WeightedPoint {
  readonly x: number;
  readonly y: number;
  /** Above zero; 1 where it is not said. */
  readonly weight?: number;
}

/** Knots of a piecewise linear function: `xs` ascending and without doubles, `ys` non-decreasing. Plain data. */
export interface Monotone {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

interface Block {
  from: number;
  to: number;
  y: number;
  weight: number;
}

/** Points of the same x are one. In O(n log n). */
export function isotonicOf(points: readonly WeightedPoint[]): Monotone {
  const sorted = points.toSorted((a, b) => a.x - b.x);
  const blocks: Block[] = [];
  for (const { x, y, weight = 1 } of sorted) {
    const last = blocks.at(-1);
    if (last !== undefined && last.to === x && last.from === x) pool(last, { from: x, to: x, y, weight });
    else {
      settle(blocks);
      blocks.push({ from: x, to: x, y, weight });
    }
  }
  settle(blocks);
  return knotsOf(blocks);
}

/** Until the last block is above the one before it. */
function settle(blocks: Block[]): void {
  while (blocks.length > 1 && blocks.at(-2)!.y >= blocks.at(-1)!.y) {
    const last = blocks.pop()!;
    pool(blocks.at(-1)!, last);
  }
}

function pool(into: Block, block: Block): void {
  const weight = into.weight + block.weight;
  into.y += (block.y - into.y) * (block.weight / weight);
  into.weight = weight;
  into.to = block.to;
}

function knotsOf(blocks: readonly Block[]): Monotone {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const { from, to, y } of blocks) {
    for (const x of from === to ? [from] : [from, to]) {
      xs.push(x);
      ys.push(y);
    }
  }
  return { xs, ys };
}

/** The function at x: a straight line between knots, the end's value beyond them. @param xs at least one knot */
export function interpolated({ xs, ys }: Monotone, x: number): number {
  let low = 0;
  let high = xs.length - 1;
  if (!(x > xs[low]!)) return ys[low]!;
  if (x >= xs[high]!) return ys[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle]! <= x) low = middle;
    else high = middle;
  }
  const share = (x - xs[low]!) / (xs[high]! - xs[low]!);
  return Math.min(ys[high]!, ys[low]! + (ys[high]! - ys[low]!) * share);
}
