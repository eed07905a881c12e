/** A few candles at once, without the queue: holes of a running stream. Who asks for the same range shares the answer. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  type CandleColumns,
  type Clock,
  EMPTY_COLUMNS,
  findHoles,
  type Interval,
  lastClosedOpenTime,
  mergeColumns,
  seriesKey,
  type UtcMs,
} from '@slt/domain';
import { type Page, planPages } from './core/page-planner';
import { verifyRows } from './core/verify-rows';
import { aborted } from './history-runs';
import { historyError, isWorthRetrying } from './history-job';
import type { HistorySettings } from './history.settings';
import type { KlineSource } from './series-fetcher';

export interface Range {
  readonly symbol: string;
  readonly interval: Interval;
  /** Open times, both inclusive. */
  readonly from: UtcMs;
  readonly to: UtcMs;
}

const MAX_BACKOFF_MS = 5_000;

export class RangeFetcher {
  private readonly underWay = new Map<string, Promise<CandleColumns>>();
  private readonly closing = new AbortController();

  constructor(
    private readonly client: KlineSource,
    private readonly clock: Clock,
    private readonly settings: Pick<HistorySettings, 'backoffMs' | 'rangePatienceMs'>,
  ) {}

  /**
   * The closed candles of the range; fewer than it spans where the exchange has none.
   * @throws AppError of the client once the patience is spent
   */
  fetch(range: Range): Promise<CandleColumns> {
    const key = `${seriesKey(range.symbol, range.interval)} ${range.from} ${range.to}`;
    const shared = this.underWay.get(key);
    if (shared !== undefined) return shared;
    const answer = this.fetchPages(range).finally(() => this.underWay.delete(key));
    this.underWay.set(key, answer);
    return answer;
  }

  close(): void {
    this.closing.abort();
  }

  private async fetchPages({ symbol, interval, from, to }: Range): Promise<CandleColumns> {
    const deadline = performance.now() + this.settings.rangePatienceMs;
    const until = Math.min(to, lastClosedOpenTime(this.clock.now(), interval));
    let columns = EMPTY_COLUMNS;
    for (const page of planPages(findHoles(columns, interval, from, until), interval)) {
      const rows = await this.fetchPage(symbol, interval, { page, deadline });
      columns = mergeColumns(columns, verifyRows(rows, interval, { from: page.startTime, to: page.endTime }));
    }
    return columns;
  }

  private async fetchPage(
    symbol: string,
    interval: Interval,
    how: { page: Page; deadline: number },
  ): Promise<CandleColumns> {
    const { startTime, endTime, limit } = how.page;
    for (let attempt = 0; ; attempt++) {
      if (this.closing.signal.aborted) throw aborted();
      try {
        return await this.client.klines({ symbol, interval, startTime, endTime, limit });
      } catch (cause) {
        const error = historyError(cause);
        const pauseMs = error.retryAfterMs ?? this.backoff(attempt);
        if (!isWorthRetrying(error) || performance.now() + pauseMs > how.deadline) throw error;
        await this.pause(pauseMs);
      }
    }
  }

  private backoff(attempt: number): number {
    const ceiling = Math.min(MAX_BACKOFF_MS, this.settings.backoffMs * 2 ** attempt);
    return ceiling * (0.5 + Math.random() / 2);
  }

  private async pause(pauseMs: number): Promise<void> {
    await wait(pauseMs, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }
}
