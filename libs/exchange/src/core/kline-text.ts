/**
 * REST klines straight from the text of the answer, without the objects that JSON.parse would make of it: the page of a
 * thousand candles is the hot path of a cold start. It knows the one shape that the exchange sends, without white space,
 * and gives up on any other; JSON.parse and kline-rows then judge the same text.
 */
import { allocateColumns, type CandleColumns } from '@slt/domain';

const OPEN = 91; // [
const QUOTE = 34;
const COMMA = 44;
const DOT = 46;
const ZERO = 48;
const MAX_EXACT_DIGITS = 15;
/** Exact in a double, and so the quotient of two such numbers is the nearest double. */
const POWERS_OF_TEN = Array.from({ length: MAX_EXACT_DIGITS + 1 }, (_, i) => 10 ** i);
/** The fields that nobody asks for, and the end of the row. */
const REST_OF_ROW = /(?:,(?:"\d+(?:\.\d+)?"|-?(?:0|[1-9]\d*)(?:\.\d+)?))*\]/y;

/** All rows as they stand, in their order and unjudged; undefined for any text that is not plainly such a list. */
export function scanKlineText(text: string): CandleColumns | undefined {
  if (text === '[]') return allocateColumns(0);
  if (text.charCodeAt(0) !== OPEN) return undefined;
  const columns = allocateColumns(countRows(text));
  let at = 1;
  for (let row = 0; row < columns.length; row++) {
    if (row > 0 && text.charCodeAt(at++) !== COMMA) return undefined;
    at = scanRow(text, at, columns, row);
    if (at < 0) return undefined;
  }
  return columns.length > 0 && text.length === at + 1 && text.endsWith(']') ? columns : undefined;
}

function countRows(text: string): number {
  let rows = -1;
  for (let at = 0; at >= 0; at = text.indexOf('[', at + 1)) rows++;
  return rows;
}

/** One loop without calls: it runs over every character of every page. @returns where the row ends; -1: give up */
function scanRow(text: string, start: number, columns: CandleColumns, row: number): number {
  if (text.charCodeAt(start) !== OPEN) return -1;
  let at = start + 1;
  let value = 0;
  for (
    let digit = text.charCodeAt(at) - ZERO;
    digit >= 0 && digit <= 9;
    digit = text.charCodeAt(++at) - ZERO
  ) {
    value = value * 10 + digit;
  }
  const length = at - start - 1;
  if (length === 0 || length > MAX_EXACT_DIGITS || (length > 1 && text.charCodeAt(start + 1) === ZERO))
    return -1;
  columns.openTime[row] = value;
  for (let field = 0; field < 5; field++) {
    if (text.charCodeAt(at) !== COMMA || text.charCodeAt(at + 1) !== QUOTE) return -1;
    at += 2;
    const begin = at;
    let dot = -1;
    let code = text.charCodeAt(at);
    value = 0;
    for (; (code >= ZERO && code <= ZERO + 9) || (code === DOT && dot < 0); code = text.charCodeAt(++at)) {
      if (code === DOT) dot = at;
      else value = value * 10 + (code - ZERO);
    }
    if (code !== QUOTE || at === begin || dot === begin || dot === at - 1) return -1;
    const fraction = dot < 0 ? 0 : at - dot - 1;
    const digits = at - begin - (dot < 0 ? 0 : 1);
    const number =
      digits > MAX_EXACT_DIGITS ? Number(text.slice(begin, at)) : value / POWERS_OF_TEN[fraction]!;
    if (field === 0) columns.open[row] = number;
    else if (field === 1) columns.high[row] = number;
    else if (field === 2) columns.low[row] = number;
    else if (field === 3) columns.close[row] = number;
    else columns.volume[row] = number;
    at++;
  }
  REST_OF_ROW.lastIndex = at;
  return REST_OF_ROW.test(text) ? REST_OF_ROW.lastIndex : -1;
}
