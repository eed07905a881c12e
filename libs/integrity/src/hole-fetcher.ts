/** Fetches named ranges and nothing else, straight by REST: for repairs, which have no queue to lean on. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  AppError,
  type CandleColumns,
  EMPTY_COLUMNS,
  findHoles,
  type Hole,
  type Interval,
  isAppError,
  mergeColumns,
} from '@slt/domain';
import type { BinanceClient, KlineRequest } from '@slt/exchange';
import { planPages, verifyRows } from '@slt/history';

export interface FetchedHoles {
  /** What the exchange has of the holes. */
  readonly columns: CandleColumns;
  /** What it does not have; asked for twice. */
  readonly missing: readonly Hole[];
  readonly requests: number;
  readonly weight: number;
}

export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** Told after each page how many candles of the holes are settled. */
  readonly onPage?: (candles: number) => void;
  /** Told before a wait for the weight limit or for an exchange that does not answer. Wall time. */
  readonly onWait?: (waitMs: number, reason: AppError) => void;
}

/** Wall time that one range may spend on waiting in all: longer than the weight minute, shorter than patience. */
const PATIENCE_MS = 150_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export class HoleFetcher {
  constructor(
    private readonly client: Pick<BinanceClient, 'klines'>,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** @throws AppError of the client once patience is spent, or at once when a retry is of no use */
  async fetch(
    series: { readonly symbol: string; readonly interval: Interval },
    holes: readonly Hole[],
    options: FetchOptions = {},
  ): Promise<FetchedHoles> {
    const first = await this.fetchPages(series, holes, options);
    const lacking = missingOf(first.columns, series.interval, holes);
    if (lacking.length === 0 || first.columns.length === 0) return { ...first, missing: lacking };
    // A cached or truncated answer may lack what the exchange has: once more before it counts as a fact.
    const second = await this.fetchPages(series, insideOf(lacking, first.columns), options);
    const columns = mergeColumns(first.columns, second.columns);
    return {
      columns,
      missing: missingOf(columns, series.interval, holes),
      requests: first.requests + second.requests,
      weight: first.weight + second.weight,
    };
  }

  private async fetchPages(
    series: { readonly symbol: string; readonly interval: Interval },
    holes: readonly Hole[],
    options: FetchOptions,
  ): Promise<Omit<FetchedHoles, 'missing'>> {
    const result = { columns: EMPTY_COLUMNS, requests: 0, weight: 0 };
    for (const { startTime, endTime, limit, weight } of planPages(holes, series.interval)) {
      const rows = await this.ask({ ...pick(series), startTime, endTime, limit }, options);
      const sound = verifyRows(rows, series.interval, { from: startTime, to: endTime });
      result.columns = mergeColumns(result.columns, sound);
      result.requests++;
      result.weight += weight;
      options.onPage?.(limit);
    }
    return result;
  }

  private async ask(request: KlineRequest, options: FetchOptions): Promise<CandleColumns> {
    let waitedMs = 0;
    for (let attempt = 0; ; attempt++) {
      options.signal?.throwIfAborted();
      try {
        return await this.client.klines(request);
      } catch (error) {
        if (!isAppError(error) || error.kind !== 'transient') throw error;
        const pauseMs = error.retryAfterMs ?? Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
        if (waitedMs + pauseMs > this.patienceMs) throw error;
        waitedMs += pauseMs;
        options.onWait?.(pauseMs, error);
        await wait(pauseMs, undefined, options.signal && { signal: options.signal });
      }
    }
  }
}

function pick<T extends { symbol: string; interval: Interval }>({ symbol, interval }: T) {
  return { symbol, interval };
}

function missingOf(columns: CandleColumns, interval: Interval, holes: readonly Hole[]): Hole[] {
  return holes.flatMap((hole) => findHoles(columns, interval, hole.from, hole.to));
}

/** What lies before the first candle is a listing that is younger, not a gap. */
function insideOf(holes: readonly Hole[], columns: CandleColumns): Hole[] {
  return holes.filter((hole) => hole.to > columns.openTime[0]!);
}
