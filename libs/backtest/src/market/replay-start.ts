/** Where a trader begins that an emulator replays a recording to: the two are the same from there on. */
import { AppError, type Interval, intervalMs, type UtcMs } from '@slt/domain';
import { readCandleFile } from '@slt/integrity';
import type { Recording } from './recording-files';
import type { CandleSource } from './series-feed';

/** Candles of a recording that are history when its replay begins. */
export const REPLAY_WARM_UP = 1_000;

/**
 * Open time of the first candle that is told: a thousand after the first minute in which all symbols trade.
 * @param recordings all of the folder
 * @throws AppError of the files; not-found, `BACKTEST.NO_CANDLES`
 */
export async function replayStart(
  recordings: readonly Recording[],
  interval: Interval,
  read: CandleSource = readCandleFile,
): Promise<UtcMs> {
  const firsts = await Promise.all(recordings.map((recording) => firstOf(recording, read)));
  return Math.max(...firsts) + REPLAY_WARM_UP * intervalMs(interval);
}

async function firstOf({ symbol, files }: Recording, read: CandleSource): Promise<UtcMs> {
  for (const file of files) {
    for await (const { columns } of read(file, {})) if (columns.length > 0) return columns.openTime[0]!;
  }
  throw new AppError('not-found', 'BACKTEST.NO_CANDLES', `there is no candle of ${symbol}`);
}
