/** A window of a symbol's candles: what the cache lacks of it comes by REST, page by page, and is kept at once. */
import {
  type CandleColumns,
  countOpenTimes,
  EMPTY_COLUMNS,
  findHoles,
  type Hole,
  type Interval,
  intervalMs,
  isAppError,
  rangeOfColumns,
  type UtcMs,
} from '@slt/domain';
import { type CandleStore, quarantineFile, type StoredSeries } from '@slt/history';
import { type HoleFetcher, withoutKnown } from '@slt/integrity';

export interface SeriesSync {
  readonly symbol: string;
  readonly interval: Interval;
  /** Candles of the window that are on disk now. */
  readonly rows: number;
  readonly from?: UtcMs;
  readonly to?: UtcMs;
  readonly fetched: number;
  readonly requests: number;
  /** Files taken from the archive. */
  readonly downloads?: number;
  /** What was not as it should be, although the series is whole. */
  readonly notes?: readonly string[];
  /** Candles inside that the exchange does not have. */
  readonly missing: number;
  readonly problem?: string;
}

export interface WantedWindow {
  readonly symbol: string;
  readonly interval: Interval;
  /** Open times, both inclusive. */
  readonly from: UtcMs;
  readonly to: UtcMs;
}

export interface SyncTools {
  readonly store: CandleStore;
  readonly fetcher: HoleFetcher;
  readonly signal: AbortSignal;
  onCandles(count: number): void;
  onWait(waitMs: number, reason: Error): void;
}

/** Fetched between two writes to disk: what an interruption may cost. */
const CHUNK_CANDLES = 20_000;

/** @throws AppError of the client or the store */
export async function syncWindow(wanted: WantedWindow, tools: SyncTools): Promise<SeriesSync> {
  const { symbol, interval, ...window } = wanted;
  const before = await readOrSetAside(tools.store, symbol, interval);
  const known = before?.knownHoles ?? [];
  let columns = before?.columns ?? EMPTY_COLUMNS;
  let sum = { fetched: 0, requests: 0 };
  const lacking = findHoles(columns, interval, window.from, window.to).flatMap((hole) =>
    withoutKnown(hole, known, intervalMs(interval)),
  );
  const gone: Hole[] = [...known];
  const keep = keepFor(columns, wanted);
  for (const holes of chunksOf(lacking, interval)) {
    const { signal, onCandles: onPage, onWait } = tools;
    const answer = await tools.fetcher.fetch({ symbol, interval }, holes, { signal, onPage, onWait });
    sum = { fetched: sum.fetched + answer.columns.length, requests: sum.requests + answer.requests };
    if (answer.columns.length === 0 && columns.length === 0) continue; // before the listing began
    gone.push(...answer.missing);
    columns = await tools.store.merge(symbol, interval, answer.columns, { knownHoles: gone, keep });
  }
  return { symbol, interval, ...sum, ...describe(rangeOfColumns(columns, window.from, window.to), interval) };
}

/** So many that neither the window nor what is newer is dropped by a store that keeps the newest. */
function keepFor(columns: CandleColumns, { from, to, interval }: WantedWindow): number {
  const newest = Math.max(to, columns.openTime[columns.length - 1] ?? -Infinity);
  return Math.max(columns.length, countOpenTimes(from, newest, interval));
}

async function readOrSetAside(
  store: CandleStore,
  symbol: string,
  interval: Interval,
): Promise<StoredSeries | undefined> {
  try {
    return await store.read(symbol, interval);
  } catch (error) {
    if (!isAppError(error, 'STORE.DAMAGED')) throw error;
    await quarantineFile(store.pathOf(symbol, interval), error);
    return undefined;
  }
}

function describe(columns: CandleColumns, interval: Interval) {
  if (columns.length === 0) return { rows: 0, missing: 0 };
  const from = columns.openTime[0]!;
  const to = columns.openTime[columns.length - 1]!;
  const missing = findHoles(columns, interval, from, to).reduce((sum, hole) => sum + hole.count, 0);
  return { rows: columns.length, from, to, missing };
}

/** Cut so that no chunk spans more than CHUNK_CANDLES; ascending, oldest first. */
export function chunksOf(holes: readonly Hole[], interval: Interval): Hole[][] {
  const step = intervalMs(interval);
  const chunks: Hole[][] = [];
  let room = 0;
  for (const hole of holes) {
    for (let from = hole.from; from <= hole.to;) {
      if (room === 0) {
        chunks.push([]);
        room = CHUNK_CANDLES;
      }
      const count = Math.min(room, Math.round((hole.to - from) / step) + 1);
      chunks.at(-1)!.push({ from, to: from + (count - 1) * step, count });
      from += count * step;
      room -= count;
    }
  }
  return chunks;
}
