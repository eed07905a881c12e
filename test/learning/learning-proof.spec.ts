/** The learning proof on small markets; `npm run bench:learning` measures it on large ones: docs/learning-proof.md. */
import { MINUTE_MS } from '@slt/domain';
import type { RiskLimits, Setup } from '@slt/trading';
import {
  calibrationOf,
  flipFigures,
  judgeBy,
  learn,
  nullRun,
  nullWorld,
  oracle,
  plantedFigures,
  plantedWorld,
  saidOf,
  type Trial,
  WORLD_START,
} from '../../libs/backtest/src/testing/worlds';

/** Markets are made and lived through within one test, however busy the machine. */
jest.setTimeout(240_000);

const SETUP: Setup = 'gap-continuation';
const FLIP_MINUTE = 3_600;
const FLIP_AT = WORLD_START + FLIP_MINUTE * MINUTE_MS;
/** As in the bench: profit is to be a sum of outcomes. */
const LIMITS: Partial<RiskLimits> = { tiers: [{ confidence: 0.6, share: 0.0005 }] };

describe('where there is no edge', () => {
  it('nothing is traded, and next to nothing was lost by finding out', async () => {
    const { learned, learnedTraded, growth } = await nullRun({ seed: 1, minutes: 2_200 });
    expect(learned).toBeGreaterThan(200);
    expect(learnedTraded).toBeLessThanOrEqual(0.01 * learned);
    expect(growth).toBeGreaterThan(-0.01);
  });

  it('the same candles and seed are decided on the same', async () => {
    const world = nullWorld({ seed: 2, symbols: 10, minutes: 1_200, volatility: [0.002, 0.003] });
    const [one, other] = [await learn(world, 7), await learn(world, 7)];
    expect(one.judged.some(({ isLearned }) => isLearned)).toBe(true);
    expect(other.decisionsHash).toBe(one.decisionsHash);
    expect(other.judged).toEqual(one.judged);
  });
});

describe('where an edge was planted, and then turned', () => {
  let learner: Trial;
  let before: Trial;
  let knowing: Trial;

  beforeAll(async () => {
    const flip = { minute: FLIP_MINUTE, chance: 0.2 };
    const size = { seed: 1, symbols: 10, minutes: 5_600, volatility: [0.0018, 0.003] } as const;
    const world = plantedWorld({ ...size, setup: SETUP, chance: 0.6, flip });
    learner = await learn(world, 1, { limits: LIMITS });
    knowing = await judgeBy(world, oracle({ setup: SETUP, until: FLIP_AT }), { limits: LIMITS });
    before = { ...learner, judged: learner.judged.filter(({ at }) => at < FLIP_AT) };
  });

  it('it is found, and the other set-ups are left alone', () => {
    const found = plantedFigures(before, knowing, { setup: SETUP, foundAfter: 320 });
    expect(found.profit.oracle).toBeGreaterThan(0);
    expect(found.profit.learner).toBeGreaterThan(0.8 * found.profit.oracle);
    expect(found.others).toBeGreaterThan(20);
    expect(found.othersTraded).toBe(0);
  });

  it('it is given up soon, and not begun again', () => {
    const flip = flipFigures(learner, FLIP_AT);
    expect(flip.tradedJustBefore).toBeGreaterThan(50);
    expect(flip.signalsAfter).toBeGreaterThan(300);
    expect(flip.stoppedAfter).toBeLessThanOrEqual(300);
  });

  it('probabilities mean what they say', () => {
    const said = saidOf(before);
    expect(said.length).toBeGreaterThan(250);
    // Of so few outcomes chance alone makes about 0.05.
    expect(calibrationOf(said).ece).toBeLessThan(0.1);
  });
});
