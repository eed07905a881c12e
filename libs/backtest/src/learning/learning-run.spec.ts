import { HOUR_MS, MINUTE_MS } from '@slt/domain';
import { type Sample, VERDICTS } from '@slt/intelligence';
import { DEFAULT_RISK_LIMITS } from '@slt/trading';
import type { BacktestOptions } from '../backtest';
import { backtestHtml } from '../report/backtest-html';
import { backtestJson } from '../report/backtest-json';
import { type Recorded, run, sourceOf, walk } from '../testing/spec-market';
import { collectSamples } from './collect-samples';
import type { LearnOptions } from './learning-run';

const MARKET: Recorded = {
  BTCUSDT: walk(11, 2_500),
  ETHUSDT: walk(12, 2_500, 200),
};
const LEARN: LearnOptions = {
  seed: 5,
  trainEveryMs: 6 * HOUR_MS,
  trainAfter: 60,
  training: { minSamples: 60, trees: 3, folds: 2, compare: { minSamples: 10, minBlocks: 2, draws: 50 } },
  advisor: { minOutcomes: 40 },
};

const learning = (learn: Partial<LearnOptions> = {}, options: Partial<BacktestOptions> = {}) =>
  run(MARKET, { ...options, learn: { ...LEARN, ...learn } });

describe('a backtest that learns', () => {
  it('is the same each time, and trains at the same moments', async () => {
    const [one, other] = [await learning(), await learning()];
    expect(other.decisionsHash).toBe(one.decisionsHash);
    expect(other.learning).toEqual(one.learning);
    expect(one.learning!.trainings.length).toBeGreaterThan(0);
    const outcomes = new Set<string>(['promoted', ...VERDICTS]);
    expect(one.learning!.trainings.every(({ outcome }) => outcomes.has(outcome))).toBe(true);
  });

  it('passes over a training that could promote nothing', async () => {
    const compare = { minSamples: 10, minBlocks: 10_000, draws: 50 };
    const { learning: figures, decisionsHash } = await learning({ training: { ...LEARN.training, compare } });
    const { trainings } = figures!;
    expect(trainings.length).toBeGreaterThan(0);
    expect(trainings.every(({ outcome }) => outcome === 'too-few-samples')).toBe(true);
    expect(decisionsHash).toBe((await learning({ trainEveryMs: 0 })).decisionsHash);
  });

  it('labels signals whether they were traded or not, each once', async () => {
    const samples: Sample[] = [];
    const {
      signals,
      decisions,
      learning: figures,
    } = await learning({
      onSamples: (told) => void samples.push(...told),
    });
    const ids = new Set(samples.map(({ id }) => id));
    expect(ids.size).toBe(samples.length);
    const { outcomes, pending } = figures!.status;
    expect(outcomes).toBe(samples.length);
    expect(outcomes + pending).toBeLessThanOrEqual(signals);
    expect(outcomes).toBeGreaterThan(0.8 * signals);
    const known = new Set(decisions.map(({ signal }) => signal.id));
    for (const sample of samples) {
      expect(known.has(sample.id)).toBe(true);
      expect(sample.closedAt).toBeGreaterThan(sample.at);
    }
  });

  it('holds each learned probability against what came, and none of the heuristic', async () => {
    const samples: Sample[] = [];
    const { learning: figures, decisions } = await learning({
      trainEveryMs: 0,
      onSamples: (told) => void samples.push(...told),
    });
    const labelled = new Set(samples.map(({ id }) => id));
    const learned = decisions.filter(
      ({ signal }) => labelled.has(signal.id) && signal.assessment!.model !== 'heuristic',
    );
    const counted = figures!.calibration.bins.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(learned.length);
    const won = new Map(samples.map(({ id, r }) => [id, r > 0 ? 1 : 0]));
    const brier =
      learned.reduce(
        (sum, { signal }) => sum + (signal.assessment!.probability - won.get(signal.id)!) ** 2,
        0,
      ) / learned.length;
    expect(figures!.calibration.brier).toBeCloseTo(brier, 12);
    expect(backtestJson(await learning({ trainEveryMs: 0 })).metrics.brier).toBeCloseTo(brier, 12);
  });

  it('counts each signal on its day', async () => {
    const { learning: figures, signals, traded, retractions } = await learning();
    const sum = (of: 'signals' | 'traded' | 'labelled'): number =>
      figures!.days.reduce((total, day) => total + day[of], 0);
    expect(sum('signals')).toBe(signals);
    expect(sum('traded')).toBe(traded + retractions.length);
    expect(sum('labelled')).toBe(figures!.status.outcomes);
  });

  it('explores with a small share of the risk', async () => {
    const options: Partial<BacktestOptions> = { paper: { initialBalance: '1000000', spreadBps: 0 } };
    const { trades } = await learning({ advisor: { minOutcomes: 1_000_000 } }, options);
    expect(trades.length).toBeGreaterThan(0);
    // A twentieth of the highest tier's share of what there is, which fees and slippage make less still.
    const most = 0.05 * DEFAULT_RISK_LIMITS.tiers.at(-1)!.share * 1_000_000;
    for (const { quantity, entryPrice, stop } of trades)
      expect(Number(quantity) * Math.abs(Number(entryPrice) - stop)).toBeLessThan(1.2 * most);
  });

  it('tells in the report what it learned', async () => {
    const page = backtestHtml(await learning());
    for (const title of ['Learning', 'Edge of what was approved', 'Weights of features', 'Trainings'])
      expect(page).toContain(`<h2>${title}</h2>`);
    expect(backtestHtml(await run(MARKET))).not.toContain('<h2>Learning</h2>');
  });

  it('gives its labelled signals to who trains a model', async () => {
    const samples = await collectSamples({
      recordings: Object.keys(MARKET).map((symbol) => ({ symbol, files: [symbol], fundingFiles: [] })),
      interval: '1m',
      read: sourceOf(MARKET),
    });
    expect(samples.length).toBeGreaterThan(100);
    for (let i = 1; i < samples.length; i++) {
      // Within a minute a real outcome has its own time.
      expect(samples[i]!.closedAt).toBeGreaterThan(samples[i - 1]!.closedAt - MINUTE_MS);
    }
  });
});
