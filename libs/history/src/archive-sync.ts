/**
 * Long history (`slt history sync`): whole months and days from the public archive, the rest by REST. What the store
 * has is not fetched again, so a sync that was killed goes on where it was.
 */
import {
  AppError,
  type Clock,
  type Interval,
  intervalMs,
  lastClosedOpenTime,
  openTimeOf,
  toAppError,
  type UtcMs,
} from '@slt/domain';
import { ArchiveProgress, type ArchiveProgressReport } from './archive-progress';
import { ArchiveSeries, type SeriesReport } from './archive-series';
import type { CandleStore } from './candle-store';
import { forEachLimited } from './for-each-limited';
import type { PageFetch } from './rest-pages';

export interface ArchiveSyncOptions {
  readonly store: Pick<CandleStore, 'read' | 'merge' | 'pathOf'>;
  /** Origin of the archive: ExchangeEndpoint.archiveUrl. */
  readonly archiveUrl: string;
  /** BinanceClient.klines */
  readonly fetchPage: PageFetch;
  readonly clock: Clock;
  /** Downloads at once. */
  readonly concurrency?: number;
  readonly fetch?: typeof fetch;
  /** Pause before the second attempt of a download or page, doubled each time. */
  readonly retryMs?: number;
}

export interface ArchiveRequest {
  readonly symbols: readonly string[];
  readonly interval: Interval;
  /** Open times wanted, both inclusive; what is not closed yet is left out. */
  readonly from: UtcMs;
  readonly to: UtcMs;
  /** Candles the file keeps from now on; default: all that it has after the sync. HISTORY_KEEP does not apply. */
  readonly keep?: number;
  readonly onProgress?: (progress: ArchiveProgressReport) => void;
  readonly signal?: AbortSignal;
}

export interface ArchiveReport {
  readonly interval: Interval;
  /** In the order of the request. */
  readonly symbols: readonly SymbolReport[];
}

export type SymbolReport =
  | ({ readonly kind: 'synced'; readonly symbol: string } & SeriesReport)
  | { readonly kind: 'failed'; readonly symbol: string; readonly reason: AppError };

const DEFAULT_CONCURRENCY = 6;
const SYMBOLS_AT_ONCE = 3;
const DEFAULT_RETRY_MS = 500;

export class ArchiveSync {
  constructor(private readonly options: ArchiveSyncOptions) {}

  /**
   * One symbol's failure does not stop the others.
   * @throws AppError invalid `ARCHIVE.RANGE`; the signal's reason when aborted, what was fetched being stored
   */
  async sync(request: ArchiveRequest): Promise<ArchiveReport> {
    const { interval, signal } = request;
    const window = this.windowOf(request);
    const symbols = [...new Set(request.symbols)];
    const progress = new ArchiveProgress(symbols.length, request.onProgress);
    const reports = new Map<string, SymbolReport>();
    const { concurrency = DEFAULT_CONCURRENCY } = this.options;
    const atOnce = Math.min(SYMBOLS_AT_ONCE, concurrency);
    await forEachLimited(symbols, atOnce, async (symbol) => {
      const series = new ArchiveSeries(
        { symbol, interval, window, keep: request.keep, signal },
        {
          ...this.options,
          fetch: this.options.fetch ?? fetch,
          retryMs: this.options.retryMs ?? DEFAULT_RETRY_MS,
          ahead: Math.max(1, Math.floor(concurrency / atOnce)),
          progress,
        },
      );
      reports.set(symbol, await settle(symbol, series));
      signal?.throwIfAborted();
    });
    return { interval, symbols: symbols.map((symbol) => reports.get(symbol)!) };
  }

  private windowOf({ interval, from, to }: ArchiveRequest): { from: UtcMs; to: UtcMs } {
    const window = {
      from: Math.ceil(from / intervalMs(interval)) * intervalMs(interval),
      to: Math.min(openTimeOf(to, interval), lastClosedOpenTime(this.options.clock.now(), interval)),
    };
    if (Number.isFinite(window.from) && window.from <= window.to) return window;
    throw new AppError(
      'invalid',
      'ARCHIVE.RANGE',
      `there are no closed ${interval} candles from ${from} to ${to}`,
    );
  }
}

async function settle(symbol: string, series: ArchiveSeries): Promise<SymbolReport> {
  try {
    return { kind: 'synced', symbol, ...(await series.sync()) };
  } catch (error) {
    return { kind: 'failed', symbol, reason: toAppError(error, 'ARCHIVE.FAILED') };
  }
}
