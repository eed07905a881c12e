/** A series file and its side-car on disk: read as one, replaced as one, swept after writers that died. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fsync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { LOCK_FOLDER, pidRuns, temporarySuffix, withFileLock, writerOf } from '@slt/database';
import type { CandleColumns } from '@slt/domain';
import { writeParquetFile } from './parquet-codec';
import { formatSideCar, parseSideCar, type SideCar, SIDE_CAR_SUFFIX } from './side-car';

export const SERIES_SUFFIX = '.parquet';

const LOCK_TIMEOUT_MS = 30_000;
const FOREIGN_TEMPORARY_MS = 600_000;
const MAX_FILE_BYTES = 1 << 30;
const fsyncFile = promisify(fsync);
const PIECE = Buffer.allocUnsafeSlow(1 << 16);

/** The file as it is: its bytes, absent, or not a file that can be read. */
export type FileBytes =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Never blocks on a pipe, never reads a folder. */
export function readBytes(path: string): FileBytes {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { kind: 'absent' } : { kind: 'unreadable', reason: message };
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { kind: 'unreadable', reason: 'it is not a regular file' };
    if (stat.size > MAX_FILE_BYTES) return { kind: 'unreadable', reason: `it has ${stat.size} bytes` };
    const bytes = Buffer.allocUnsafeSlow(stat.size);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, length);
      if (read === 0) break;
      length += read;
    }
    return { kind: 'bytes', bytes: bytes.subarray(0, length) };
  } catch (error) {
    return { kind: 'unreadable', reason: (error as Error).message };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Who changes the pair does it in here: one writer at a time, in this process and in others.
 * @param path of the series
 */
export async function withSeriesLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const folder = join(dirname(path), LOCK_FOLDER);
  mkdirSync(folder, { recursive: true });
  return withFileLock(join(folder, `${basename(path)}.lock`), LOCK_TIMEOUT_MS, work);
}

/** undefined when there is none that can be trusted. */
export function readSideCar(path: string): SideCar | undefined {
  const read = readBytes(`${path}${SIDE_CAR_SUFFIX}`);
  return read.kind === 'bytes' ? parseSideCar(read.bytes.toString('utf8')) : undefined;
}

/**
 * Replaces the pair: both new files are on disk before either gets its name, the side-car (which vouches for the old
 * file too) before the series. Whoever holds the series' lock may call it.
 */
export async function replacePair(
  path: string,
  columns: CandleColumns,
  describe: (file: { sha256: string; bytes: number }) => SideCar,
): Promise<void> {
  const suffix = temporarySuffix();
  const series = `${path}${suffix}`;
  const sideCar = `${path}${SIDE_CAR_SUFFIX}${suffix}`;
  try {
    writeParquetFile(series, columns);
    writeWhole(sideCar, formatSideCar(describe(fingerprintOf(series))));
    await Promise.all([flush(series), flush(sideCar)]);
    renameSync(sideCar, `${path}${SIDE_CAR_SUFFIX}`);
    renameSync(series, path);
  } catch (error) {
    for (const leftover of [series, sideCar]) remove(leftover);
    throw error;
  }
}

/** What stands on disk now, read piece by piece: a buffer for each of hundreds of files would be litter. */
function fingerprintOf(path: string): { sha256: string; bytes: number } {
  const hash = createHash('sha256');
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    let bytes = 0;
    for (;;) {
      const read = readSync(descriptor, PIECE, 0, PIECE.length, bytes);
      if (read === 0) return { sha256: hash.digest('hex'), bytes };
      hash.update(PIECE.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Makes renames in the folder last; calls that come while one is under way share the next. */
export class FolderFlusher {
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(private readonly folder: string) {}

  flush(): Promise<void> {
    if (this.running === undefined) return this.begin();
    this.next ??= this.running.catch(() => undefined).then(() => this.begin());
    return this.next;
  }

  private begin(): Promise<void> {
    this.next = undefined;
    this.running = flush(this.folder).finally(() => (this.running = undefined));
    return this.running;
  }
}

/** Removes temporary files of writers that are no more. */
export function sweepFolder(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const writer = writerOf(name);
    if (writer !== undefined && isAbandoned(path, writer)) remove(path);
  }
}

/** A pid of another container may look dead while its process writes, so young files stay. */
function isAbandoned(path: string, pid: number): boolean {
  const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
  return age > FOREIGN_TEMPORARY_MS || (age > 2_000 && pid !== process.pid && !pidRuns(pid));
}

function writeWhole(path: string, text: string): void {
  const descriptor = openSync(path, 'wx', 0o644);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
  } finally {
    closeSync(descriptor);
  }
}

async function flush(path: string): Promise<void> {
  const descriptor = openSync(path, 'r');
  try {
    await fsyncFile(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else was faster.
  }
}
