/** The learning proof on small markets; `npm run bench:learning` measures it on large ones, with bars as told there. */
import {
  calibrationOf,
  flipRun,
  learn,
  nullRun,
  nullWorld,
  plantedRun,
} from '../../libs/backtest/src/testing/worlds';

describe('learning', () => {
  it('trades nothing where there is no edge, and has lost next to nothing by finding out', async () => {
    const { learned, learnedTraded, growth } = await nullRun({ seed: 1, minutes: 2_200 });
    expect(learned).toBeGreaterThan(200);
    expect(learnedTraded).toBeLessThanOrEqual(0.01 * learned);
    expect(growth).toBeGreaterThan(-0.01);
  });

  it('finds a planted edge, leaves the rest alone, and means the probabilities that it says', async () => {
    const run = await plantedRun({ seed: 1, minutes: 5_000, foundAfter: 400 });
    expect(run.signals).toBeGreaterThan(600);
    expect(run.profit.oracle).toBeGreaterThan(0);
    expect(run.profit.learner).toBeGreaterThan(0.8 * run.profit.oracle);
    expect(run.others).toBeGreaterThan(30);
    expect(run.othersTraded).toBeLessThanOrEqual(0.01 * run.others);
    // Some 500 outcomes in ten bins: chance alone makes it about 0.04.
    expect(calibrationOf(run.said).ece).toBeLessThan(0.08);
  });

  it('stops when the edge is gone, and does not begin again', async () => {
    const flip = await flipRun({ seed: 1, minutes: 6_000 });
    expect(flip.tradedJustBefore).toBeGreaterThan(50);
    expect(flip.signalsAfter).toBeGreaterThan(300);
    expect(flip.stoppedAfter).toBeLessThanOrEqual(300);
  });

  it('decides the same for the same candles and seed', async () => {
    const world = nullWorld({ seed: 2, symbols: 10, minutes: 1_300, volatility: [0.002, 0.003] });
    const [one, other] = [await learn(world, 7), await learn(world, 7)];
    expect(one.judged.some(({ isLearned }) => isLearned)).toBe(true);
    expect(other.decisionsHash).toBe(one.decisionsHash);
    expect(other.judged).toEqual(one.judged);
  });
});
