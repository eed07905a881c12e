/** One combination of a sweep as a job: plain data in, figures out. */
import path from 'node:path';
import type { Interval, UtcMs } from '@slt/domain';
import {
  type BreakerSettings,
  DEFAULT_EXITS,
  DEFAULT_RISK_LIMITS,
  DEFAULT_SETUP_OPTIONS,
  PAPER_DEFAULTS,
  type PaperSettings,
  type RiskLimits,
} from '@slt/trading';
import { runBacktest } from '../backtest';
import { sectionOf, type SweepPoint, type Sweepable } from '../core/sweep-grid';
import { findRecordings } from '../market/recording-files';
import { backtestJson, type MetricName } from '../report/backtest-json';

/** What all combinations of a sweep have in common. */
export interface SweepBase {
  readonly symbols?: readonly string[] | undefined;
  readonly interval: Interval;
  readonly from?: UtcMs | undefined;
  readonly to?: UtcMs | undefined;
  readonly warmUp?: number | undefined;
  readonly fundingRate?: number | undefined;
  readonly limits: RiskLimits;
  readonly breaker: Partial<BreakerSettings>;
  readonly paper: Partial<PaperSettings>;
  readonly learn?: { readonly seed: number; readonly trainEveryMs: number } | undefined;
}

export interface SweepJob {
  readonly base: SweepBase;
  readonly point: SweepPoint;
}

export interface SweepResult {
  readonly candles: number;
  readonly seconds: number;
  readonly signals: number;
  readonly trades: number;
  readonly metrics: Readonly<Record<MetricName, number | null>>;
  readonly decisionsHash: string;
}

const numbersOf = (defaults: object): readonly string[] =>
  Object.entries(defaults).flatMap(([name, value]) => (typeof value === 'number' ? [name] : []));

export const SWEEPABLE: Sweepable = {
  limits: numbersOf(DEFAULT_RISK_LIMITS),
  setups: numbersOf(DEFAULT_SETUP_OPTIONS),
  exits: numbersOf(DEFAULT_EXITS),
  paper: numbersOf(PAPER_DEFAULTS),
  backtest: ['fundingRate', 'warmUp', 'fee', 'balance', 'seed'],
};

/**
 * @param folder that holds the recordings
 * @throws AppError of the files, and of settings that are none
 */
export async function runSweepJob(
  { base, point }: SweepJob,
  folder: string,
  signal?: AbortSignal,
): Promise<SweepResult> {
  const { symbols, learn, ...rest } = base;
  const { fee, balance, seed, ...own } = sectionOf(point, 'backtest');
  const recordings = await findRecordings(path.resolve(folder), base.interval, symbols);
  const result = await runBacktest({
    ...rest,
    ...own,
    recordings,
    limits: { ...base.limits, ...sectionOf(point, 'limits') },
    exits: { ...DEFAULT_EXITS, ...sectionOf(point, 'exits') },
    setups: sectionOf(point, 'setups'),
    paper: {
      ...base.paper,
      ...(fee === undefined ? {} : { takerFeeRate: String(fee) }),
      ...(balance === undefined ? {} : { initialBalance: String(balance) }),
      ...sectionOf(point, 'paper'),
    },
    learn: learn && { ...learn, seed: seed ?? learn.seed },
    charts: 0,
    signal,
  });
  const { candles, seconds, signals, trades, metrics, decisionsHash } = backtestJson(result);
  return { candles, seconds, signals, trades: trades.length, metrics, decisionsHash };
}
