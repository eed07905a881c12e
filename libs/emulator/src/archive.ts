/**
 * The public archive over a market: a zip of each past day or month with its checksum, as data.binance.vision lays them
 * out. The same bytes for the same market whenever asked.
 */
import { createHash } from 'node:crypto';
import { DAY_MS, type UtcMs } from '@slt/domain';
import { zipSync } from 'fflate';
import { Lru } from './core/lru';
import type { Market, MarketInterval } from './core/market';
import { isMarketInterval, monthOf, monthStart } from './core/market-interval';

export interface ArchivedFile {
  readonly zip: Uint8Array;
  /** Content of the file of the same name with `.CHECKSUM`: `<sha256>  <name>` and a line feed. */
  readonly checksum: string;
}

const PATH =
  /^\/?data\/futures\/um\/(daily|monthly)\/klines\/([^/]+)\/([^/]+)\/([^/]+)-([^/-]+)-(\d{4})-(\d{2})(?:-(\d{2}))?\.zip(?:\.CHECKSUM)?$/;
const HEADER =
  'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore';
/** Written into the zip; local time, as zips have no zone, so that the bytes do not depend on where this runs. */
const ZIP_TIME = new Date(2020, 0, 1);

/** Light: a month is made within a request, and the link is this machine. */
const COMPRESSION = 1;

/** A client asks for a file and then its checksum, or the other way round. */
const recent = new WeakMap<Market, Lru<string, ArchivedFile>>();

/**
 * @param path of the zip or of its checksum; symbols may be percent-encoded
 * @returns undefined where the archive has no such file: unknown, without candles, or not wholly past
 */
export function archiveZip(market: Market, path: string, now: UtcMs): ArchivedFile | undefined {
  const file = parsePath(path);
  if (file === undefined || file.until > now) return undefined;
  const known = recent.get(market) ?? new Lru<string, ArchivedFile>(4);
  recent.set(market, known);
  const key = `${file.symbol}/${file.name}`;
  const kept = known.peek(key);
  if (kept !== undefined) return kept;
  const made = makeZip(market, file, now);
  return made === undefined ? undefined : known.getOrMake(key, () => made);
}

interface ArchivePath {
  readonly symbol: string;
  readonly interval: MarketInterval;
  /** Without `.zip`. */
  readonly name: string;
  /** Candles that open in [from, until). */
  readonly from: UtcMs;
  readonly until: UtcMs;
}

function parsePath(path: string): ArchivePath | undefined {
  const match = PATH.exec(decode(path) ?? '');
  if (match === null) return undefined;
  const [, span, folder, intervalFolder, symbol, intervalName, year, month, day] = match;
  const interval = intervalName === '1mo' ? '1M' : intervalName!;
  const daily = span === 'daily';
  if (folder !== symbol || intervalFolder !== intervalName || daily !== (day !== undefined)) return undefined;
  if (!isMarketInterval(interval) || (intervalName === '1M' && interval === '1M')) return undefined;
  if (daily && (interval === '3d' || interval === '1w' || interval === '1M')) return undefined;
  const bounds = boundsOf(Number(year), Number(month), daily ? Number(day) : undefined);
  const date = [year, month, day].filter((part) => part !== undefined).join('-');
  return bounds && { symbol: symbol!, interval, name: `${symbol}-${intervalName}-${date}`, ...bounds };
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function boundsOf(year: number, month: number, day?: number): { from: UtcMs; until: UtcMs } | undefined {
  const index = year * 12 + month - 1;
  const first = monthStart(index);
  const next = monthStart(index + 1);
  if (month < 1 || month > 12) return undefined;
  if (day === undefined) return { from: first, until: next };
  const from = first + (day - 1) * DAY_MS;
  return monthOf(from) === index && day >= 1 ? { from, until: from + DAY_MS } : undefined;
}

function makeZip(market: Market, file: ArchivePath, now: UtcMs): ArchivedFile | undefined {
  const range = { from: file.from, to: file.until - 1, limit: Number.MAX_SAFE_INTEGER, fromEnd: false };
  const rows = market.klinesJson(file.symbol, file.interval, range, now);
  if (rows === '[]') return undefined;
  const csv = new TextEncoder().encode(`${HEADER}\n${toCsv(rows)}\n`);
  const zip = zipSync({ [`${file.name}.csv`]: csv }, { level: COMPRESSION, mtime: ZIP_TIME });
  const sha256 = createHash('sha256').update(zip).digest('hex');
  return { zip, checksum: `${sha256}  ${file.name}.zip\n` };
}

/** Rows of numbers and decimals: brackets and quotes are all that sets JSON apart. */
function toCsv(rowsJson: string): string {
  return rowsJson.slice(2, -2).replaceAll('],[', '\n').replaceAll('"', '');
}
