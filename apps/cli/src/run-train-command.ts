/** `slt train`: labelled signals of recorded candles in, a model and what it is worth out, also if that is nothing. */
import { collectSamples, type Recording } from '@slt/backtest';
import { isoMinute, plural } from '@slt/integrity';
import {
  type Advantage,
  type Edge,
  isWin,
  type ModelMetrics,
  runTraining,
  type Sample,
  type TrainingResult,
} from '@slt/intelligence';
import { SETUPS } from '@slt/trading';
import { type BacktestRequest, parseBacktestFlags } from './backtest-flags';
import type { CommandContext } from './context';
import { EXIT, type ExitCode, UsageError } from './exit';
import { startProgress } from './progress';
import { recordingsIn } from './recordings';
import { ResultFiles } from './result-files';
import type { TrainFlags } from './train-flags';

/** @throws UsageError; AppError for files that are not as they should be, and where no model can be made of them */
export async function runTrainCommand(flags: TrainFlags, context: CommandContext): Promise<ExitCode> {
  const { out, ...shared } = flags;
  const request = parseBacktestFlags(shared);
  if (out !== undefined && out === flags.json) throw new UsageError(['--out and --json name one file']);
  const config = context.configFor(flags.data);
  const recordings = await recordingsIn(config.DATA_DIR, request);
  const files = await ResultFiles.open({ file: out, flag: '--out', json: flags.json }, context.terminal);
  try {
    const samples = await collect(request, recordings, context);
    const result = trainOn(samples, request.seed);
    await files.writeFile(() => `${JSON.stringify(result.challenger)}\n`);
    await files.writeJson(() => figuresOf(samples, result));
    await files.tell(tableOf(samples, result));
    return EXIT.whole;
  } finally {
    await files.close();
  }
}

async function collect(
  { interval, from, to, warmUp }: BacktestRequest,
  recordings: readonly Recording[],
  { terminal, signal }: CommandContext,
): Promise<Sample[]> {
  const progress = startProgress(terminal, 'candles');
  let told = 0;
  try {
    const onProgress = (candles: number, openTime: number): void => {
      told = candles;
      progress.update(candles, candles, openTime > 0 ? isoMinute(openTime) : 'warming up');
    };
    return await collectSamples({ recordings, interval, from, to, warmUp, signal, onProgress });
  } finally {
    progress.update(told, told, '');
    progress.stop();
  }
}

/** Dated by the last outcome, not by today: the same candles and seed give the same model. */
function trainOn(samples: readonly Sample[], seed: number): TrainingResult {
  const now = samples.reduce((last, { closedAt }) => Math.max(last, closedAt), 0);
  return runTraining(samples, { seed, now, champion: undefined, options: undefined });
}

const isProved = (edge: Edge | null): boolean => edge !== null && edge.low !== null && edge.low > 0;

function figuresOf(samples: readonly Sample[], { challenger, champion, comparison, edge }: TrainingResult) {
  const { state: _, ...model } = challenger;
  return {
    samples: samples.length,
    setups: SETUPS.map((setup) => ({ setup, ...totalsOf(samples.filter((each) => each.setup === setup)) })),
    model: { ...model, edge },
    champion: { id: 'online', ...champion },
    comparison,
    hasEdge: isProved(edge) || isProved(champion.edge),
  };
}

function totalsOf(samples: readonly Sample[]): {
  samples: number;
  winRate: number | null;
  meanR: number | null;
} {
  const count = samples.length;
  const mean = (of: (sample: Sample) => number): number | null =>
    count === 0 ? null : samples.reduce((sum, sample) => sum + of(sample), 0) / count;
  return { samples: count, winRate: mean((sample) => Number(isWin(sample))), meanR: mean(({ r }) => r) };
}

function tableOf(samples: readonly Sample[], result: TrainingResult): string[] {
  const { challenger, champion, comparison } = result;
  const { from, to } = challenger.trainedOn;
  return [
    `${plural(samples.length, 'labelled signal')}, ${isoMinute(from)} to ${isoMinute(to)}; R after fees, slippage and funding`,
    '',
    row('set-up', 'signals', 'win rate', 'mean R'),
    ...SETUPS.map((setup) => {
      const { samples: count, winRate, meanR } = totalsOf(samples.filter((each) => each.setup === setup));
      return row(setup, String(count), told(winRate), told(meanR));
    }),
    '',
    `walk-forward, on signals not seen before`,
    row('model', 'signals', 'log loss', 'Brier', 'ECE', 'traded', 'R a trade', '95 %'),
    modelRow('online learner', champion.metrics, champion.edge),
    modelRow('forest', challenger.metrics, result.edge),
    '',
    `the forest's advantage a signal: log loss ${interval(comparison.logLoss)}, earned R ${interval(comparison.earnedR)}`,
    verdictOf(result),
    `model ${challenger.id}`,
  ];
}

const WIDTHS = [20, 9, 9, 9, 9, 9, 10, 18];
const row = (...cells: readonly string[]): string =>
  cells
    .map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[0]!) : cell.padStart(WIDTHS[i]!)))
    .join('')
    .trimEnd();

function modelRow(name: string, { samples, logLoss, brier, ece, traded }: ModelMetrics, edge: Edge | null) {
  const span = edge === null || edge.low === null ? '–' : `${told(edge.low)} … ${told(edge.high)}`;
  const figures = [logLoss, brier, ece].map((figure) => told(figure));
  return row(name, String(samples), ...figures, String(traded), told(edge?.meanR ?? null), span);
}

const interval = (advantage: Advantage | null): string =>
  advantage === null
    ? '–'
    : `${told(advantage.mean, 4)} (${told(advantage.low, 4)} … ${told(advantage.high, 4)})`;

function verdictOf({ comparison, edge, champion }: TrainingResult): string {
  const better =
    comparison.verdict === 'better'
      ? 'the forest is better than the online learner'
      : comparison.verdict === 'not-better'
        ? 'the forest is not better than the online learner beyond doubt'
        : 'too few signals to tell which is better';
  const proved = [
    ...(isProved(champion.edge) ? ['the online learner'] : []),
    ...(isProved(edge) ? ['the forest'] : []),
  ];
  return `${better}; ${proved.length === 0 ? 'no edge after costs' : `an edge after costs is shown by ${proved.join(' and ')}`}`;
}

const told = (value: number | null, digits = 3): string => (value === null ? '–' : value.toFixed(digits));
