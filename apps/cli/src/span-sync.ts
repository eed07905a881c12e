/** Candles of a span of time: whole months and days from the public archive, the rest by REST. */
import { type Interval, intervalMs, isAppError, type UtcMs } from '@slt/domain';
import { ArchiveSync, type CandleStore, type SymbolReport } from '@slt/history';
import type { ExchangeSession } from './exchange-session';
import { UsageError } from './exit';
import type { Progress } from './progress';
import type { SeriesSync } from './window-sync';

export interface SpanWanted {
  readonly symbols: readonly string[];
  readonly interval: Interval;
  readonly from: UtcMs;
  /** Not included. */
  readonly to: UtcMs;
}

export interface SpanTools {
  readonly store: CandleStore;
  readonly session: ExchangeSession;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** @throws UsageError when no candle has closed in the span */
export async function syncSpan(wanted: SpanWanted, tools: SpanTools): Promise<SeriesSync[]> {
  const { store, session, progress, signal } = tools;
  const archive = new ArchiveSync({
    store,
    archiveUrl: session.endpoint.archiveUrl,
    fetchPage: (request) => session.client.klines(request),
    clock: session.clock,
  });
  const { symbols, interval, from } = wanted;
  try {
    const report = await archive.sync({
      symbols,
      interval,
      from,
      to: wanted.to - intervalMs(interval),
      signal,
      onProgress: ({ done, total, bytes, etaMs }) => progress.update(done, total, noteOf(bytes, etaMs)),
    });
    return report.symbols.map((symbol) => asSync(symbol, interval));
  } catch (error) {
    if (isAppError(error, 'ARCHIVE.RANGE')) throw new UsageError([error.message]);
    throw error;
  }
}

function noteOf(bytes: number, etaMs: number | undefined): string {
  const size = bytes === 0 ? [] : [`${(bytes / 1e6).toFixed(1)} MB`];
  const eta = etaMs === undefined || etaMs === 0 ? [] : [`${Math.ceil(etaMs / 1000)} s to go`];
  return [...size, ...eta].join(', ');
}

function asSync(report: SymbolReport, interval: Interval): SeriesSync {
  const { symbol } = report;
  if (report.kind === 'failed') {
    const problem = `${report.reason.code}: ${report.reason.message}`;
    return { symbol, interval, rows: 0, fetched: 0, requests: 0, missing: 0, problem };
  }
  return {
    symbol,
    interval,
    rows: report.rows,
    fetched: report.added,
    requests: report.requests,
    downloads: report.downloads,
    missing: report.gaps.reduce((sum, hole) => sum + hole.count, 0),
    notes: report.problems,
  };
}
