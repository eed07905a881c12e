/**
 * The archive's CSV: twelve columns as in a klines answer, with a header line in files since 2022 and without in older
 * ones, times in milliseconds or (spot, since 2025) microseconds.
 */
import { allocateColumns, type CandleColumns, sliceColumns } from '@slt/domain';

const MICROSECONDS_FROM = 1e14;
const ZERO = 48;
const NINE = 57;
const LINE_FEED = 10;
const COMMA = 44;
const POINT = 46;
const EXACT_DIGITS = 15;
const MAX_NUMBER_BYTES = 64;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 2 }, (_, i) => Number(`1e${i}`));
const MIN_LINE_BYTES = 12;

export interface ParsedCsv {
  /** In the order of the file. */
  readonly columns: CandleColumns;
  /** Lines that are neither a candle nor the header. */
  readonly malformed: number;
}

/** @param bytes ASCII; only the first six columns are read */
export function parseArchiveCsv(bytes: Uint8Array): ParsedCsv {
  const columns = allocateColumns(Math.ceil(bytes.length / MIN_LINE_BYTES) + 1);
  const targets = [columns.openTime, columns.open, columns.high, columns.low, columns.close, columns.volume];
  let length = 0;
  let malformed = 0;
  for (let start = 0, line = 0; start < bytes.length; line++) {
    let end = bytes.indexOf(LINE_FEED, start);
    if (end === -1) end = bytes.length;
    const first = bytes[start]!;
    if (first >= ZERO && first <= NINE) {
      if (readLine(bytes, { start, end }, targets, length)) length++;
      else malformed++;
    } else if (end - start > 1 && line > 0) malformed++; // neither the header nor an empty line
    start = end + 1;
  }
  return { columns: copyOf(sliceColumns(columns, 0, length)), malformed };
}

function readLine(
  bytes: Uint8Array,
  line: { start: number; end: number },
  targets: readonly Float64Array[],
  row: number,
): boolean {
  let start = line.start;
  for (const [i, target] of targets.entries()) {
    let end = start;
    while (end < line.end && bytes[end] !== COMMA) end++;
    if (end === start || (end === line.end && i < targets.length - 1)) return false;
    const value = decimalOf(bytes, start, end);
    if (!Number.isFinite(value)) return false;
    target[row] = i === 0 && value >= MICROSECONDS_FROM ? Math.floor(value / 1000) : value;
    start = end + 1;
  }
  return true;
}

/**
 * The number in the bytes, correctly rounded: up to 15 digits are an exact integer, and dividing it by an exact power
 * of ten rounds once. Anything else takes the long way.
 */
function decimalOf(bytes: Uint8Array, start: number, end: number): number {
  let digits = 0;
  let point = -1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= ZERO && byte <= NINE) digits = digits * 10 + (byte - ZERO);
    else if (byte === POINT && point === -1) point = at;
    else return Number(asciiOf(bytes, start, end));
  }
  if (end - start > EXACT_DIGITS + 1) return Number(asciiOf(bytes, start, end));
  return point === -1 ? digits : digits / POWERS_OF_TEN[end - point - 1]!;
}

function asciiOf(bytes: Uint8Array, start: number, end: number): string {
  const short = bytes.subarray(start, Math.min(end, start + MAX_NUMBER_BYTES));
  return String.fromCharCode(...short);
}

/** The parser's own memory is sized for the shortest lines. */
function copyOf(columns: CandleColumns): CandleColumns {
  return {
    length: columns.length,
    openTime: columns.openTime.slice(),
    open: columns.open.slice(),
    high: columns.high.slice(),
    low: columns.low.slice(),
    close: columns.close.slice(),
    volume: columns.volume.slice(),
  };
}
