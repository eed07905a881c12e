/** Recordings of one symbol and interval, from several files, as one ascending series with each open time once. */
import type { RecordedColumns } from '../core/recorded-series';
import type { ParsedCandles } from './parse-candles';

const PLAIN_COLUMNS = 6;
const WHOLE_COLUMNS = 10;

/**
 * Where files overlap, the later one's candle stays. The archive's further columns are kept if all parts have them.
 * @param parts at least one, none empty
 */
export function joinParts(parts: readonly ParsedCandles[]): RecordedColumns {
  const count = parts.every((part) => part.whole) ? WHOLE_COLUMNS : PLAIN_COLUMNS;
  const joined = concatenate(parts, count);
  const columns = isAscending(joined[0]!) ? joined : sorted(joined);
  const [openTime, open, high, low, close, volume] = columns as RequiredColumns;
  if (count === PLAIN_COLUMNS) return { openTime, open, high, low, close, volume };
  const [quoteVolume, trades, takerBase, takerQuote] = columns.slice(PLAIN_COLUMNS) as ExtraColumns;
  return {
    openTime,
    open,
    high,
    low,
    close,
    volume,
    extra: { quoteVolume, trades, takerBase, takerQuote },
  };
}

type Column = Float64Array;
type RequiredColumns = [Column, Column, Column, Column, Column, Column];
type ExtraColumns = [Column, Column, Column, Column];

function concatenate(parts: readonly ParsedCandles[], count: number): Column[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Array.from({ length: count }, (_, column) => {
    const joined = new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      joined.set(part.columns[column]!, at);
      at += part.length;
    }
    return joined;
  });
}

function isAscending(times: Column): boolean {
  for (let i = 1; i < times.length; i++) if (times[i]! <= times[i - 1]!) return false;
  return true;
}

function sorted(columns: readonly Column[]): Column[] {
  const times = columns[0]!;
  const latestRow = new Map<number, number>();
  times.forEach((time, row) => latestRow.set(time, row));
  const rows = [...latestRow.values()].sort((a, b) => times[a]! - times[b]!);
  return columns.map((column) => Float64Array.from(rows, (row) => column[row]!));
}
