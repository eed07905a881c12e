/** The public archive and the klines call over candles of our own, with every fault a test asks for. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zipSync } from 'fflate';
import { AppError, candleAt, type CandleColumns, DAY_MS, rangeOfColumns, type UtcMs } from '@slt/domain';
import type { PageRequest } from '../rest-pages';

export interface ArchiveFaults {
  /** Paths that answer 404. */
  absent?: RegExp;
  /** Paths that answer 503 so many times. */
  unavailable?: { path: RegExp; times: number };
  /** Paths whose zip does not match its checksum so many times. */
  corrupt?: { path: RegExp; times: number };
  /** Open times that the archive's files lack. */
  gap?: (openTime: UtcMs) => boolean;
  /** Open times that REST lacks too. */
  restGap?: (openTime: UtcMs) => boolean;
  withHeader?: boolean;
  inMicroseconds?: boolean;
}

const FILE =
  /^\/data\/futures\/um\/(monthly|daily)\/klines\/([^/]+)\/1m\/\2-1m-(\d{4})-(\d{2})(?:-(\d{2}))?\.zip(\.CHECKSUM)?$/;

/** Of one series each, as long as its tests use the same. */
const zips = new Map<string, Uint8Array>();

export class ArchiveServer {
  readonly paths: string[] = [];
  readonly pages: PageRequest[] = [];
  faults: ArchiveFaults = {};
  private server: Server | undefined;

  /** @param series of each symbol */
  constructor(private readonly series: ReadonlyMap<string, CandleColumns>) {}

  async start(): Promise<string> {
    const server = (this.server = createServer((request, response) => {
      const { status, body } = this.answer(request.url ?? '');
      response.writeHead(status).end(body);
    }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** Zips that were asked for, without their checksums: `2025-03`, `2025-03-01`. */
  get periods(): string[] {
    return this.paths.flatMap((path) => /1m-([\d-]+)\.zip$/.exec(path)?.[1] ?? []);
  }

  readonly fetchPage = (request: PageRequest): Promise<CandleColumns> => {
    this.pages.push(request);
    const columns = this.series.get(request.symbol);
    if (columns === undefined)
      return Promise.reject(new AppError('not-found', 'EXCHANGE.INVALID_SYMBOL', 'Invalid symbol.'));
    const rows = rangeOfColumns(columns, request.startTime, request.endTime);
    const { restGap } = this.faults;
    const kept = restGap === undefined ? rows : without(rows, restGap);
    return Promise.resolve(
      rangeOfColumns(kept, 0, kept.openTime[Math.min(kept.length, request.limit) - 1] ?? 0),
    );
  };

  private answer(url: string): { status: number; body: string | Uint8Array } {
    this.paths.push(url);
    const { absent, unavailable, corrupt } = this.faults;
    if (absent?.test(url) === true) return { status: 404, body: 'no such key' };
    if (unavailable?.path.test(url) === true && unavailable.times-- > 0)
      return { status: 503, body: 'later' };
    const zip = this.zipOf(url);
    if (zip === undefined) return { status: 404, body: 'no such key' };
    if (url.endsWith('.CHECKSUM'))
      return { status: 200, body: `${createHash('sha256').update(zip).digest('hex')}  x.zip\n` };
    const isCorrupt = corrupt?.path.test(url) === true && corrupt.times-- > 0;
    return { status: 200, body: isCorrupt ? zip.subarray(0, zip.length - 9) : zip };
  }

  private zipOf(url: string): Uint8Array | undefined {
    const { withHeader, inMicroseconds, gap } = this.faults;
    const key =
      gap === undefined ? `${url.replace('.CHECKSUM', '')} ${withHeader} ${inMicroseconds}` : undefined;
    const known = key === undefined ? undefined : zips.get(key);
    const zip = known ?? this.makeZip(url);
    if (key !== undefined && zip !== undefined) zips.set(key, zip);
    return zip;
  }

  private makeZip(url: string): Uint8Array | undefined {
    const match = FILE.exec(url);
    const columns = match === null ? undefined : this.series.get(decodeURIComponent(match[2]!));
    if (match === null || columns === undefined) return undefined;
    const [, kind, , year, month, day] = match;
    const from = Date.UTC(Number(year), Number(month) - 1, day === undefined ? 1 : Number(day));
    const end = kind === 'daily' ? from + DAY_MS : Date.UTC(Number(year), Number(month));
    const rows = rangeOfColumns(columns, from, end - 1);
    const kept = this.faults.gap === undefined ? rows : without(rows, this.faults.gap);
    return rows.length === 0
      ? undefined
      : zipSync({ 'candles.csv': Buffer.from(this.csvOf(kept)) }, { mtime: DAY_MS * 10_000, level: 1 });
  }

  private csvOf(rows: CandleColumns): string {
    const lines =
      this.faults.withHeader === false ? [] : ['open_time,open,high,low,close,volume,close_time,ignore'];
    for (let i = 0; i < rows.length; i++) {
      const { openTime, open, high, low, close, volume } = candleAt(rows, i);
      const time = this.faults.inMicroseconds === true ? openTime * 1000 : openTime;
      lines.push([time, open, high, low, close, volume, openTime + 59_999, 0, 0, 0, 0, 0].join(','));
    }
    return `${lines.join('\n')}\n`;
  }
}

function without(rows: CandleColumns, drop: (openTime: UtcMs) => boolean): CandleColumns {
  const keep = [...rows.openTime.keys()].filter((i) => !drop(rows.openTime[i]!));
  const pick = (values: Float64Array): Float64Array => Float64Array.from(keep, (i) => values[i]!);
  return {
    length: keep.length,
    openTime: pick(rows.openTime),
    open: pick(rows.open),
    high: pick(rows.high),
    low: pick(rows.low),
    close: pick(rows.close),
    volume: pick(rows.volume),
  };
}
