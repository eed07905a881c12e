/** Nothing in the whole pipeline knows what comes: candles that are cut off change no earlier decision. */
import fc from 'fast-check';
import { DAY_MS, MINUTE_MS } from '@slt/domain';
import { DEFAULT_RISK_LIMITS, type Scorer, scoreByParts } from '@slt/trading';
import type { BacktestOptions } from './backtest';
import { lookAhead } from './testing/look-ahead';
import { type Recorded, T0, walk } from './testing/spec-market';

const LENGTH = 2_000;
const FREE: Partial<BacktestOptions> = {
  limits: { ...DEFAULT_RISK_LIMITS, drawdown: 1, dailyLoss: 1, losingStreak: 1_000 },
  breaker: { isEnabled: false },
};
/** Learns early, and trains a model or two on the way. */
const LEARNING: Partial<BacktestOptions> = {
  ...FREE,
  learn: {
    seed: 3,
    trainEveryMs: DAY_MS / 6,
    trainAfter: 60,
    training: { minSamples: 60, trees: 3, folds: 2, compare: { minSamples: 10, minBlocks: 2, draws: 50 } },
    advisor: { minOutcomes: 40 },
  },
};

const marketOf = (seed: number): Recorded => ({
  BTCUSDT: walk(7 * seed, LENGTH, 100),
  DOGEUSDT: walk(7 * seed + 1, LENGTH, 250),
});

const seeds = fc.integer({ min: 1, max: 1_000 });
const cuts = fc.integer({ min: 300, max: LENGTH - 1 });

async function nothingLeaks(options: Partial<BacktestOptions>, numRuns: number): Promise<{ trades: number }> {
  const seen = { trades: 0 };
  await fc.assert(
    fc.asyncProperty(seeds, cuts, async (seed, cut) => {
      const { differences, trades } = await lookAhead(marketOf(seed), cut, () => options);
      expect(differences).toEqual([]);
      seen.trades += trades;
    }),
    { numRuns },
  );
  return seen;
}

describe('the look-ahead checker', () => {
  it('finds nothing where nobody learns', async () => {
    const { trades } = await nothingLeaks(FREE, 4);
    expect(trades).toBeGreaterThan(10);
  });

  it('finds nothing where it learns, judges by what it learned, and trains', async () => {
    const { trades } = await nothingLeaks(LEARNING, 3);
    expect(trades).toBeGreaterThan(0);
  });

  it('catches a scorer that looks twenty candles ahead', async () => {
    const { differences, decisions } = await lookAhead(marketOf(5), 1_200, (recorded) => ({
      ...FREE,
      scorer: seesWhatComes(recorded),
    }));
    expect(decisions).toBeGreaterThan(0);
    expect(differences.length).toBeGreaterThan(0);
  });

  it('catches a scorer that scales by the mean of all candles', async () => {
    const { differences } = await lookAhead(marketOf(6), 1_200, (recorded) => ({
      ...FREE,
      scorer: knowsTheMean(recorded),
    }));
    expect(differences.length).toBeGreaterThan(0);
  });
});

/** Sure of signals that go their way for twenty candles; of what is not recorded it knows nothing. */
function seesWhatComes(recorded: Recorded): Scorer {
  return (input) => {
    const candles = recorded[input.symbol]!;
    const ahead = candles[Math.round((input.at - T0) / MINUTE_MS) + 20]?.close ?? input.entry;
    const isRight = input.direction === 'long' ? ahead > input.entry : ahead < input.entry;
    return { confidence: isRight ? 0.9 : 0, parts: { future: 0.9 } };
  };
}

/** The mistake of scaling by the whole data set. */
function knowsTheMean(recorded: Recorded): Scorer {
  return (input) => {
    const candles = recorded[input.symbol]!;
    const mean = candles.reduce((sum, { close }) => sum + close, 0) / candles.length;
    const score = scoreByParts(input);
    return { ...score, confidence: Math.min(1, (score.confidence * input.entry) / mean) };
  };
}
