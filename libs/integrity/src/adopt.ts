/**
 * Makes a file of unknown origin one of ours: a side-car is written beside it, the file itself stays as it is, whoever
 * wrote it.
 */
import { rename, writeFile } from 'node:fs/promises';
import { temporarySuffix } from '@slt/database';
import { AppError, type CandleColumns, type Interval, type UtcMs } from '@slt/domain';
import { decodeParquet, formatSideCar, sha256Of, withSeriesLock } from '@slt/history';
import { readRegularFile } from './read-file';
import { sideCarPath } from './side-car';

const MOST_BYTES = 256 * 1024 * 1024;

export interface Adoption {
  readonly file: string;
  readonly symbol: string;
  readonly interval: Interval;
  /** What a check has found in it, and found whole. */
  readonly columns: CandleColumns;
  /** Of the bytes that were checked. */
  readonly sha256: string;
  readonly source: string;
  readonly now: UtcMs;
  /** A longer file keeps its rows. */
  readonly mostRows: number;
}

/**
 * @returns false when the store could not read the file as it is, however whole it be
 * @throws AppError transient `INTEGRITY.CHANGED` when the file is not what was checked any more
 */
export function adopt(adoption: Adoption): Promise<boolean> {
  return withSeriesLock(adoption.file, () => writeSideCar(adoption));
}

async function writeSideCar(adoption: Adoption): Promise<boolean> {
  const { file, symbol, interval, columns, source, now, mostRows } = adoption;
  const { length, openTime } = columns;
  const read = await readRegularFile(file, MOST_BYTES);
  if (read.kind !== 'bytes' || sha256Of(read.bytes) !== adoption.sha256) {
    throw new AppError('transient', 'INTEGRITY.CHANGED', `${file} has changed since it was checked`);
  }
  // Bytes that the sandbox has parsed without harm may be parsed here.
  const decoded = decodeParquet(read.bytes, length);
  if (typeof decoded === 'string' || !sameCandles(decoded, columns)) return false;
  const text = formatSideCar({
    symbol,
    interval,
    sha256: adoption.sha256,
    bytes: read.bytes.length,
    rows: length,
    ...(length > 0 && { from: openTime[0]!, to: openTime[length - 1]! }),
    source,
    knownHoles: [],
    writtenAt: now,
    ...(length > mostRows && { keep: length }),
  });
  const temporary = sideCarPath(file) + temporarySuffix();
  await writeFile(temporary, text, { flush: true });
  await rename(temporary, sideCarPath(file));
  return true;
}

function sameCandles(a: CandleColumns, b: CandleColumns): boolean {
  return (['openTime', 'open', 'high', 'low', 'close', 'volume'] as const).every(
    (field) => a[field].length === b[field].length && a[field].every((value, i) => value === b[field][i]),
  );
}
