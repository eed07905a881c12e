/** What the history jobs can be tuned by. Nobody needs to; tests do. All spans are wall time. */
import type { DurationMs } from '@slt/domain';

export interface HistorySettings {
  /** Tries of a job before it fails; a pause for the weight limit is no try. */
  readonly attempts: number;
  /** Before the second try; doubles each time, with jitter. */
  readonly backoffMs: DurationMs;
  /** A job whose worker has not renewed its lock for this long is taken over … */
  readonly lockMs: DurationMs;
  /** … by the second look after that. */
  readonly stalledCheckMs: DurationMs;
  /** How often a run looks for jobs that another process has finished. */
  readonly sweepMs: DurationMs;
  /** A run without any progress for this long gives up what is left; a pause for the weight limit does not count … */
  readonly patienceMs: DurationMs;
  /** … unless it lasts longer than this. */
  readonly pausePatienceMs: DurationMs;
  /** How often rows that an answer lacks are asked for again. */
  readonly reasks: number;
  readonly reaskDelayMs: DurationMs;
  /** How long a live request for a range may wait for the weight budget and retries. */
  readonly rangePatienceMs: DurationMs;
  /** Candles that may wait in memory for the disk. */
  readonly writeBehindRows: number;
  /** How long a series may wait for the disk while requests are under way. */
  readonly writeBehindMs: DurationMs;
  /** What running jobs may take to end by themselves at a shutdown. */
  readonly closeGraceMs: DurationMs;
}

export const HISTORY_SETTINGS = Symbol('HISTORY_SETTINGS');

export const DEFAULT_SETTINGS: HistorySettings = {
  attempts: 6,
  backoffMs: 500,
  lockMs: 5_000,
  stalledCheckMs: 2_500,
  sweepMs: 250,
  patienceMs: 30_000,
  pausePatienceMs: 30 * 60_000,
  reasks: 2,
  reaskDelayMs: 300,
  rangePatienceMs: 120_000,
  writeBehindRows: 300_000,
  writeBehindMs: 5_000,
  closeGraceMs: 1_000,
};
