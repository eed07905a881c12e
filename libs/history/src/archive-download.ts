/** One file of the public archive: fetched, held against its checksum, unpacked, parsed. */
import { createHash } from 'node:crypto';
import { AppError, type Interval } from '@slt/domain';
import { type ParsedCsv, parseArchiveCsv } from './core/archive-csv';
import type { ArchiveUnit } from './core/archive-plan';
import { unzipOne } from './unzip-one';

export interface ArchiveFile {
  readonly symbol: string;
  readonly interval: Interval;
  readonly unit: ArchiveUnit;
}

export interface ArchiveDownloadOptions {
  /** Origin of the archive. */
  readonly archiveUrl: string;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal | undefined;
  readonly attempts: number;
  readonly retryMs: number;
}

const TIMEOUT_MS = 60_000;
const MAX_ZIP_BYTES = 64 * 1024 * 1024;
const MAX_CSV_BYTES = 256 * 1024 * 1024;

/** @returns undefined where the archive has no such file; @throws AppError transient `ARCHIVE.UNREACHABLE`, `ARCHIVE.CORRUPT` */
export async function downloadCandles(
  file: ArchiveFile,
  options: ArchiveDownloadOptions,
): Promise<(ParsedCsv & { bytes: number }) | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptDownload(file, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (attempt >= options.attempts) throw archiveError(file, error);
      await new Promise((resolve) => setTimeout(resolve, options.retryMs * 2 ** (attempt - 1)));
    }
  }
}

/** Symbols may be any text, so they are percent-encoded. */
export function archivePath({ symbol, interval, unit }: ArchiveFile): string {
  const name = encodeURIComponent(symbol);
  const folder = unit.kind === 'month' ? 'monthly' : 'daily';
  return `/data/futures/um/${folder}/klines/${name}/${interval}/${name}-${interval}-${unit.period}.zip`;
}

async function attemptDownload(
  file: ArchiveFile,
  options: ArchiveDownloadOptions,
): Promise<(ParsedCsv & { bytes: number }) | undefined> {
  const path = archivePath(file);
  const sum = await get(`${path}.CHECKSUM`, options);
  const zip = sum === undefined ? undefined : await get(path, options);
  if (sum === undefined || zip === undefined) return undefined;
  const expected = /^[0-9a-f]{64}/i.exec(Buffer.from(sum).toString('latin1').trim())?.[0].toLowerCase();
  const found = createHash('sha256').update(zip).digest('hex');
  if (found !== expected) {
    throw new AppError(
      'transient',
      'ARCHIVE.CORRUPT',
      `its sha256 is ${found}, announced is ${expected ?? 'none'}`,
    );
  }
  return { ...parseArchiveCsv(await unzipOne(zip, MAX_CSV_BYTES)), bytes: zip.length };
}

/** @returns undefined for 404 */
async function get(path: string, options: ArchiveDownloadOptions): Promise<Uint8Array | undefined> {
  const signals = [
    AbortSignal.timeout(TIMEOUT_MS),
    ...(options.signal === undefined ? [] : [options.signal]),
  ];
  const response = await options.fetch(`${options.archiveUrl.replace(/\/+$/, '')}${path}`, {
    signal: AbortSignal.any(signals),
    redirect: 'error',
  });
  if (response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new AppError('transient', 'ARCHIVE.UNREACHABLE', `the archive answered ${response.status}`);
  }
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > MAX_ZIP_BYTES) {
    await response.body?.cancel();
    throw new AppError('transient', 'ARCHIVE.CORRUPT', `it has ${announced} bytes`);
  }
  return new Uint8Array(await response.arrayBuffer());
}

function archiveError(file: ArchiveFile, error: unknown): AppError {
  const code = error instanceof AppError ? error.code : 'ARCHIVE.UNREACHABLE';
  const cause = (error as Error).cause;
  const detail =
    cause instanceof Error ? `${(error as Error).message}: ${cause.message}` : (error as Error).message;
  return new AppError('transient', code, `${archivePath(file)}: ${detail}`, { cause: error });
}
