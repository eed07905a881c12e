/** What a recording's file name says: `BTCUSDT-1m-2025-06.csv`, `BTCUSDT_1m_anything.csv.gz`, `BTCUSDT-1m-2025-06-01.zip`. */
import { decodeSymbol, INTERVALS, type Interval, isInterval } from '@slt/domain';

export interface RecordingName {
  readonly symbol: string;
  readonly interval: Interval;
  readonly packing: 'plain' | 'gzip' | 'zip';
}

const EXTENSION = /\.(csv|csv\.gz|zip)$/i;
const SYMBOL_AND_INTERVAL = new RegExp(`^(.+?)[-_](${INTERVALS.join('|')})(?=[-_.])`);

/** Whether the file is meant to be a recording. */
export function isRecording(fileName: string): boolean {
  return !fileName.startsWith('.') && EXTENSION.test(fileName);
}

/** Undefined where the name does not tell symbol and interval. */
export function parseRecordingName(fileName: string): RecordingName | undefined {
  const extension = EXTENSION.exec(fileName)?.[1]?.toLowerCase();
  const match = SYMBOL_AND_INTERVAL.exec(fileName);
  const interval = match?.[2];
  if (extension === undefined || match === null || !isInterval(interval)) return undefined;
  const symbol = decodeSymbol(match[1]!) ?? match[1]!;
  const packing = extension === 'zip' ? 'zip' : extension === 'csv' ? 'plain' : 'gzip';
  return { symbol, interval, packing };
}
