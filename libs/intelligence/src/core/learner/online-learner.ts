/**
 * The learner that is always there: it takes every outcome as it comes, and says of a signal how probable a win is, what
 * it expects and how far it would go bail for that.
 *
 * Log-odds of a win = what a market without drift would give (1 win to `rewardR` losses) + weights · standardised
 * features and set-up. So to know nothing is to expect about the costs, and no bound above zero.
 */
import { AppError } from '@slt/domain';
import type { Contribution } from '@slt/trading';
import {
  calibrated,
  type Calibrator,
  fitCalibrator,
  readCalibrator,
  UNCALIBRATED,
} from '../calibration/calibrator';
import { RollingCalibration } from '../calibration/rolling-calibration';
import { largestContributions } from '../largest-contributions';
import type { Forecaster, Json, Outlook, Prediction, Predictor } from '../model';
import { isWin, type Question, type Sample } from '../sample';
import { BayesianLogistic, sigmoid } from './bayesian-logistic';
import { expectationOf, Z95 } from './expectation';
import { LEAST_REWARD, Payoff, SETUP_NAMES, SETUP_SLOTS } from './payoff';
import { Standardiser } from './standardiser';
import { badState, StateFields } from './state-fields';

/** What of a sample is learned. */
export type Lesson = Pick<Sample, keyof Question | 'r'>;

export interface LearnedWeight {
  /** The feature's name, `setup:{set-up}` or `intercept`. */
  readonly feature: string;
  /** Log-odds that a large value adds, and a small one takes away; of a set-up and the intercept: that it adds. */
  readonly weight: number;
}

const VERSION = 1;
/** Prior deviations in log-odds: 0.07 for a feature, and what it proves to be worth later; 0.7 for a set-up and for all. */
const FEATURE_VARIANCE = 0.005;
const LEVEL_VARIANCE = 0.5;
/** Newest predictions that the calibrator is fitted to, and how many it takes to begin. */
const WINDOW = 4000;
const REFIT_FROM = 200;

/** Outcomes between fits of the features' priors, and of the calibrator: the more is known, the less they move. */
interface Pace {
  readonly below: number;
  readonly adapt: number;
  readonly refit: number;
}
const PACES: readonly Pace[] = [
  { below: 1_000, adapt: 20, refit: 100 },
  { below: 4_000, adapt: 40, refit: 200 },
  { below: Infinity, adapt: 100, refit: 1_000 },
];

export class OnlineLearner implements Predictor, Forecaster {
  private standardiser: Standardiser;
  private logistic: BayesianLogistic;
  private payoffs = SETUP_NAMES.map(() => new Payoff());
  private window = new RollingCalibration(WINDOW);
  private calibrator: Calibrator = UNCALIBRATED;
  private learned = 0;
  private readonly row: Float64Array;
  /** What each place of the row adds, but for the intercept. */
  private readonly weighed: Float64Array;
  /** What the places of a row are called. */
  private readonly places: readonly string[];

  /** @param names of the features, in their order */
  constructor(readonly names: readonly string[]) {
    this.standardiser = new Standardiser(names.length);
    this.logistic = new BayesianLogistic(priorOf(names.length));
    this.row = new Float64Array(this.logistic.size);
    this.weighed = new Float64Array(this.row.length - 1);
    this.places = [...names, ...SETUP_NAMES.map((setup) => `setup:${setup}`), 'intercept'];
  }

  /** Samples it has learned from. */
  get outcomes(): number {
    return this.learned;
  }

  /** @throws AppError invalid, `MODEL.FEATURE_COUNT` */
  predict(question: Question): Prediction {
    const { probability, expectedR, lowerBound } = this.outlook(question);
    return { probability, expectedR, lowerBound, contributions: this.contributionsOf(question) };
  }

  /** @throws AppError as `predict` does */
  outlook(question: Question): Outlook {
    const { rewardR, costR } = sane(question);
    this.checkFeatures(question.features);
    this.fillRow(question);
    const belief = this.logistic.believe(this.row, driftless(rewardR));
    const deviation = Math.sqrt(belief.variance);
    const moderated = moderatedLogit(belief.mean, belief.variance);
    const raw = sigmoid(moderated);
    const rawLow = sigmoid(Math.min(moderated, belief.mean - Z95 * deviation));
    const probability = calibrated(this.calibrator, raw);
    // A flat stretch of the calibrator says nothing of how sure the log-odds are.
    const doubt = Math.max(raw - rawLow, probability - calibrated(this.calibrator, rawLow));
    const payoff = this.payoffs[SETUP_SLOTS[question.setup]]!;
    const stakes = { winShare: payoff.win(), loss: payoff.loss(), rewardR, costR };
    const { expectedR, lowerBound } = expectationOf(probability, doubt, stakes);
    return { probability, expectedR, lowerBound };
  }

  /** @throws AppError invalid, `MODEL.FEATURE_COUNT`, `MODEL.BAD_SAMPLE` (an r that is no number) */
  learn(lesson: Lesson): void {
    if (!Number.isFinite(lesson.r)) {
      throw new AppError('invalid', 'MODEL.BAD_SAMPLE', `r is ${lesson.r}`);
    }
    const { rewardR, costR } = sane(lesson);
    const won = isWin(lesson);
    this.checkFeatures(lesson.features);
    this.standardiser.observe(lesson.features);
    this.fillRow(lesson);
    const { mean, variance } = this.logistic.learn(this.row, driftless(rewardR), won);
    this.window.add(sigmoid(moderatedLogit(mean, variance)), won);
    this.payoffs[SETUP_SLOTS[lesson.setup]]!.add(won, lesson.r + costR, rewardR);
    this.learned++;
    this.refine();
  }

  /** After a drift: all that was learned counts for 1 ÷ `factor` of what it did. @param factor at least 1 */
  inflate(factor: number): void {
    if (!(factor > 1)) return;
    this.logistic.inflate(factor);
    for (const payoff of this.payoffs) payoff.inflate(factor);
    this.window.clear();
    this.calibrator = UNCALIBRATED;
  }

  weights(): LearnedWeight[] {
    return Array.from(this.logistic.mean, (weight, i) => ({ feature: this.places[i]!, weight: weight + 0 }));
  }

  snapshot(): Json {
    return {
      version: VERSION,
      names: this.names,
      outcomes: this.learned,
      standardiser: this.standardiser.snapshot(),
      logistic: this.logistic.snapshot(),
      payoffs: this.payoffs.map((payoff) => payoff.snapshot()),
      window: this.window.snapshot(),
      calibrator: this.calibrator as Json,
    };
  }

  /**
   * Goes on exactly as the one that was written down would have.
   * @param names what the features are called today; undefined: as in the snapshot
   * @throws AppError invalid, `MODEL.BAD_STATE`
   */
  static restore(state: unknown, names?: readonly string[]): OnlineLearner {
    const fields = new StateFields(state, 'learner');
    fields.version(VERSION);
    const written = fields.texts('names');
    if (
      names !== undefined &&
      (names.length !== written.length || names.some((name, i) => name !== written[i]))
    ) {
      throw badState(fields.at('names'), 'of other features');
    }
    const learner = new OnlineLearner(written);
    learner.learned = fields.count('outcomes');
    learner.standardiser = Standardiser.restore(fields.fields('standardiser'), written.length);
    learner.logistic = BayesianLogistic.restore(fields.fields('logistic'), learner.logistic.size);
    learner.payoffs = fields.list('payoffs', (payoff) => Payoff.restore(payoff));
    if (learner.payoffs.length !== SETUP_NAMES.length)
      throw badState(fields.at('payoffs'), 'of other set-ups');
    learner.window = RollingCalibration.restore(fields.fields('window'), WINDOW);
    learner.calibrator = readCalibrator(fields.fields('calibrator'));
    return learner;
  }

  private refine(): void {
    const { adapt, refit } = PACES.find(({ below }) => this.learned < below)!;
    if (this.learned % adapt === 0) this.logistic.adapt(this.names.length);
    if (this.learned % refit === 0 && this.window.count >= REFIT_FROM) {
      this.calibrator = fitCalibrator(this.window.rows());
    }
  }

  private checkFeatures(features: readonly number[]): void {
    if (features.length === this.names.length) return;
    throw new AppError(
      'invalid',
      'MODEL.FEATURE_COUNT',
      `${features.length} features, not ${this.names.length}`,
    );
  }

  /** Standardised features, then one place a set-up, then the intercept. */
  private fillRow({ features, setup }: Pick<Question, 'features' | 'setup'>): void {
    const { row, standardiser } = this;
    const count = this.names.length;
    for (let i = 0; i < count; i++) row[i] = standardiser.standardised(i, features[i]!);
    row.fill(0, count);
    row[count + SETUP_SLOTS[setup]] = 1;
    row[row.length - 1] = 1;
  }

  /** Of the row that was filled last; what is there in each question is no reason. */
  private contributionsOf({ features }: Question): Contribution[] {
    const { row, logistic, weighed } = this;
    for (let i = 0; i < weighed.length; i++) weighed[i] = row[i]! * logistic.mean[i]!;
    return largestContributions(this.places, weighed, (place) => features[place] ?? 1);
  }
}

function priorOf(features: number): Float64Array {
  const prior = new Float64Array(features + SETUP_NAMES.length + 1).fill(FEATURE_VARIANCE);
  return prior.fill(LEVEL_VARIANCE, features);
}

/** The mean of σ over a Gaussian of log-odds is about σ of this (MacKay 1992). */
const moderatedLogit = (mean: number, variance: number): number =>
  mean / Math.sqrt(1 + (Math.PI / 8) * variance);

/** Log-odds that a price without drift goes `rewardR` before it falls 1. */
const driftless = (rewardR: number): number => -Math.log(Math.max(LEAST_REWARD, rewardR));

/** What is not known of the stakes is taken for the worse: nothing to win, a whole R of costs. */
function sane({ rewardR, costR }: Pick<Question, 'rewardR' | 'costR'>): { rewardR: number; costR: number } {
  return {
    rewardR: Number.isFinite(rewardR) ? Math.min(100, Math.max(0, rewardR)) : 0,
    costR: Number.isFinite(costR) ? Math.min(100, Math.max(-100, costR)) : 1,
  };
}
