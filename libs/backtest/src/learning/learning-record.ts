/** What came of learning: probabilities held against outcomes, and how trades and results went as it learned. */
import { DAY_MS, type UtcMs } from '@slt/domain';
import {
  Calibration,
  type CalibrationFigures,
  HEURISTIC,
  isWin,
  type LearnedWeight,
  type LearnerStatus,
  type Sample,
} from '@slt/intelligence';
import type { Signal } from '@slt/trading';

/** Signals of one day of market time, by when they were known; their results in R, traded or not. */
export interface LearningDay {
  readonly from: UtcMs;
  readonly signals: number;
  /** The learner had nothing against them. */
  readonly approved: number;
  readonly traded: number;
  /** Whose outcome is known by now. */
  readonly labelled: number;
  /** Mean over all of them; null where there is none. */
  readonly meanR: number | null;
  readonly approvedMeanR: number | null;
}

export interface TrainingNote {
  readonly at: UtcMs;
  /** The challenger that was promoted; null where none was. */
  readonly model: string | null;
  /** `promoted`, or why not. */
  readonly outcome: string;
}

export interface LearningFigures {
  readonly status: LearnerStatus;
  /** Of what was learned, said before the outcome was known: every labelled signal that no heuristic judged. */
  readonly calibration: CalibrationFigures;
  /** Ascending, days with signals only. */
  readonly days: readonly LearningDay[];
  readonly trainings: readonly TrainingNote[];
  /** Largest first. */
  readonly weights: readonly LearnedWeight[];
}

interface Said {
  readonly probability: number;
  readonly isLearned: boolean;
  readonly isApproved: boolean;
  readonly day: UtcMs;
}

interface Day {
  signals: number;
  approved: number;
  traded: number;
  labelled: number;
  sum: number;
  approvedLabelled: number;
  approvedSum: number;
}

export class LearningRecord {
  private readonly calibration = new Calibration();
  /** Of signals whose outcome is awaited. */
  private readonly said = new Map<string, Said>();
  private readonly days = new Map<UtcMs, Day>();
  private readonly trainings: TrainingNote[] = [];

  decided({ id, at, assessment }: Signal, isTraded: boolean): void {
    if (assessment === undefined) return;
    const isApproved = assessment.refusals.length === 0;
    const day = Math.floor(at / DAY_MS) * DAY_MS;
    const counts = this.dayOf(day);
    counts.signals++;
    if (isApproved) counts.approved++;
    if (isTraded) counts.traded++;
    const isLearned = assessment.model !== HEURISTIC;
    this.said.set(id, { probability: assessment.probability, isLearned, isApproved, day });
  }

  labelled(sample: Sample): void {
    const said = this.said.get(sample.id);
    if (said === undefined) return;
    this.said.delete(sample.id);
    if (said.isLearned) this.calibration.add(said.probability, isWin(sample));
    const counts = this.dayOf(said.day);
    counts.labelled++;
    counts.sum += sample.r;
    if (!said.isApproved) return;
    counts.approvedLabelled++;
    counts.approvedSum += sample.r;
  }

  trained(note: TrainingNote): void {
    this.trainings.push(note);
  }

  finish(status: LearnerStatus, weights: readonly LearnedWeight[]): LearningFigures {
    return {
      status,
      calibration: this.calibration.report(),
      days: [...this.days].sort(([a], [b]) => a - b).map(([from, day]) => learningDayOf(from, day)),
      trainings: this.trainings,
      weights: weights.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    };
  }

  private dayOf(from: UtcMs): Day {
    const known = this.days.get(from);
    if (known !== undefined) return known;
    const day = {
      signals: 0,
      approved: 0,
      traded: 0,
      labelled: 0,
      sum: 0,
      approvedLabelled: 0,
      approvedSum: 0,
    };
    this.days.set(from, day);
    return day;
  }
}

function learningDayOf(from: UtcMs, day: Day): LearningDay {
  const { signals, approved, traded, labelled, sum, approvedLabelled, approvedSum } = day;
  return {
    from,
    signals,
    approved,
    traded,
    labelled,
    meanR: labelled === 0 ? null : sum / labelled,
    approvedMeanR: approvedLabelled === 0 ? null : approvedSum / approvedLabelled,
  };
}
