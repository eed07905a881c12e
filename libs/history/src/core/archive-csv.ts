/**
 * The archive's CSV: twelve columns as in a klines answer, with a header line in files since 2022 and without in older
 * ones, times in milliseconds or (spot, since 2025) microseconds.
 */
import { allocateColumns, type CandleColumns, copyColumns, CsvNumbers, sliceColumns } from '@slt/domain';

const MICROSECONDS_FROM = 1e14;
const MIN_LINE_BYTES = 12;
/** Open time to volume; the others are not read. */
const COLUMNS = 6;

export interface ParsedCsv {
  /** In the order of the file. */
  readonly columns: CandleColumns;
  /** Lines that are neither a candle nor the header. */
  readonly malformed: number;
}

/** @param bytes ASCII; only the first six columns are read */
export function parseArchiveCsv(bytes: Uint8Array): ParsedCsv {
  const columns = allocateColumns(Math.ceil(bytes.length / MIN_LINE_BYTES) + 1);
  let length = 0;
  let malformed = 0;
  const numbers = new CsvNumbers({
    columns: COLUMNS,
    onRow: ({ fields, fault, values }) => {
      if (fields < COLUMNS || fault !== undefined) malformed++;
      else keepRow(values, columns, length++);
    },
  });
  numbers.push(bytes);
  numbers.end();
  // The parser's own memory is sized for the shortest lines.
  return { columns: copyColumns(sliceColumns(columns, 0, length)), malformed };
}

function keepRow(values: Float64Array, target: CandleColumns, row: number): void {
  const time = values[0]!;
  target.openTime[row] = time >= MICROSECONDS_FROM ? Math.floor(time / 1000) : time;
  target.open[row] = values[1]!;
  target.high[row] = values[2]!;
  target.low[row] = values[3]!;
  target.close[row] = values[4]!;
  target.volume[row] = values[5]!;
}
