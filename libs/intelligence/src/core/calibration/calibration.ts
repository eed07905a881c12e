/**
 * How well confidences told what came: Brier score, expected calibration error, log loss, and the bins of a reliability
 * plot (Guo et al., "On Calibration of Modern Neural Networks", 2017: ten bins of equal width).
 */

export interface CalibrationBin {
  /** Inclusive; the last bin includes 1 as well. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Means of the bin; null where it is empty. */
  readonly confidence: number | null;
  readonly winRate: number | null;
}

/** All null where nothing was told. */
export interface CalibrationFigures {
  /** Mean of (confidence − outcome)². */
  readonly brier: number | null;
  /** Mean of |mean confidence − share of wins| over the bins, by their size. */
  readonly ece: number | null;
  /** Mean of −ln of what was given to the outcome that came. */
  readonly logLoss: number | null;
  readonly bins: readonly CalibrationBin[];
}

const BINS = 10;
/** A certainty that was wrong would cost infinitely much. */
const LEAST = 1e-15;

export class Calibration {
  private readonly counts = new Float64Array(BINS);
  private readonly confidences = new Float64Array(BINS);
  private readonly wins = new Float64Array(BINS);
  private squares = 0;
  private logs = 0;

  /** @param confidence in [0, 1] */
  add(confidence: number, isWin: boolean): void {
    const bin = Math.min(BINS - 1, Math.floor(confidence * BINS));
    this.counts[bin]!++;
    this.confidences[bin]! += confidence;
    if (isWin) this.wins[bin]!++;
    this.squares += (confidence - (isWin ? 1 : 0)) ** 2;
    const given = isWin ? confidence : 1 - confidence;
    this.logs -= Math.log(Math.min(1, Math.max(LEAST, given)));
  }

  report(): CalibrationFigures {
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    const bins = Array.from({ length: BINS }, (_, bin) => this.binOf(bin));
    if (total === 0) return { brier: null, ece: null, logLoss: null, bins };
    const error = bins.reduce(
      (sum, { count, confidence, winRate }) => sum + count * Math.abs((confidence ?? 0) - (winRate ?? 0)),
      0,
    );
    return { brier: this.squares / total, ece: error / total, logLoss: this.logs / total, bins };
  }

  private binOf(bin: number): CalibrationBin {
    const count = this.counts[bin]!;
    return {
      from: bin / BINS,
      to: (bin + 1) / BINS,
      count,
      confidence: count === 0 ? null : this.confidences[bin]! / count,
      winRate: count === 0 ? null : this.wins[bin]! / count,
    };
  }
}
