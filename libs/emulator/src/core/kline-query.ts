/** Which candles a request gets: the range, the limit, from which end, and the one in progress; never a later trade. */
import { type Interval, intervalMs, type UtcMs } from '@slt/domain';
import { appendForming } from './forming';
import type { KlineRange, MarketInterval } from './market';
import { bucketOf, longestOf, stepBucket } from './market-interval';
import { foldRows, RowBuffer } from './row-buffer';
import type { RowSource } from './row-source';

const { floor, max, min } = Math;

const MOST_ROWS = 2_000_000;

/** Appends the rows of the range that a client may see at `now`. @param hash of the symbol */
export function queryRows(
  source: RowSource,
  interval: MarketInterval,
  request: { range: KlineRange; now: UtcMs; hash: number },
  into: RowBuffer,
): void {
  const { range, now } = request;
  if (!isBuiltFrom(source.base, interval)) return;
  const current = bucketOf(now, interval);
  const limit = min(max(0, floor(range.limit)), MOST_ROWS);
  const lastClosed = min(bucketOf(min(range.to, now), interval), stepBucket(current, interval, -1));
  const withCurrent = range.to >= current && range.from <= current;
  const progress = new RowBuffer(1);
  if (withCurrent) formingRow(source, interval, request, progress);
  const query = { interval, from: range.from, to: lastClosed, limit };
  if (range.fromEnd) {
    if (limit > progress.length) collectBack(source, { ...query, limit: limit - progress.length }, into);
  } else collect(source, query, into);
  if (into.length < limit) into.append(progress);
}

/** Whether candles of the interval can be made of the base: 5m not of 3m, and nothing shorter than the base. */
export function isBuiltFrom(base: Interval, interval: MarketInterval): boolean {
  return longestOf(interval) % intervalMs(base) === 0;
}

interface Query {
  readonly interval: MarketInterval;
  readonly from: UtcMs;
  readonly to: UtcMs;
  readonly limit: number;
}

function collect(source: RowSource, query: Query, into: RowBuffer): void {
  const { interval, to, limit } = query;
  let next = source.seek(interval, query.from);
  while (next !== undefined && next <= to && into.length < limit) {
    const until = min(to, stepBucket(next, interval, limit - into.length - 1));
    source.read(interval, next, until, into);
    next = source.seek(interval, stepBucket(until, interval, 1));
  }
}

/** The newest rows are read in place; only where holes leave too few, older ones are put before them. */
function collectBack(source: RowSource, query: Query, into: RowBuffer): void {
  const { interval, from, limit } = query;
  const older: RowBuffer[] = [];
  let count = 0;
  let last = source.seekBack(interval, query.to);
  while (last !== undefined && last >= from && count < limit) {
    const first = source.seek(interval, max(from, stepBucket(last, interval, count + 1 - limit)));
    if (first === undefined || first > last) break;
    const chunk = count === 0 ? into : new RowBuffer();
    source.read(interval, first, last, chunk);
    if (chunk !== into) older.unshift(chunk);
    count += chunk.length;
    last = source.seekBack(interval, first - 1);
  }
  if (older.length === 0) return;
  const newest = into.compact();
  into.clear();
  for (const chunk of [...older, newest]) into.append(chunk);
}

const parts = new RowBuffer(256);

/** Appends the candle in progress at `now`, if there is one. */
export function formingRow(
  source: RowSource,
  interval: MarketInterval,
  request: { now: UtcMs; hash: number },
  into: RowBuffer,
): void {
  const { now, hash } = request;
  const { base, precision } = source;
  const bucket = bucketOf(now, interval);
  const openTime = bucketOf(now, base);
  parts.clear();
  if (openTime > bucket) source.readSpan(interval, bucket, openTime, parts);
  const row = source.baseRow(openTime);
  if (row !== undefined) {
    appendForming(row, (now - openTime) / intervalMs(base), parts, { hash, precision });
  }
  foldRows(parts, { start: 0, end: parts.length, openTime: bucket }, into, precision);
}
