/** What HistoryService answers. */
import type { AppError, CandleColumns, DurationMs, Instrument, Interval, UtcMs } from '@slt/domain';

export type HistoryOrigin = 'cache' | 'topped-up' | 'fetched' | 'aggregated';

/** A whole series, an old one with the reason why it is old, or the reason why there is none. */
export type HistoryOutcome =
  | {
      readonly kind: 'whole';
      readonly origin: HistoryOrigin;
      readonly columns: CandleColumns;
      readonly requests: number;
      readonly weight: number;
      /** Candles inside the series that the exchange does not have. */
      readonly knownHoles: number;
    }
  | { readonly kind: 'stale'; readonly columns: CandleColumns; readonly reason: AppError }
  | { readonly kind: 'failed'; readonly reason: AppError };

export interface HistoryProgress {
  readonly runId: string;
  readonly symbol: string;
  readonly interval: Interval;
  readonly outcome: HistoryOrigin | 'stale' | 'failed';
  readonly done: number;
  readonly total: number;
  readonly reason?: string;
}

export interface EnsureOptions {
  /** Onboarding times: what lies before them is not missing. */
  readonly instruments?: ReadonlyMap<string, Instrument>;
  /** A cached series without holes that was written within this span is fresh. Default: CACHE_MAX_AGE_MINUTES. */
  readonly maxAgeMs?: DurationMs;
  /** Ends the waiting; what has no outcome yet fails with `HISTORY.ABORTED`. */
  readonly signal?: AbortSignal;
  readonly onOutcome?: (symbol: string, outcome: HistoryOutcome) => void;
}

export interface HistoryFileStatus {
  readonly symbol: string;
  readonly interval: Interval;
  readonly file: string;
  readonly rows: number;
  /** Open times of the oldest and the newest candle. */
  readonly from?: UtcMs;
  readonly to?: UtcMs;
  readonly writtenAt?: UtcMs;
  /** Candles missing between from and to, those the exchange does not have left out. */
  readonly missing: number;
  readonly knownHoles: number;
  /** Exchange time since the newest candle closed. */
  readonly behindMs?: DurationMs;
  /** Why the file cannot be used. */
  readonly problem?: string;
}
