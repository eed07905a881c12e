/**
 * Rows of numbers from CSV bytes that come in pieces of any size. Digits become doubles without a string in between: up
 * to 15 digits are an exact integer, and dividing it by an exact power of ten rounds once, as Number() does; anything
 * else takes the long way. Holds one unfinished line, never the file.
 */

export interface CsvNumbersOptions {
  /** Told of each line that is neither empty nor the header. What it throws ends the reading. */
  readonly onRow: (row: CsvNumbers) => void;
  /** Told of the first line, if it begins with a letter or a quote: names as written, without quotes and spaces. */
  readonly onHeader?: (names: readonly string[]) => void;
  /** So many columns, from the first on, are read as numbers; `select` may change that. */
  readonly columns: number;
}

const LINE_FEED = 10;
const RETURN = 13;
const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
const EXACT_DIGITS = 15;
/** Powers of ten up to here are doubles without error. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const SHOWN_BYTES = 40;
/** No row of numbers is longer; a file without line ends must not be held as one. */
const MOST_LINE_BYTES = 65_536;
const NOTHING = new Uint8Array(0);

export class CsvNumbers {
  /** By column, of the row at hand. */
  values: Float64Array;
  /** Decimals as written, and without trailing zeros; by column, of the row at hand. */
  places: Uint8Array;
  exactPlaces: Uint8Array;
  /** Of the row at hand, from 1. */
  line = 0;
  /** Columns that the row at hand has, read or not. */
  fields = 0;
  /** The first field of the row at hand that should be a finite number and is not. */
  fault: string | undefined;
  private isRead: boolean[];
  private carried = NOTHING;
  private isOverlong = false;
  private isStopped = false;

  constructor(private readonly options: CsvNumbersOptions) {
    this.values = new Float64Array(options.columns);
    this.places = new Uint8Array(options.columns);
    this.exactPlaces = new Uint8Array(options.columns);
    this.isRead = new Array<boolean>(options.columns).fill(true);
  }

  /** From here on only these columns are read, whatever stands in the others. */
  select(columns: readonly number[]): void {
    const length = Math.max(...columns) + 1;
    this.values = new Float64Array(length);
    this.places = new Uint8Array(length);
    this.exactPlaces = new Uint8Array(length);
    this.isRead = Array.from({ length }, (_, column) => columns.includes(column));
  }

  /** The next bytes; what they hold of an unfinished line is copied. */
  push(bytes: Uint8Array): void {
    let start = 0;
    if (this.carried.length > 0 || this.isOverlong) {
      const lineFeed = bytes.indexOf(LINE_FEED);
      start = lineFeed < 0 ? bytes.length : lineFeed + 1;
      this.carry(bytes.subarray(0, start), lineFeed >= 0);
    }
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end > start) this.readLines(bytes, start, end);
    if (Math.max(start, end) < bytes.length) this.carry(bytes.subarray(Math.max(start, end)), false);
  }

  /** There is no more: a last line without a line feed counts too. */
  end(): void {
    if (this.carried.length > 0 && !this.isOverlong) {
      this.readLines(this.carried, 0, this.carried.length);
    }
    this.carried = NOTHING;
  }

  /** Called in onRow: the rest is passed over. */
  stop(): void {
    this.isStopped = true;
  }

  private carry(piece: Uint8Array, isWhole: boolean): void {
    if (!this.isOverlong) {
      const joined = new Uint8Array(this.carried.length + piece.length);
      joined.set(this.carried);
      joined.set(piece, this.carried.length);
      this.carried = joined;
    }
    if (isWhole) {
      const line = this.carried;
      this.carried = NOTHING;
      if (!this.isOverlong) this.readLines(line, 0, line.length);
      this.isOverlong = false;
    } else if (this.carried.length > MOST_LINE_BYTES && !this.isOverlong) {
      this.isOverlong = true;
      this.line++;
      this.refuse(this.carried);
      this.carried = NOTHING;
    }
  }

  private refuse(bytes: Uint8Array): void {
    if (this.isStopped) return;
    this.fields = 1;
    this.fault = textOf(bytes, 0, bytes.length);
    this.options.onRow(this);
  }

  private readLines(bytes: Uint8Array, from: number, to: number): void {
    for (let start = from; start < to && !this.isStopped;) {
      let end = bytes.indexOf(LINE_FEED, start);
      if (end < 0 || end > to) end = to;
      const next = end + 1;
      if (end > start && bytes[end - 1] === RETURN) end--;
      this.line++;
      if (this.line === 1) start += markLength(bytes, start);
      if (end > start) this.takeLine(bytes, start, end);
      start = next;
    }
  }

  private takeLine(bytes: Uint8Array, start: number, end: number): void {
    if (this.line === 1 && beginsAsHeader(bytes[start]!)) {
      this.options.onHeader?.(namesOf(bytes.subarray(start, end)));
      return;
    }
    this.readRow(bytes, start, end);
    this.options.onRow(this);
  }

  private readRow(bytes: Uint8Array, start: number, end: number): void {
    const { isRead } = this;
    let at = start;
    let field = 0;
    this.fault = undefined;
    for (;;) {
      if (field < isRead.length && isRead[field] === true && this.fault === undefined)
        at = this.readNumber(bytes, at, end, field);
      else while (at < end && bytes[at] !== COMMA) at++;
      field++;
      if (at >= end) break;
      at++;
    }
    this.fields = field;
  }

  /** @returns where the field ends */
  private readNumber(bytes: Uint8Array, from: number, end: number, field: number): number {
    let mantissa = 0;
    let digits = 0;
    let point = -1;
    let lastDigit = from;
    let at = from;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === COMMA) break;
      const digit = byte - ZERO;
      if (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        if (mantissa > 0) digits++;
        if (digit > 0) lastDigit = at;
      } else if (byte === POINT && point < 0) point = at;
      else return this.readOddNumber(bytes, from, end, field);
    }
    const places = point < 0 ? 0 : at - point - 1;
    const isEmpty = at === from || (point >= 0 && at - from === 1);
    if (isEmpty || digits > EXACT_DIGITS || places >= POWERS_OF_TEN.length)
      return this.readOddNumber(bytes, from, end, field);
    this.values[field] = places === 0 ? mantissa : mantissa / POWERS_OF_TEN[places]!;
    this.places[field] = places;
    this.exactPlaces[field] = point < 0 ? 0 : Math.max(0, lastDigit - point);
    return at;
  }

  private readOddNumber(bytes: Uint8Array, from: number, end: number, field: number): number {
    let to = from;
    while (to < end && bytes[to] !== COMMA) to++;
    const text = textOf(bytes, from, to).trim();
    const value = text === '' || to - from > MOST_LINE_BYTES ? NaN : Number(text);
    if (!Number.isFinite(value)) this.fault = textOf(bytes, from, Math.min(to, from + SHOWN_BYTES));
    const places = Math.min(100, placesOf(text, value));
    this.values[field] = value;
    this.places[field] = places;
    this.exactPlaces[field] = places;
    return to;
  }
}

/** Of a byte order mark. */
function markLength(bytes: Uint8Array, start: number): number {
  return bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? 3 : 0;
}

function beginsAsHeader(byte: number): boolean {
  const letter = byte | 0x20;
  return (letter >= 97 && letter <= 122) || byte === QUOTE;
}

function namesOf(line: Uint8Array): string[] {
  return textOf(line, 0, line.length)
    .split(',')
    .map((name) =>
      name
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .trim(),
    );
}

/** Decimals of a number as written, or of the shortest text of it: `1e-7` has 7. */
function placesOf(text: string, value: number): number {
  if (/^-?[0-9.]+$/.test(text)) return (text.split('.')[1] ?? '').length;
  const [digits = '', exponent = '0'] = String(value).toLowerCase().split('e');
  return Math.max(0, (digits.split('.')[1] ?? '').length - Number(exponent));
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return new TextDecoder().decode(bytes.subarray(from, to));
}
