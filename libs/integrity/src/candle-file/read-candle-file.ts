/**
 * Candles of any file that a user names, told by what stands in it and not by its name: Parquet as we write it, or CSV,
 * plain, gzipped or in a zip. A pipe of the shell's will do (`/dev/stdin`, `<(…)`). CSV is never held as a whole, unless it comes in a zip.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '@slt/domain';
import { unzipOne } from '@slt/history';
import { type CandleBatch, CandleCsv } from '../core/candle-csv';
import { readParquetCandles } from './parquet-candles';

export interface CandleFileOptions {
  readonly signal?: AbortSignal;
}

const MAGIC_BYTES = 4;
const MOST_ZIP_BYTES = 256 * 1024 * 1024;
const MOST_UNZIPPED_BYTES = 1024 * 1024 * 1024;
const PIECE_BYTES = 1 << 18;
/** Of what a shell opens somebody writes into it. Not of all in /dev: anyone may put a pipe into /dev/shm. */
const PIPE_OF_SHELL = /^\/(dev\/(stdin$|fd\/)|proc\/)/;

type Pieces = AsyncIterable<Uint8Array>;

/**
 * The candles in the order of the file, at least one. Rows are numbers and have whole open times; whether they make
 * sense as candles, and one after the other, is not looked at.
 * @throws AppError not-found `CANDLES.NO_FILE`; invalid `CANDLES.ROW`, `CANDLES.UNREADABLE`, `CANDLES.EMPTY`, each
 * message beginning with the path
 */
export async function* readCandleFile(
  path: string,
  options: CandleFileOptions = {},
): AsyncGenerator<CandleBatch> {
  let isEmpty = true;
  try {
    for await (const batch of batchesOf(path, options)) {
      isEmpty = false;
      yield batch;
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw fileError(path, error);
  }
  if (isEmpty) throw new AppError('invalid', 'CANDLES.EMPTY', `${path}: no candle in it`);
}

async function* batchesOf(path: string, options: CandleFileOptions): AsyncGenerator<CandleBatch> {
  await refuseNamedPipe(path);
  const stream = createReadStream(path, options);
  try {
    const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const head = await readHead(iterator);
    const pieces = joined(head, iterator);
    switch (kindOf(head)) {
      case 'parquet':
        return yield* readParquetCandles(path, await wholeOf(pieces, MOST_ZIP_BYTES), options);
      case 'zip': {
        const csv = await unzipOne(await wholeOf(pieces, MOST_ZIP_BYTES), MOST_UNZIPPED_BYTES);
        return yield* readCsv(cut(csv));
      }
      case 'gzip':
        return yield* readCsv(
          pipeline(
            Readable.from(pieces),
            createGunzip({ chunkSize: PIECE_BYTES }),
            () => undefined,
          ) as Pieces,
        );
      case 'csv':
        return yield* readCsv(pieces);
    }
  } finally {
    stream.destroy();
  }
}

/** To open one waits for a writer, and nothing can end that wait. */
async function refuseNamedPipe(path: string): Promise<void> {
  if (!PIPE_OF_SHELL.test(path) && (await stat(path)).isFIFO()) throw unreadable('it is a named pipe');
}

function kindOf(head: Uint8Array): 'parquet' | 'zip' | 'gzip' | 'csv' {
  const magic = Buffer.from(head.subarray(0, MAGIC_BYTES)).toString('latin1');
  if (magic === 'PAR1') return 'parquet';
  if (magic.startsWith('PK')) return 'zip';
  return magic.startsWith('\x1f\x8b') ? 'gzip' : 'csv';
}

async function* readCsv(pieces: Pieces | Iterable<Uint8Array>): AsyncGenerator<CandleBatch> {
  const csv = new CandleCsv();
  for await (const piece of pieces) yield* csv.push(piece);
  yield* csv.end();
}

/** Enough to tell what it is, where there is so much. */
async function readHead(iterator: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < MAGIC_BYTES) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

async function* joined(head: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Uint8Array> {
  yield head;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}

async function wholeOf(pieces: Pieces, mostBytes: number): Promise<Buffer> {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > mostBytes) throw unreadable(`it has more than ${mostBytes} bytes`);
    kept.push(piece);
  }
  return Buffer.concat(kept);
}

function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

function unreadable(reason: string): AppError {
  return new AppError('invalid', 'CANDLES.UNREADABLE', reason);
}

function fileError(path: string, error: unknown): AppError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    return new AppError('not-found', 'CANDLES.NO_FILE', `${path} does not exist`, { cause: error });
  }
  const ours = error instanceof AppError && error.code.startsWith('CANDLES.') ? error.code : undefined;
  return new AppError('invalid', ours ?? 'CANDLES.UNREADABLE', `${path}: ${message}`, { cause: error });
}
