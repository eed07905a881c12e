import type { Sample } from '@slt/intelligence';
import type { Setup, Trade } from '@slt/trading';
import { calibrationOf, flipFigures, nullFigures, plantedFigures, saidOf } from './figures';
import { BALANCE, type Judged, type Trial } from './trial';

const GAP: Setup = 'gap-continuation';
const BLOCK: Setup = 'block-retest';

/** The n-th signal, known at the time n. */
const judged = (n: number, given: Partial<Judged> = {}): Judged => ({
  id: String(n),
  setup: GAP,
  at: n,
  isTraded: false,
  isLearned: true,
  probability: 0.5,
  outcome: undefined,
  ...given,
});
const trade = (n: number, netPnl: number): Trade =>
  ({ positionId: String(n), netPnl: String(netPnl) }) as unknown as Trade;
const trial = (given: Partial<Trial>): Trial => ({
  judged: [],
  trades: [],
  growth: 0,
  decisionsHash: '',
  trainings: [],
  weights: [],
  ...given,
});
const won = (r: number): Sample => ({ r }) as unknown as Sample;

describe('the figures of the learning proof', () => {
  it('count in a null market only what was traded by what was learned', () => {
    const signals = [
      judged(0, { isLearned: false, isTraded: true }),
      judged(1, { isTraded: true }),
      judged(2),
      judged(3),
    ];
    expect(nullFigures(trial({ judged: signals, growth: -0.01 }))).toEqual({
      signals: 4,
      learned: 3,
      learnedTraded: 1,
      growth: -0.01,
    });
  });

  it('compare what trades added to the account as it was', () => {
    const signals = [
      judged(0, { isLearned: false }),
      judged(1, { isTraded: true }),
      judged(2, { setup: BLOCK, isTraded: true }),
      judged(3),
    ];
    const learner = trial({ judged: signals, trades: [trade(1, 0.1 * BALANCE), trade(2, -0.11 * BALANCE)] });
    const oracle = trial({ trades: [trade(0, 0.25 * BALANCE), trade(3, 0.25 * BALANCE)] });
    const figures = plantedFigures(learner, oracle, { setup: GAP, foundAfter: 2 });
    expect(figures).toMatchObject({ planted: 3, firstTrade: 1, others: 1, othersTraded: 1 });
    expect(figures.profitWhileLearning.learner).toBeCloseTo(0.1, 12);
    expect(figures.profitWhileLearning.oracle).toBeCloseTo(0.25, 12);
    expect(figures.profit.learner).toBeCloseTo(-0.1, 12); // −0.11 of 1.1
    expect(figures.profit.oracle).toBeCloseTo(0.2, 12); // 0.25 of 1.25
  });

  it('say how many signals after the turn the last one was traded', () => {
    const traded = [0, 2, 5, 304];
    const signals = Array.from({ length: 400 }, (_, n) => judged(n, { isTraded: traded.includes(n) }));
    expect(flipFigures(trial({ judged: signals }), 2)).toEqual({
      signalsBefore: 2,
      tradedBefore: 1,
      signalsAfter: 398,
      tradedAfter: 3,
      stoppedAfter: 303,
      tradedLate: 1,
      tradedJustBefore: 1,
    });
    expect(flipFigures(trial({ judged: signals }), 350)).toMatchObject({ stoppedAfter: 0, tradedLate: 0 });
  });

  it('hold against outcomes what a model said, and nothing else', () => {
    const said = saidOf(
      trial({
        judged: [
          judged(0, { probability: 0.8, outcome: won(1.9) }),
          judged(1, { probability: 0.8, outcome: won(-1.1) }),
          judged(2, { probability: 0.1 }),
          judged(3, { isLearned: false, outcome: won(1) }),
        ],
      }),
    );
    expect(said).toEqual([
      { probability: 0.8, won: true },
      { probability: 0.8, won: false },
    ]);
    expect(calibrationOf(said).ece).toBeCloseTo(0.3, 12); // |0.8 − 1/2|
  });
});
