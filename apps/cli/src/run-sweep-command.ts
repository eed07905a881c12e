/** `slt backtest --sweep`: many backtests as jobs, one table and one JSON of what came of them. */
import { gridOf, Sweep, type SweepBase, SWEEPABLE, type SweepPoint, type SweptPoint } from '@slt/backtest';
import { isAppError } from '@slt/domain';
import { plural } from '@slt/integrity';
import type { CommandContext } from './context';
import { EXIT, type ExitCode, UsageError } from './exit';
import { startProgress } from './progress';
import type { ResultFiles } from './result-files';
import { openSweep } from './sweep-session';
import type { AppConfig } from '@slt/config';

export interface SweepCommand {
  readonly texts: readonly string[];
  readonly base: SweepBase;
  readonly config: AppConfig;
  readonly files: ResultFiles;
}

/** @returns `findings` where a combination failed, or not all of them ended. @throws UsageError */
export async function runSweepCommand(command: SweepCommand, context: CommandContext): Promise<ExitCode> {
  const points = pointsOf(command.texts);
  const swept = await sweepThem(points, command, context);
  await command.files.writeJson(() => ({ combinations: points.length, sweep: swept }));
  await command.files.tell([...tableOf(swept), ...summaryOf(swept, points.length)]);
  if (context.signal.aborted) return EXIT.interrupted;
  return swept.length < points.length || swept.some(({ error }) => error !== undefined)
    ? EXIT.findings
    : EXIT.whole;
}

function pointsOf(texts: readonly string[]): readonly SweepPoint[] {
  try {
    return gridOf(texts, SWEEPABLE);
  } catch (error) {
    if (isAppError(error, 'SWEEP.GRID')) throw new UsageError([`--sweep: ${error.message}`]);
    throw error;
  }
}

async function sweepThem(
  points: readonly SweepPoint[],
  { base, config }: SweepCommand,
  { terminal, signal }: CommandContext,
): Promise<readonly SweptPoint[]> {
  const session = await openSweep(config);
  const progress = startProgress(terminal, 'combinations');
  const startedAt = performance.now();
  const onProgress = (done: number, total: number): void => {
    const leftMs = ((performance.now() - startedAt) * (total - done)) / done;
    progress.update(done, total, done === 0 ? '' : `about ${Math.ceil(leftMs / 1_000)} s to go`);
  };
  const sweep = Sweep.on(session.backend, session.queueName, { base, points, signal, onProgress });
  try {
    return await sweep.run();
  } finally {
    progress.stop();
    await session.stopWorking();
    await sweep.close();
    await session.close();
  }
}

const FIGURES = ['netPnl', 'expectancyR', 'winRate', 'profitFactor', 'maxDrawdown', 'sharpe'] as const;

function tableOf(swept: readonly SweptPoint[]): string[] {
  const keys = Object.keys(swept[0]?.point ?? {});
  const rows = swept.map(({ point, result, error }) => [
    ...keys.map((key) => String(point[key])),
    ...(result === undefined
      ? [`failed: ${error}`]
      : [
          String(result.signals),
          String(result.trades),
          ...FIGURES.map((figure) => result.metrics[figure]?.toFixed(3) ?? '–'),
        ]),
  ]);
  const all = [[...keys, 'signals', 'trades', ...FIGURES], ...rows];
  // What failed says why, as long as it is.
  const widthOf = (column: number): number =>
    Math.max(
      ...all.map((row) => (row[column]?.startsWith('failed') === true ? 0 : (row[column]?.length ?? 0))),
    );
  return all.map((row) => row.map((cell, column) => cell.padStart(widthOf(column))).join('  '));
}

function summaryOf(swept: readonly SweptPoint[], asked: number): string[] {
  const failed = swept.filter(({ error }) => error !== undefined).length;
  const best = swept.reduce<SweptPoint | undefined>(
    (found, each) =>
      (each.result?.metrics.netPnl ?? -Infinity) > (found?.result?.metrics.netPnl ?? -Infinity)
        ? each
        : found,
    undefined,
  );
  const missing = asked - swept.length;
  return [
    `${plural(swept.length, 'combination')}${failed > 0 ? `, ${failed} failed` : ''}${missing > 0 ? `, ${missing} not begun or broken off` : ''}`,
    ...(best === undefined
      ? []
      : [
          `most earned with ${Object.entries(best.point)
            .map(([key, value]) => `${key}=${value}`)
            .join(' ')}`,
        ]),
  ];
}
