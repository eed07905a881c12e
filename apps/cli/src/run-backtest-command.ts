/** `slt backtest`: recorded candles in, what trading would have done out, as a page, as JSON, or in a few lines. */
import { stat } from 'node:fs/promises';
import {
  backtestHtml,
  backtestJson,
  type BacktestOptions,
  type BacktestResult,
  findRecordings,
  type LearningFigures,
  type Recording,
  replayStart,
  runBacktest,
  type SweepBase,
} from '@slt/backtest';
import type { AppConfig } from '@slt/config';
import { HOUR_MS, intervalMs } from '@slt/domain';
import { isoMinute, plural } from '@slt/integrity';
import { breakerSettingsOf, type PaperSettings, riskLimitsOf } from '@slt/trading';
import { type BacktestFlags, type BacktestRequest, parseBacktestFlags } from './backtest-flags';
import type { CommandContext } from './context';
import { EXIT, type ExitCode } from './exit';
import { startProgress } from './progress';
import { recordingsIn } from './recordings';
import { ResultFiles } from './result-files';

/** @throws UsageError; AppError for files that are not as they should be */
export async function runBacktestCommand(flags: BacktestFlags, context: CommandContext): Promise<ExitCode> {
  const asked = parseBacktestFlags(flags);
  const config = context.configFor(flags.data);
  const { request, recordings } = await askedFor(asked, config.DATA_DIR);
  const { report, json } = flags;
  const files = await ResultFiles.open({ file: report, flag: '--report', json }, context.terminal);
  try {
    if (request.sweep.length > 0) {
      const { runSweepCommand } = await import('./run-sweep-command.js');
      const base = baseOf(request, config);
      return await runSweepCommand({ texts: request.sweep, base, config, files }, context);
    }
    const options = {
      ...optionsOf(request, recordings),
      limits: riskLimitsOf(config),
      breaker: breakerSettingsOf(config),
      paper: paperOf(request, config.PAPER_BALANCE),
      charts: files.hasFile ? request.charts : 0,
      learn: learnOf(request, config),
    };
    const result = await runWithProgress(options, context);
    await files.writeFile(() => backtestHtml(result));
    await files.writeJson(() => backtestJson(result));
    await files.tell(summaryOf(result));
    return EXIT.whole;
  } finally {
    await files.close();
  }
}

/** Plain data, for workers that may run elsewhere. */
function baseOf(request: BacktestRequest, config: AppConfig): SweepBase {
  const { symbols, interval, from, to, warmUp, fundingRate } = request;
  return {
    ...{ symbols, interval, from, to, warmUp, fundingRate },
    limits: riskLimitsOf(config),
    breaker: breakerSettingsOf(config),
    paper: paperOf(request, config.PAPER_BALANCE),
    learn: learnOf(request, config),
  };
}

/** Trained as often as the trader does, by market time. */
function learnOf({ isLearning, seed }: BacktestRequest, config: AppConfig): SweepBase['learn'] {
  return isLearning ? { seed, trainEveryMs: config.LEARNING_TRAIN_HOURS * HOUR_MS } : undefined;
}

/** With the instant that the folder itself says. */
async function askedFor(
  request: BacktestRequest,
  folder: string,
): Promise<{ request: BacktestRequest; recordings: readonly Recording[] }> {
  const recordings = await recordingsIn(folder, request);
  if (!request.isReplayed) return { request, recordings };
  const { interval } = request;
  // An emulator replays all symbols of the folder.
  const all = await findRecordings(folder, interval);
  return { request: { ...request, from: await replayStart(all, interval) }, recordings };
}

function optionsOf(request: BacktestRequest, recordings: readonly Recording[]): BacktestOptions {
  const { interval, from, to, warmUp, fundingRate } = request;
  return { recordings, interval, from, to, warmUp, fundingRate };
}

function paperOf({ balance, feeRate, spreadBps }: BacktestRequest, usual: number): Partial<PaperSettings> {
  return {
    initialBalance: String(balance ?? usual),
    ...(feeRate === undefined ? {} : { takerFeeRate: String(feeRate) }),
    ...(spreadBps === undefined ? {} : { spreadBps }),
  };
}

async function runWithProgress(options: BacktestOptions, context: CommandContext): Promise<BacktestResult> {
  const total = await estimateCandles(options);
  const progress = startProgress(context.terminal, 'candles');
  const startedAt = performance.now();
  try {
    const onProgress = (candles: number, openTime: number): void => {
      const expected = Math.max(total, candles);
      const leftMs = ((performance.now() - startedAt) * (expected - candles)) / Math.max(1, candles);
      const note = `${openTime > 0 ? isoMinute(openTime) : 'warming up'}, about ${Math.ceil(leftMs / 1_000)} s to go`;
      progress.update(candles, expected, note);
    };
    const result = await runBacktest({ ...options, signal: context.signal, onProgress });
    progress.update(result.candles, result.candles, '');
    return result;
  } finally {
    progress.stop();
  }
}

/** Bytes of a candle, about, by what the file is. */
const BYTES_A_CANDLE: readonly (readonly [ending: string, bytes: number])[] = [
  ['.gz', 16],
  ['.zip', 28],
  ['.parquet', 30],
  ['', 60],
];

/** Where the span is known there are at most so many; else what files of this size usually hold. */
async function estimateCandles({ recordings, interval, from, to }: BacktestOptions): Promise<number> {
  if (from !== undefined && to !== undefined) {
    return Math.ceil((to - from) / intervalMs(interval)) * recordings.length;
  }
  let total = 0;
  for (const file of recordings.flatMap(({ files }) => files)) {
    const bytes = BYTES_A_CANDLE.find(([ending]) => file.endsWith(ending))![1];
    total += ((await stat(file).catch(() => undefined))?.size ?? 0) / bytes;
  }
  return Math.ceil(total);
}

function summaryOf(result: BacktestResult): string[] {
  const { candles, seconds, interval, first, last, signals, traded, performance, learning } = result;
  const calibration = learning?.calibration ?? result.calibration;
  const { trades, netPnl, expectancyR, winRate, profitFactor, maxDrawdown, maxDrawdownShare, sharpe } =
    performance;
  const span = first === undefined || last === undefined ? '' : `, ${isoMinute(first)} to ${isoMinute(last)}`;
  const speed = `${Math.round(candles / Math.max(1e-3, seconds))} a second`;
  const missing = result.symbols.reduce((sum, each) => sum + each.missing, 0);
  const holes = result.symbols.reduce((sum, each) => sum + each.count, 0);
  return [
    `${plural(candles, 'candle')} of ${interval}, ${plural(result.symbols.length, 'symbol')}${span}, ${speed}`,
    ...(missing === 0
      ? []
      : [
          `${plural(holes, 'hole')}, ${plural(missing, 'candle')} missing; what follows a hole was taken as the next candle`,
        ]),
    `${plural(signals, 'signal')}, ${traded} traded, ${plural(trades, 'trade')} closed`,
    `net ${netPnl.toFixed(2)} USDT, ${told(expectancyR, 3)} R a trade, win rate ${told(winRate, 3)}, profit factor ${told(profitFactor, 3)}`,
    `largest drawdown ${maxDrawdown.toFixed(2)} USDT (${(100 * maxDrawdownShare).toFixed(1)} %), Sharpe ${told(sharpe, 2)}`,
    `Brier ${told(calibration.brier, 3)}, calibration error ${told(calibration.ece, 3)}, log loss ${told(calibration.logLoss, 3)}`,
    ...(learning === undefined ? [] : [learnedOf(learning)]),
    `decisions ${result.decisionsHash}`,
  ];
}

function learnedOf({ status, trainings }: LearningFigures): string {
  const open = status.setups.filter(({ mayTrade }) => mayTrade).map(({ setup }) => setup);
  const edge = open.length === 0 ? 'no edge is proved' : `an edge is proved of ${open.join(', ')}`;
  return `learned from ${plural(status.outcomes, 'outcome')}, ${status.model} judges, ${plural(trainings.length, 'training')}; ${edge}`;
}

const told = (value: number | null, digits: number): string => (value === null ? '–' : value.toFixed(digits));
