/** What the cluster says of itself: its status, its events, its counters. */
import type { Candle, Interval, UtcMs } from '@slt/domain';
import type { HistoryOrigin } from '@slt/history';
import type { SmcEvent } from '@slt/smc';
import type { ClusterPhase } from './core/phase';
import type { WarmUpStatus } from './core/warm-up-status';
import type { StreamFeed } from './neighbours';

export type StreamsStatus = ReturnType<StreamFeed['status']>;

export interface PhaseSpan {
  readonly phase: ClusterPhase;
  readonly startedAt: UtcMs;
  /** Wall-clock milliseconds; so far, for the phase that lasts. */
  readonly durationMs: number;
}

export interface SymbolFailure {
  readonly symbol: string;
  readonly code: string;
  readonly message: string;
}

export interface ClusterStatus {
  readonly phase: ClusterPhase;
  readonly since: UtcMs;
  readonly symbols: number;
  readonly warmUp: WarmUpStatus;
  /** The phases of the latest run, in order; the last one lasts. */
  readonly phases: readonly PhaseSpan[];
  readonly streams: StreamsStatus;
  /** How late closing frames usually are after their candle's close, exchange time. */
  readonly lagMs?: number;
  readonly gapsRepaired: number;
  /** Closed candles delivered since the process began. */
  readonly candles: number;
  /** Whether it was ready at least once since the process began. */
  readonly everReady: boolean;
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reason?: string;
  readonly failures: readonly SymbolFailure[];
}

export interface SeriesState {
  readonly interval: Interval;
  readonly candles: number;
  readonly firstOpenTime?: UtcMs;
  readonly lastOpenTime?: UtcMs;
  /** Runs of candles that the exchange did not have when asked. */
  readonly knownHoles: number;
  readonly state: 'loading' | 'live' | 'repairing';
}

export interface SymbolState {
  readonly symbol: string;
  readonly state: 'loading' | 'live' | 'repairing' | 'failed';
  /** Whole and up to date in every interval. */
  readonly ready: boolean;
  readonly intervals: readonly SeriesState[];
  readonly gapsRepaired: number;
  readonly duplicatesDropped: number;
  readonly disagreements: number;
  /** Where its history came from, once there was any. */
  readonly origin?: HistoryOrigin;
  /** What became of its history, while there is no whole one. */
  readonly failure?: SymbolFailure;
}

/** `at` is exchange time. */
export type ClusterEvent =
  | { readonly type: 'phase'; readonly at: UtcMs; readonly phase: ClusterPhase; readonly reason?: string }
  | { readonly type: 'warm-up'; readonly at: UtcMs; readonly warmUp: WarmUpStatus; readonly ready: boolean }
  | {
      readonly type: 'candle';
      readonly at: UtcMs;
      readonly symbol: string;
      readonly interval: Interval;
      readonly candle: Candle;
    }
  | {
      /** What one closed candle proved; after its `candle`, and never from history. */
      readonly type: 'smc';
      readonly at: UtcMs;
      readonly symbol: string;
      readonly interval: Interval;
      readonly events: readonly SmcEvent[];
    }
  | {
      readonly type: 'gap';
      readonly at: UtcMs;
      readonly symbol: string;
      readonly interval: Interval;
      /** Open time of the first candle it is about. */
      readonly from: UtcMs;
      readonly count: number;
      /**
       * `repaired` filled by REST before anything went on; `accepted` the exchange has no such candle;
       * `appeared` it has one after all; `corrected` REST had the last word on a candle told in two ways.
       */
      readonly outcome: 'repaired' | 'accepted' | 'appeared' | 'corrected';
    }
  | {
      readonly type: 'universe';
      readonly at: UtcMs;
      readonly added: readonly string[];
      readonly removed: readonly string[];
    };

/** It may still change in all but its open: for eyes, never for decisions. */
export interface FormingCandle {
  readonly interval: Interval;
  readonly candle: Candle;
}

export interface FormingEvent {
  readonly type: 'forming';
  readonly at: UtcMs;
  readonly symbol: string;
  /** Shortest interval first; without those of which a closed candle lacks. */
  readonly candles: readonly FormingCandle[];
}

/** Totals since the process began. */
export interface ClusterCounters {
  candlesTotal: number;
  gapsRepaired: number;
  candlesRepaired: number;
  holesAccepted: number;
  holesFilledLater: number;
  duplicatesDropped: number;
  /** Frames that told a candle differently from what was accepted first. */
  disagreements: number;
  corrections: number;
  framesRejected: number;
  restFetches: number;
  restFailures: number;
  reloads: number;
  listenerErrors: number;
}
