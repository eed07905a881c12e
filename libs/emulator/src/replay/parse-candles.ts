/**
 * Candles from CSV bytes: Binance's archive (12 columns, with or without header) or timestamp,open,high,low,close,volume.
 * Numbers are read from the bytes to the same double that Number() gives, and their decimals are counted.
 */
import type { Interval } from '@slt/domain';
import { intervalMs } from '@slt/domain';

export interface ParsedCandles {
  length: number;
  /** Six columns: openTime, open, high, low, close, volume; with `whole` also quote volume, trades, taker base and quote. */
  readonly columns: readonly Float64Array[];
  /** All rows had the 12 columns of the archive. */
  readonly whole: boolean;
  readonly decimals: Decimals;
  /** What is wrong, as `line 7: …`; the candles are worthless unless this is empty. */
  readonly problems: string[];
}

/** Most decimals found: as written, and without trailing zeros. */
export interface Decimals {
  price: number;
  priceExact: number;
  quantity: number;
  quantityExact: number;
  quote: number;
}

const NEW_LINE = 10;
const RETURN = 13;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
const MICROSECONDS_FROM = 1e14;
const MAX_PROBLEMS = 5;
/** Positions in a 12-column row of what is kept; the closing time and the last column are not. */
const ARCHIVE_FIELDS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10];
const SAFE_DIGITS = 15;
const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);

export function parseCandles(bytes: Uint8Array, interval: Interval): ParsedCandles {
  return new CandleParser(bytes, interval).parse();
}

class CandleParser {
  private at = 0;
  private line = 0;
  private fields = 0;
  private readonly values = new Float64Array(16);
  private readonly places = new Uint8Array(16);
  private readonly exactPlaces = new Uint8Array(16);
  private readonly problems: string[] = [];
  private readonly decimals: Decimals = {
    price: 0,
    priceExact: 0,
    quantity: 0,
    quantityExact: 0,
    quote: 0,
  };
  private readonly step: number;
  private columns: Float64Array[] = [];
  private length = 0;

  constructor(
    private readonly bytes: Uint8Array,
    interval: Interval,
  ) {
    this.step = intervalMs(interval);
  }

  parse(): ParsedCandles {
    const { bytes } = this;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
    let width = 0;
    while (this.at < bytes.length && this.problems.length < MAX_PROBLEMS) {
      const end = this.endOfLine();
      this.line++;
      if (end > this.at && !this.isHeader()) {
        const fault = this.readRow(end, width);
        if (fault !== undefined) this.problems.push(`line ${this.line}: ${fault}`);
        else if (width === 0) width = this.begin();
        if (fault === undefined) this.keep(width);
      }
      this.skipLine(end);
    }
    if (this.length === 0 && this.problems.length === 0) this.problems.push('no candle in it');
    const columns = this.columns.map((column) => column.subarray(0, this.length));
    const { length, decimals, problems } = this;
    return { length, columns, whole: width === 12, decimals, problems };
  }

  private endOfLine(): number {
    const newLine = this.bytes.indexOf(NEW_LINE, this.at);
    const end = newLine < 0 ? this.bytes.length : newLine;
    return end > this.at && this.bytes[end - 1] === RETURN ? end - 1 : end;
  }

  private skipLine(end: number): void {
    this.at = end + (this.bytes[end] === RETURN ? 2 : 1);
  }

  /** Only the first line may be one; it begins with a letter. */
  private isHeader(): boolean {
    const first = this.bytes[this.at]! | 0x20;
    return this.line === 1 && ((first >= 97 && first <= 122) || this.bytes[this.at] === 34);
  }

  /** Room for as many rows as lines of this length would be. */
  private begin(): number {
    const columns = this.fields === 12 ? 10 : 6;
    const shortest = this.fields === 12 ? 36 : 24;
    const rows = Math.ceil(this.bytes.length / shortest) + 1;
    this.columns = Array.from({ length: columns }, () => new Float64Array(rows));
    return this.fields;
  }

  /** Fills values and places. @returns what is wrong */
  private readRow(end: number, width: number): string | undefined {
    this.fields = 0;
    for (let from = this.at; from <= end;) {
      let to = this.bytes.indexOf(COMMA, from);
      if (to < 0 || to > end) to = end;
      if (this.fields >= 12) return 'more than 12 columns';
      if (!this.readNumber(from, to)) return `${JSON.stringify(this.text(from, to))} is no number`;
      this.fields++;
      from = to + 1;
    }
    if (this.fields !== 12 && this.fields !== 6) return `${this.fields} columns, expected 6 or 12`;
    if (width !== 0 && this.fields !== width) return `${this.fields} columns, but ${width} before`;
    return this.judge();
  }

  private judge(): string | undefined {
    const { values } = this;
    if (values[0]! >= MICROSECONDS_FROM) values[0] = Math.floor(values[0]! / 1000);
    const time = values[0]!;
    if (time < 1e11 || time % this.step !== 0) return `${time} is no open time of this interval`;
    for (let i = 1; i <= 4; i++) if (!(values[i]! > 0)) return `the price ${values[i]} is not positive`;
    const highest = values[2]!;
    const lowest = values[3]!;
    if (highest < Math.max(values[1]!, values[4]!, lowest) || lowest > Math.min(values[1]!, values[4]!)) {
      return `high ${highest} and low ${lowest} do not hold open ${values[1]} and close ${values[4]}`;
    }
    for (let i = 5; i < this.fields; i++) if (!(values[i]! >= 0)) return `${values[i]} is negative`;
    return undefined;
  }

  private keep(width: number): void {
    const { values, places, exactPlaces, decimals, columns } = this;
    for (let i = 0; i < columns.length; i++) {
      columns[i]![this.length] = values[width === 12 ? ARCHIVE_FIELDS[i]! : i]!;
    }
    this.length++;
    for (let i = 1; i <= 4; i++) {
      if (places[i]! > decimals.price) decimals.price = places[i]!;
      if (exactPlaces[i]! > decimals.priceExact) decimals.priceExact = exactPlaces[i]!;
    }
    decimals.quantity = Math.max(decimals.quantity, places[5]!, width === 12 ? places[9]! : 0);
    decimals.quantityExact = Math.max(decimals.quantityExact, exactPlaces[5]!);
    if (width === 12) decimals.quote = Math.max(decimals.quote, places[7]!, places[10]!);
  }

  /** Digits with at most one point; anything else is left to Number(). */
  private readNumber(from: number, to: number): boolean {
    const { bytes } = this;
    let mantissa = 0;
    let digits = 0;
    let point = -1;
    let lastDigit = from;
    for (let i = from; i < to; i++) {
      const digit = bytes[i]! - ZERO;
      if (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        if (mantissa > 0) digits++;
        if (digit > 0) lastDigit = i;
      } else if (bytes[i] === POINT && point < 0) point = i;
      else return this.readOddNumber(from, to);
    }
    if (to === from || (point >= 0 && to - from === 1)) return false;
    const places = point < 0 ? 0 : to - point - 1;
    if (digits > SAFE_DIGITS || places > 22) return this.readOddNumber(from, to, places);
    this.values[this.fields] = places === 0 ? mantissa : mantissa / POWERS[places]!;
    this.places[this.fields] = places;
    this.exactPlaces[this.fields] = point < 0 ? 0 : Math.max(0, lastDigit - point);
    return true;
  }

  private readOddNumber(from: number, to: number, places = 0): boolean {
    const text = this.text(from, to).trim();
    const value = text === '' ? NaN : Number(text);
    const plain = /^-?[0-9.]+$/.test(text) ? places : decimalsOf(value);
    this.values[this.fields] = value;
    this.places[this.fields] = Math.min(plain, 100);
    this.exactPlaces[this.fields] = Math.min(plain, 100);
    return Number.isFinite(value);
  }

  private text(from: number, to: number): string {
    return new TextDecoder().decode(this.bytes.subarray(from, Math.min(to, from + 40)));
  }
}

/** Decimals of the shortest text of the number: `1e-7` has 7. */
function decimalsOf(value: number): number {
  const [digits = '', exponent = '0'] = String(value).toLowerCase().split('e');
  const places = (digits.split('.')[1] ?? '').length - Number(exponent);
  return Math.max(0, places);
}
