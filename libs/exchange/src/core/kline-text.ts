/**
 * REST klines straight from the text of the answer, without the objects that JSON.parse would make of it: the page of a
 * thousand candles is the hot path of a cold start. It knows the one shape that the exchange sends and gives up on any
 * other; JSON.parse and kline-rows then judge the same text.
 */
import { allocateColumns, type CandleColumns } from '@slt/domain';

const OPEN = 91; // [
const CLOSE = 93; // ]
const QUOTE = 34;
const COMMA = 44;
const DOT = 46;
const MINUS = 45;
const ZERO = 48;
const MAX_EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: MAX_EXACT_DIGITS + 1 }, (_, i) => 10 ** i);
/** Prices and volume, after the open time. */
const FIELDS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** All rows as they stand, in their order and unjudged; undefined for any text that is not plainly such a list. */
export function scanKlineText(text: string): CandleColumns | undefined {
  const columns = allocateColumns(countRows(text));
  const scanner = new Scanner(text);
  if (!scanner.take(OPEN)) return undefined;
  for (let row = 0; row < columns.length; row++) {
    if (row > 0 && !scanner.take(COMMA)) return undefined;
    if (!scanRow(scanner, columns, row)) return undefined;
  }
  return scanner.take(CLOSE) && scanner.isAtEnd() ? columns : undefined;
}

function scanRow(scanner: Scanner, columns: CandleColumns, row: number): boolean {
  if (!scanner.take(OPEN)) return false;
  scanner.skipSpace();
  columns.openTime[row] = scanner.whole();
  for (const field of FIELDS) {
    if (!scanner.take(COMMA)) return false;
    columns[field][row] = scanner.quotedDecimal();
  }
  while (scanner.take(COMMA)) scanner.skipField();
  return scanner.take(CLOSE) && !scanner.hasFailed;
}

function countRows(text: string): number {
  let rows = 0;
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) rows++;
  return Math.max(0, rows - 1);
}

/** Once something is not as expected, `hasFailed` stays set and what is read means nothing. */
class Scanner {
  hasFailed = false;
  private at = 0;

  constructor(private readonly text: string) {}

  /** Moves past the character if it is next, white space aside. */
  take(code: number): boolean {
    this.skipSpace();
    if (this.text.charCodeAt(this.at) !== code) return false;
    this.at++;
    return true;
  }

  isAtEnd(): boolean {
    this.skipSpace();
    return this.at === this.text.length;
  }

  /** A whole number of at most 15 digits, without a leading zero. */
  whole(): number {
    const start = this.at;
    let value = 0;
    for (let digit = this.digit(); digit >= 0; digit = this.digit()) value = value * 10 + digit;
    const length = this.at - start;
    const hasLeadingZero = length > 1 && this.text.charCodeAt(start) === ZERO;
    if (length === 0 || length > MAX_EXACT_DIGITS || hasLeadingZero) this.hasFailed = true;
    return value;
  }

  /** `"70048.90"`: digits as a whole number, then one division by an exact power of ten, which rounds right. */
  quotedDecimal(): number {
    if (!this.take(QUOTE)) this.hasFailed = true;
    const start = this.at;
    let value = 0;
    let digits = 0;
    let fraction = 0;
    for (let digit = this.digit(); digit >= 0; digit = this.digit(), digits++) value = value * 10 + digit;
    if (digits === 0) this.hasFailed = true;
    if (this.text.charCodeAt(this.at) === DOT) {
      this.at++;
      for (let digit = this.digit(); digit >= 0; digit = this.digit(), fraction++) value = value * 10 + digit;
      if (fraction === 0) this.hasFailed = true;
    }
    if (digits + fraction > MAX_EXACT_DIGITS) value = Number(this.text.slice(start, this.at));
    else value /= POWERS_OF_TEN[fraction]!;
    if (this.text.charCodeAt(this.at++) !== QUOTE) this.hasFailed = true;
    return value;
  }

  /** A number or a quoted decimal that nobody asks for. */
  skipField(): void {
    this.skipSpace();
    if (this.text.charCodeAt(this.at) === QUOTE) {
      this.quotedDecimal();
      return;
    }
    if (this.text.charCodeAt(this.at) === MINUS) this.at++;
    this.whole();
  }

  /** The next digit, moved past; -1 when the next character is none. */
  private digit(): number {
    const digit = this.text.charCodeAt(this.at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    this.at++;
    return digit;
  }

  skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.at++;
    }
  }
}
