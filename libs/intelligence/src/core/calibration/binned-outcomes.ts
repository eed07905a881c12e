/** Outcomes by what was said of them, in bins of about equal size: a calibrator is fitted to dozens of them, not to thousands. */

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

  /** @param rows in the order of time */
  constructor(rows: readonly CalibrationRow[]) {
    const order = rows.map((_, i) => i).sort((a, b) => rows[a]!.probability - rows[b]!.probability);
    this.said = Float64Array.from(order, (i) => rows[i]!.probability);
    this.isWin = Uint8Array.from(order, (i) => (rows[i]!.isWin ? 1 : 0));
    this.fold = Uint8Array.from(order, (i) => Math.floor((i * FOLDS) / rows.length));
  }

  get size(): number {
    return this.said.length;
  }

  /**
   * Ascending, none empty.
   * @param least rows in a bin, unless there are fewer in all
   * @param most bins
   */
  bins(least: number, most: number, { only, except }: Part = {}): Bin[] {
    const isMeant = (fold: number): boolean => fold !== except && (only === undefined || fold === only);
    let count = 0;
    for (const fold of this.fold) if (isMeant(fold)) count++;
    const number = Math.max(1, Math.min(most, Math.floor(count / least)));
    const bins: Bin[] = [];
    let [seen, sum, wins, total] = [0, 0, 0, 0];
    for (let i = 0; i < this.size; i++) {
      if (!isMeant(this.fold[i]!)) continue;
      seen++;
      total++;
      sum += this.said[i]!;
      wins += this.isWin[i]!;
      if (seen < Math.floor(((bins.length + 1) * count) / number)) continue;
      bins.push({ said: sum / total, wins, total });
      [sum, wins, total] = [0, 0, 0];
    }
    return bins;
  }
}
