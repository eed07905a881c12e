/** What a trained forest says of a signal. A pure function of its state, so it is the same wherever it was restored. */
import type { Contribution } from '@slt/trading';
import { calibrated } from '../calibration/calibrator';
import { logitOf } from '../calibration/platt';
import { expectationOf, Z95 } from '../learner/expectation';
import { largestContributions } from '../largest-contributions';
import type { Forecaster, Outlook, Prediction, Predictor } from '../model';
import type { Question } from '../sample';
import { columnNames, rowOf } from './design';
import { rootShareOf, scoreOf } from './forest';
import { type Cell, type ForestState, readForestState } from './forest-state';

export class ForestPredictor implements Predictor, Forecaster {
  private readonly names: readonly string[];
  private readonly rootShare: number;
  /** What each column adds to a prediction; of the one that is being made. */
  private readonly added: Float64Array;

  constructor(private readonly state: ForestState) {
    this.names = columnNames(state.features);
    this.rootShare = rootShareOf(state.forest);
    this.added = new Float64Array(this.names.length);
  }

  /** @throws AppError invalid, `MODEL.BAD_STATE` */
  static restore(state: unknown): ForestPredictor {
    return new ForestPredictor(readForestState(state));
  }

  predict(question: Question): Prediction {
    const { state } = this;
    const row = rowOf(question, state.features.length);
    const added = this.added.fill(0);
    const share = scoreOf(state.forest, row, added);
    const { probability, expectedR, lowerBound } = this.outlookOf(question, share);
    const contributions = this.contributions(row, added, share, probability);
    return { probability, expectedR, lowerBound, contributions };
  }

  outlook(question: Question): Outlook {
    const { state } = this;
    return this.outlookOf(question, scoreOf(state.forest, rowOf(question, state.features.length)));
  }

  private outlookOf(question: Question, share: number): Outlook {
    const { state } = this;
    const probability = calibrated(state.calibrator, share);
    const payoff = state.payoffs.get(question.setup)!;
    const { rewardR, costR } = question;
    const stakes = { winShare: payoff.win(), loss: payoff.loss(), rewardR, costR };
    const { expectedR, lowerBound } = expectationOf(probability, Z95 * this.deviation(probability), stakes);
    return { probability, expectedR, lowerBound };
  }

  /** Standard error of the probability: that of the share of wins among outcomes which were told a similar one. */
  private deviation(probability: number): number {
    const { cells, designEffect } = this.state;
    const { count, wins }: Cell = cells.find(({ upTo }) => probability <= upTo) ?? cells.at(-1)!;
    const share = (wins + 0.5) / (count + 1);
    return Math.sqrt((designEffect * share * (1 - share)) / count);
  }

  /** What columns added to the share, as what they added to the log-odds. */
  private contributions(
    row: Float64Array,
    added: Float64Array,
    share: number,
    probability: number,
  ): readonly Contribution[] {
    const moved = share - this.rootShare;
    const base = calibrated(this.state.calibrator, this.rootShare);
    const scale = Math.abs(moved) < 1e-9 ? 0 : (logitOf(probability) - logitOf(base)) / moved;
    for (let column = 0; column < added.length; column++) added[column]! *= scale;
    return largestContributions(this.names, added, (column) => row[column]!);
  }
}
