/**
 * REST klines straight from the bytes of the answer, without the text and the objects that JSON.parse would make of
 * them: the page of a thousand candles is the hot path of a cold start. It knows the one shape that the exchange sends,
 * without white space, and gives up on any other; JSON.parse and kline-rows then judge the same bytes.
 */
import { allocateColumns, type CandleColumns, copyColumns, sliceColumns } from '@slt/domain';

const OPEN = 91; // [
const CLOSE = 93; // ]
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const MAX_EXACT_DIGITS = 15;
/** Exact in a double, and so the quotient of two such numbers is the nearest double. */
const POWERS_OF_TEN = Array.from({ length: MAX_EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/**
 * All rows as they stand, in their order and unjudged.
 * @param maxRows what was asked for; more than that is no plain answer
 * @returns undefined for any bytes that are not plainly such a list
 */
export function scanKlineBytes(bytes: Uint8Array, maxRows: number): CandleColumns | undefined {
  if (bytes[0] !== OPEN) return undefined;
  if (bytes.length === 2 && bytes[1] === CLOSE) return allocateColumns(0);
  const columns = allocateColumns(maxRows);
  let at = 1;
  for (let row = 0; row < maxRows; row++) {
    at = scanRow(bytes, at, columns, row);
    if (at < 0) return undefined;
    const next = bytes[at++];
    if (next === CLOSE) return at === bytes.length ? firstRows(columns, row + 1) : undefined;
    if (next !== COMMA) return undefined;
  }
  return undefined;
}

/** Loops without calls: they run over every byte of every page. @returns where the row ends; -1: give up */
function scanRow(bytes: Uint8Array, start: number, columns: CandleColumns, row: number): number {
  if (bytes[start] !== OPEN) return -1;
  let at = start + 1;
  let value = 0;
  let digit = bytes[at]! - ZERO;
  while (digit >= 0 && digit <= 9) {
    value = value * 10 + digit;
    digit = bytes[++at]! - ZERO;
  }
  const length = at - start - 1;
  if (length === 0 || length > MAX_EXACT_DIGITS || (length > 1 && bytes[start + 1] === ZERO)) return -1;
  columns.openTime[row] = value;
  for (let field = 0; field < 5; field++) {
    if (bytes[at] !== COMMA || bytes[at + 1] !== QUOTE) return -1;
    at += 2;
    const begin = at;
    value = 0;
    digit = bytes[at]! - ZERO;
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = bytes[++at]! - ZERO;
    }
    let digits = at - begin;
    let fraction = 0;
    if (digits === 0) return -1;
    if (bytes[at] === DOT) {
      const dot = at;
      digit = bytes[++at]! - ZERO;
      while (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digit = bytes[++at]! - ZERO;
      }
      fraction = at - dot - 1;
      if (fraction === 0) return -1;
      digits += fraction;
    }
    if (bytes[at] !== QUOTE) return -1;
    const number =
      digits > MAX_EXACT_DIGITS ? longDecimal(bytes, begin, at) : value / POWERS_OF_TEN[fraction]!;
    if (field === 0) columns.open[row] = number;
    else if (field === 1) columns.high[row] = number;
    else if (field === 2) columns.low[row] = number;
    else if (field === 3) columns.close[row] = number;
    else columns.volume[row] = number;
    at++;
  }
  return skipRest(bytes, at);
}

/** Over the fields that nobody asks for, numbers and decimals in quotes. @returns past the row's end; -1: give up */
function skipRest(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === COMMA) {
    const isQuoted = bytes[++at] === QUOTE;
    if (isQuoted || bytes[at] === MINUS) at++;
    const begin = at;
    let digit = bytes[at]! - ZERO;
    while (digit >= 0 && digit <= 9) digit = bytes[++at]! - ZERO;
    if (at === begin || (!isQuoted && at - begin > 1 && bytes[begin] === ZERO)) return -1;
    if (bytes[at] === DOT) {
      const dot = at;
      digit = bytes[++at]! - ZERO;
      while (digit >= 0 && digit <= 9) digit = bytes[++at]! - ZERO;
      if (at === dot + 1) return -1;
    }
    if (isQuoted && bytes[at++] !== QUOTE) return -1;
  }
  return bytes[at] === CLOSE ? at + 1 : -1;
}

/** Views, unless they would keep mostly empty memory alive. */
function firstRows(columns: CandleColumns, count: number): CandleColumns {
  const rows = sliceColumns(columns, 0, count);
  return 2 * count < columns.length ? copyColumns(rows) : rows;
}

function longDecimal(bytes: Uint8Array, begin: number, end: number): number {
  return Number(String.fromCharCode(...bytes.subarray(begin, end)));
}
