/** How far the warm-up is, counted over the symbols the cluster follows. */
import type { DurationMs } from '@slt/domain';

export type WarmUpOutcome = 'pending' | 'cached' | 'fetched' | 'failed';

export interface WarmUpStatus {
  /** Symbols the cluster follows. */
  readonly total: number;
  /** Whole and streaming right now. */
  readonly ready: number;
  /** Whole from the cache alone. */
  readonly cached: number;
  /** Whole with the exchange's help: topped up, fetched or aggregated. */
  readonly fetched: number;
  /** Without whole history for now; each is retried. */
  readonly failed: number;
  /** Share of symbols with whole history, 0 to 100, rounded down. */
  readonly percent: number;
  /** Wall-clock milliseconds left at the pace so far; absent when there is no pace yet or nothing is left. */
  readonly etaMs?: number;
}

/** @param elapsedMs wall-clock time since the warm-up began */
export function warmUpStatus(
  outcomes: Iterable<WarmUpOutcome>,
  facts: { ready: number; elapsedMs: DurationMs },
): WarmUpStatus {
  const count = { pending: 0, cached: 0, fetched: 0, failed: 0 };
  for (const outcome of outcomes) count[outcome]++;
  const whole = count.cached + count.fetched;
  const total = whole + count.pending + count.failed;
  const etaMs = whole > 0 ? Math.round((facts.elapsedMs / whole) * count.pending) : undefined;
  return {
    total,
    ready: facts.ready,
    cached: count.cached,
    fetched: count.fetched,
    failed: count.failed,
    percent: total === 0 ? 0 : Math.floor((100 * whole) / total),
    ...(etaMs !== undefined && count.pending > 0 && { etaMs }),
  };
}
