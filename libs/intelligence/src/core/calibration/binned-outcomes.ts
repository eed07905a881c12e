/** Outcomes by what was said of them, in bins of about equal size: a calibrator is fitted to dozens of them, not to thousands. */
import { rankColumn, type RankedColumn } from '../ranked-column';

/** What was said of a signal that the model had not learned from, and what came. */
export interface CalibrationRow {
  /** In [0, 1]. */
  readonly probability: number;
  readonly isWin: boolean;
}

export interface Bin {
  /** Mean of what was said. */
  readonly said: number;
  readonly wins: number;
  readonly total: number;
}

/** Stretches of time that are held out in turn. */
export const FOLDS = 4;

/** Which rows are meant: all, one stretch of time, or all but one. */
export type Part = { readonly only?: number; readonly except?: number };

export class BinnedOutcomes {
  /** Ascending. */
  private readonly said: Float64Array;
  private readonly isWin: Uint8Array;
  private readonly fold: Uint8Array;
  /** By fold. */
  private readonly sizes = new Uint32Array(FOLDS);

  /** @param rows in the order of time */
  constructor(rows: readonly CalibrationRow[]) {
    const told = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) told[i] = rows[i]!.probability;
    const order = orderOf(rankColumn(told));
    this.said = new Float64Array(rows.length);
    this.isWin = new Uint8Array(rows.length);
    this.fold = new Uint8Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const row = order[i]!;
      const fold = Math.floor((row * FOLDS) / rows.length);
      this.said[i] = told[row]!;
      this.isWin[i] = rows[row]!.isWin ? 1 : 0;
      this.fold[i] = fold;
      this.sizes[fold]!++;
    }
  }

  get size(): number {
    return this.said.length;
  }

  /**
   * Ascending, none empty.
   * @param least rows in a bin, unless there are fewer in all
   * @param most bins
   */
  bins(least: number, most: number, part: Part = {}): Bin[] {
    const { said, isWin, fold } = this;
    const isMeant = Uint8Array.from(this.sizes, (_, of) => Number(isWithin(of, part)));
    const count = this.sizes.reduce((sum, size, of) => sum + size * isMeant[of]!, 0);
    const number = Math.max(1, Math.min(most, Math.floor(count / least)));
    const endOf = (bin: number): number => Math.floor(((bin + 1) * count) / number);
    const bins: Bin[] = [];
    let end = endOf(0);
    let [seen, sum, wins, total] = [0, 0, 0, 0];
    for (let i = 0; i < said.length; i++) {
      if (isMeant[fold[i]!] === 0) continue;
      seen++;
      total++;
      sum += said[i]!;
      wins += isWin[i]!;
      if (seen < end) continue;
      bins.push({ said: sum / total, wins, total });
      end = endOf(bins.length);
      [sum, wins, total] = [0, 0, 0];
    }
    return bins;
  }
}

/** Rows by what was said, ascending; those of one probability in the order of time. */
function orderOf({ values, ranks }: RankedColumn): Uint32Array {
  const places = new Uint32Array(values.length + 2);
  for (let row = 0; row < ranks.length; row++) places[ranks[row]! + 1]!++;
  for (let rank = 1; rank < places.length; rank++) places[rank]! += places[rank - 1]!;
  const order = new Uint32Array(ranks.length);
  for (let row = 0; row < ranks.length; row++) order[places[ranks[row]!]!++] = row;
  return order;
}

const isWithin = (fold: number, { only, except }: Part): boolean =>
  fold !== except && (only === undefined || fold === only);
