/** What is cached, how fresh and how whole. Looks only: a damaged file is named, not moved. */
import { type Clock, type Interval, intervalMs } from '@slt/domain';
import { forEachLimited } from './for-each-limited';
import { historyError } from './history-job';
import type { HistoryFileStatus } from './history.types';
import type { SeriesAccess } from './series-access';

const READS_AT_ONCE = 4;

export async function takeInventory(series: SeriesAccess, clock: Clock): Promise<HistoryFileStatus[]> {
  const found: HistoryFileStatus[] = [];
  await forEachLimited(await series.list(), READS_AT_ONCE, async ({ symbol, interval, path }) => {
    const status = await inspect(series, clock, { symbol, interval, file: path });
    if (status !== undefined) found.push(status);
    await new Promise((resume) => setImmediate(resume));
  });
  return found.sort((a, b) => compare(a.symbol, b.symbol) || intervalMs(a.interval) - intervalMs(b.interval));
}

async function inspect(
  series: SeriesAccess,
  clock: Clock,
  name: { symbol: string; interval: Interval; file: string },
): Promise<HistoryFileStatus | undefined> {
  try {
    const facts = await series.facts(name.symbol, name.interval);
    if (facts?.to === undefined) return facts && { ...name, ...facts };
    const behindMs = Math.max(0, clock.now() - facts.to - intervalMs(name.interval));
    return { ...name, ...facts, behindMs };
  } catch (error) {
    return { ...name, rows: 0, missing: 0, knownHoles: 0, problem: historyError(error).message };
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
