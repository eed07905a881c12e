/**
 * Candle columns as Parquet, by polars: `timestamp` int64 (open time, ms), open, high, low, close, volume float64,
 * zstd. Decoding runs native code that damaged bytes can kill, so only bytes with a verified checksum belong here.
 */
import { readIPCStream, readParquet } from 'nodejs-polars';
import type { CandleColumns } from '@slt/domain';
import { decodeArrow, encodeArrow } from './arrow-codec';

/** Above this the threads that polars can use are worth starting. */
const PARALLEL_ROWS = 50_000;

/** Writes the file, without fsync; synchronous. */
export function writeParquetFile(path: string, columns: CandleColumns): void {
  readIPCStream(encodeArrow(columns)).writeParquet(path, { compression: 'zstd' });
}

/**
 * @param expectedRows what the file should hold
 * @returns why it does not hold candle columns, or the columns
 */
export function decodeParquet(bytes: Buffer, expectedRows: number): CandleColumns | string {
  try {
    const frame = readParquet(bytes, { parallel: expectedRows > PARALLEL_ROWS ? 'auto' : 'none' });
    return decodeArrow(frame.writeIPCStream({ compression: 'uncompressed' }));
  } catch (error) {
    return (error as Error).message;
  }
}
