/** The recordings that a command's flags ask for. */
import { findRecordings, type Recording } from '@slt/backtest';
import { isAppError } from '@slt/domain';
import type { BacktestRequest } from './backtest-flags';
import { UsageError } from './exit';

/** @throws UsageError where there is none, or a symbol has none; AppError */
export async function recordingsIn(
  folder: string,
  { interval, symbols }: BacktestRequest,
): Promise<readonly Recording[]> {
  try {
    return await findRecordings(folder, interval, symbols);
  } catch (error) {
    if (isAppError(error) && error.kind === 'not-found') throw new UsageError([error.message]);
    throw error;
  }
}
