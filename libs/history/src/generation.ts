/**
 * What stands on the disk for one series: the bytes of its file, and the entry of the side-car that vouches for them.
 * After a kill between the two renames of a replacement that is the previous entry.
 */
import { basename } from 'node:path';
import { AppError, type CandleColumns, type Hole, type Interval, seriesKey, type UtcMs } from '@slt/domain';
import { columnsProblem } from './core/columns-problem';
import { decodeParquet } from './parquet-codec';
import { readBytes, readSideCar, SERIES_SUFFIX } from './series-files';
import { entryFor, type SideCarEntry } from './side-car';

/** Why a file is damaged; stands in brackets at the end of the error's message. */
export type DamageReason = 'unreadable' | 'no-side-car' | 'name' | 'checksum' | 'parse' | 'rows';

export interface Generation {
  /** Of the bytes that are there, which may be the previous ones. */
  readonly entry: SideCarEntry;
  readonly bytes: Buffer;
}

export interface StoredSeries {
  readonly columns: CandleColumns;
  readonly writtenAt: UtcMs;
  readonly knownHoles: Hole[];
}

const READ_ATTEMPTS = 5;

/** Waits out a replacement that happens between reading the side-car and reading the file. */
export async function readSettled(path: string): Promise<Generation | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return readGeneration(path);
    } catch (error) {
      if (attempt === READ_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt));
    }
  }
}

/** @throws AppError invalid, `STORE.DAMAGED`, also while the pair is being replaced; @returns undefined: no file */
export function readGeneration(path: string): Generation | undefined {
  const sideCar = readSideCar(path);
  const file = readBytes(path);
  if (file.kind === 'absent') return undefined;
  if (file.kind === 'unreadable') throw damaged(path, 'unreadable', file.reason);
  if (sideCar === undefined) throw damaged(path, 'no-side-car', 'nothing vouches for its bytes');
  if (`${seriesKey(sideCar.symbol, sideCar.interval)}${SERIES_SUFFIX}` !== basename(path)) {
    throw damaged(path, 'name', `it was written as ${sideCar.symbol} ${sideCar.interval}`);
  }
  const entry = entryFor(sideCar, file.bytes);
  if (entry !== undefined) return { entry, bytes: file.bytes };
  const detail = `its ${file.bytes.length} bytes are not the ${sideCar.bytes} that were written`;
  throw damaged(path, 'checksum', detail);
}

/** The bytes are those that were written; this is about whether they were written well. */
export function stored(path: string, interval: Interval, { entry, bytes }: Generation): StoredSeries {
  const columns = decodeParquet(bytes, entry.rows);
  if (typeof columns === 'string') throw damaged(path, 'parse', columns);
  if (columns.length !== entry.rows) {
    throw damaged(path, 'rows', `it holds ${columns.length} candles instead of ${entry.rows}`);
  }
  const problem = columnsProblem(columns, interval);
  if (problem !== undefined) throw damaged(path, 'rows', problem);
  return { columns, writtenAt: entry.writtenAt, knownHoles: [...entry.knownHoles] };
}

function damaged(path: string, reason: DamageReason, detail: string): AppError {
  return new AppError('invalid', 'STORE.DAMAGED', `${path} is damaged: ${detail} [${reason}]`, {
    cause: { reason },
  });
}

/** Without what only the newest generation carries. */
export function entryOf(entry: SideCarEntry): SideCarEntry {
  const { sha256, bytes, rows, from, to, source, knownHoles, writtenAt, keep } = entry;
  return {
    sha256,
    bytes,
    rows,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    source,
    knownHoles,
    writtenAt,
    ...(keep !== undefined && { keep }),
  };
}
