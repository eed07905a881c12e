/** Candles by REST, page after page, waiting whenever the weight budget says so. */
import {
  AppError,
  type CandleColumns,
  EMPTY_COLUMNS,
  type Hole,
  type Interval,
  mergeColumns,
  type UtcMs,
} from '@slt/domain';
import { planPages } from './core/page-planner';

export interface PageRequest {
  readonly symbol: string;
  readonly interval: Interval;
  readonly startTime: UtcMs;
  readonly endTime: UtcMs;
  readonly limit: number;
}

/** Closed candles with open times from startTime to endTime, ascending: BinanceClient.klines. */
export type PageFetch = (request: PageRequest) => Promise<CandleColumns>;

export interface RestPagesOptions {
  readonly fetchPage: PageFetch;
  readonly signal: AbortSignal | undefined;
  readonly retryMs: number;
}

const MAX_FAILURES = 5;

/** The pages of least weight that hold the holes. @param onPage after each page */
export async function fetchHoles(
  series: { symbol: string; interval: Interval; holes: readonly Hole[] },
  options: RestPagesOptions,
  onPage: (weight: number) => void,
): Promise<CandleColumns> {
  const { symbol, interval, holes } = series;
  let columns = EMPTY_COLUMNS;
  for (const { startTime, endTime, limit, weight } of planPages(holes, interval)) {
    columns = mergeColumns(
      columns,
      await fetchPatiently({ symbol, interval, startTime, endTime, limit }, options),
    );
    onPage(weight);
  }
  return columns;
}

/** Waits out bans for their whole length, and gives up only on repeated failures of another kind. */
export async function fetchPatiently(
  request: PageRequest,
  options: RestPagesOptions,
): Promise<CandleColumns> {
  for (let failures = 0; ;) {
    options.signal?.throwIfAborted();
    try {
      return await options.fetchPage(request);
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'transient') throw error;
      const isBudget = error.code === 'EXCHANGE.RATE_LIMITED';
      if (!isBudget && ++failures >= MAX_FAILURES) throw error;
      await pause(error.retryAfterMs ?? options.retryMs * 2 ** failures, options.signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
