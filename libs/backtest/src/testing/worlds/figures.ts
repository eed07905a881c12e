/** What trials show: the figures that docs/learning-proof.md sets bars for. Pure. */
import type { UtcMs } from '@slt/domain';
import { Calibration, type CalibrationFigures, isWin } from '@slt/intelligence';
import type { Setup } from '@slt/trading';
import { BALANCE, type Judged, type Trial } from './trial';

/** Signals after which a learner is to have found what there is. */
export const FOUND_AFTER = 2_000;
/** Signals after which it is to have seen that it is gone. */
export const STOPPED_AFTER = 300;

export interface NullFigures {
  readonly signals: number;
  /** Judged by what was learned. */
  readonly learned: number;
  readonly learnedTraded: number;
  readonly growth: number;
}

export function nullFigures({ judged, growth }: Trial): NullFigures {
  const learned = judged.filter(({ isLearned }) => isLearned);
  return {
    signals: judged.length,
    learned: learned.length,
    learnedTraded: countTraded(learned),
    growth,
  };
}

/** Sums of what each trade added to the account as it then was, so that what has grown by then does not count. */
export interface Profit {
  readonly learner: number;
  readonly oracle: number;
}

export interface PlantedFigures {
  readonly signals: number;
  /** Of the planted set-up. */
  readonly planted: number;
  /** After the learner is to have found the edge. */
  readonly profit: Profit;
  /** Before, from the first signal on, exploration included. */
  readonly profitWhileLearning: Profit;
  /** Signals before the first trade that was made by what was learned; null: there was none. */
  readonly firstTrade: number | null;
  /** Of other set-ups, judged by what was learned. */
  readonly others: number;
  readonly othersTraded: number;
  readonly growth: number;
  readonly oracleGrowth: number;
}

/** @param foundAfter signals */
export function plantedFigures(
  learner: Trial,
  oracle: Trial,
  { setup, foundAfter = FOUND_AFTER }: { readonly setup: Setup; readonly foundAfter?: number | undefined },
): PlantedFigures {
  const { judged } = learner;
  const places = new Map(judged.map(({ id }, index) => [id, index]));
  const profit = (from: number, to: number): Profit => ({
    learner: profitOf(learner, places, from, to),
    oracle: profitOf(oracle, places, from, to),
  });
  const firstTrade = judged.findIndex(({ isLearned, isTraded }) => isLearned && isTraded);
  const others = judged.filter((each) => each.isLearned && each.setup !== setup);
  return {
    signals: judged.length,
    planted: judged.filter((each) => each.setup === setup).length,
    profit: profit(foundAfter, Infinity),
    profitWhileLearning: profit(0, foundAfter),
    firstTrade: firstTrade < 0 ? null : firstTrade,
    others: others.length,
    othersTraded: countTraded(others),
    growth: learner.growth,
    oracleGrowth: oracle.growth,
  };
}

function profitOf({ trades }: Trial, places: ReadonlyMap<string, number>, from: number, to: number): number {
  let equity = BALANCE;
  let profit = 0;
  for (const { positionId, netPnl } of trades) {
    const place = places.get(positionId) ?? NaN;
    const pnl = Number(netPnl);
    if (place >= from && place < to) profit += pnl / equity;
    equity += pnl;
  }
  return profit;
}

export interface FlipFigures {
  readonly signalsBefore: number;
  readonly tradedBefore: number;
  readonly signalsAfter: number;
  readonly tradedAfter: number;
  /** Signals since the turn up to the last one that was traded; 0: none was. */
  readonly stoppedAfter: number;
  /** Traded later than STOPPED_AFTER signals after the turn. */
  readonly tradedLate: number;
  /** Traded among the last STOPPED_AFTER before the turn: it had found the edge. */
  readonly tradedJustBefore: number;
}

/** @param flipAt signals known from then on have the other edge */
export function flipFigures({ judged }: Trial, flipAt: UtcMs): FlipFigures {
  const before = judged.filter(({ at }) => at < flipAt);
  const after = judged.filter(({ at }) => at >= flipAt);
  return {
    signalsBefore: before.length,
    tradedBefore: countTraded(before),
    signalsAfter: after.length,
    tradedAfter: countTraded(after),
    stoppedAfter: after.findLastIndex(({ isTraded }) => isTraded) + 1,
    tradedLate: countTraded(after.slice(STOPPED_AFTER)),
    tradedJustBefore: countTraded(before.slice(-STOPPED_AFTER)),
  };
}

/** What models said before the outcome was known, held against it. */
export interface Said {
  readonly probability: number;
  readonly won: boolean;
}

export function saidOf({ judged }: Trial): Said[] {
  return judged.flatMap(({ isLearned, probability, outcome }) =>
    isLearned && outcome !== undefined ? [{ probability, won: isWin(outcome) }] : [],
  );
}

export function calibrationOf(said: readonly Said[]): CalibrationFigures {
  const calibration = new Calibration();
  for (const { probability, won } of said) calibration.add(probability, won);
  return calibration.report();
}

const countTraded = (judged: readonly Judged[]): number => judged.filter(({ isTraded }) => isTraded).length;
