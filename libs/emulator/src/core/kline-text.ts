/**
 * Rows to the exchange's text. Decimals are written digit by digit into bytes: this is what a history download costs, and
 * number formatting would be most of it.
 */
import type { KlineRow, MarketInterval } from './market';
import { closeTimeOf } from './market-interval';
import { powerOfTen, type RowBuffer } from './row-buffer';

const { abs, floor, round } = Math;

/** Decimals on the wire. */
export interface WirePrecision {
  readonly price: number;
  readonly quantity: number;
  readonly quote: number;
}

const EXACT = 2 ** 51;
const LOW_PART = 100_000_000;
const ZERO = 48;
const QUOTE = 34;
const COMMA = 44;
const MAX_ROW_BYTES = 400;
/** The two digits of 0 to 99, in ASCII. */
const UNITS = Uint8Array.from({ length: 100 }, (_, i) => ZERO + (i % 10));
const TENS = Uint8Array.from({ length: 100 }, (_, i) => ZERO + floor(i / 10));
const KEPT_BYTES = 300_000;

/** The decimal with exactly so many places. Where a double holds more digits than fit, its full value. */
export function toDecimal(value: number, decimals: number): string {
  const scaled = round(abs(value) * powerOfTen(decimals));
  if (scaled >= EXACT) return value.toFixed(decimals);
  const digits = `${scaled}`;
  const sign = value < 0 && scaled > 0 ? '-' : '';
  if (decimals === 0) return sign + digits;
  const padded = digits.padStart(decimals + 1, '0');
  const point = padded.length - decimals;
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
}

export function toKlineRow(
  rows: RowBuffer,
  at: number,
  interval: MarketInterval,
  precision: WirePrecision,
): KlineRow {
  const openTime = rows.openTime[at]!;
  return {
    openTime,
    open: toDecimal(rows.open[at]!, precision.price),
    high: toDecimal(rows.high[at]!, precision.price),
    low: toDecimal(rows.low[at]!, precision.price),
    close: toDecimal(rows.close[at]!, precision.price),
    volume: toDecimal(rows.volume[at]!, precision.quantity),
    closeTime: closeTimeOf(openTime, interval),
    quoteVolume: toDecimal(rows.quoteVolume[at]!, precision.quote),
    trades: rows.trades[at]!,
    takerBuyBase: toDecimal(rows.takerBase[at]!, precision.quantity),
    takerBuyQuote: toDecimal(rows.takerQuote[at]!, precision.quote),
  };
}

/** All rows as the exchange's JSON: an array of 12-element arrays. */
export function toKlinesJson(rows: RowBuffer, interval: MarketInterval, precision: WirePrecision): string {
  const { price, quantity, quote } = precision;
  writer.clear();
  for (let i = 0; i < rows.length; i++) {
    writer.reserve(MAX_ROW_BYTES);
    writer.text(i === 0 ? '[' : ',[');
    writer.integer(rows.openTime[i]!);
    writer.quoted(rows.open[i]!, price);
    writer.quoted(rows.high[i]!, price);
    writer.quoted(rows.low[i]!, price);
    writer.quoted(rows.close[i]!, price);
    writer.quoted(rows.volume[i]!, quantity);
    writer.byte(COMMA);
    writer.integer(closeTimeOf(rows.openTime[i]!, interval));
    writer.quoted(rows.quoteVolume[i]!, quote);
    writer.byte(COMMA);
    writer.integer(rows.trades[i]!);
    writer.quoted(rows.takerBase[i]!, quantity);
    writer.quoted(rows.takerQuote[i]!, quote);
    writer.text(',"0"]');
  }
  return `[${writer.take()}]`;
}

class ByteWriter {
  private bytes = new Uint8Array(KEPT_BYTES);
  private at = 0;

  /** Forgets what was written, and the memory of an unusually long text. */
  clear(): void {
    this.at = 0;
    if (this.bytes.length > KEPT_BYTES) this.bytes = new Uint8Array(KEPT_BYTES);
  }

  reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const grown = new Uint8Array(this.bytes.length * 2 + more);
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** ASCII only. */
  text(value: string): void {
    for (let i = 0; i < value.length; i++) this.bytes[this.at++] = value.charCodeAt(i);
  }

  /** A comma and the decimal in quotes. */
  quoted(value: number, decimals: number): void {
    this.bytes[this.at++] = COMMA;
    this.bytes[this.at++] = QUOTE;
    this.decimal(value, decimals);
    this.bytes[this.at++] = QUOTE;
  }

  private decimal(value: number, decimals: number): void {
    const power = powerOfTen(decimals);
    const scaled = round(value * power);
    if (scaled >= EXACT) return this.text(value.toFixed(decimals));
    if (decimals === 0) return this.integer(scaled);
    if (scaled < 0x7fffffff && decimals < 10) return this.smallDecimal(scaled | 0, power, decimals);
    const whole = floor(scaled / power);
    this.integer(whole);
    this.bytes[this.at++] = 46;
    this.padded(scaled - whole * power, decimals);
  }

  private smallDecimal(scaled: number, power: number, decimals: number): void {
    const whole = (scaled / power) | 0;
    this.small(whole);
    this.bytes[this.at++] = 46;
    this.digits(scaled - whole * power, decimals);
  }

  /** @param value a whole number in [0, 2^51) */
  integer(value: number): void {
    if (value < 0x7fffffff) return this.small(value | 0);
    const high = floor(value / LOW_PART);
    this.small(high);
    this.digits((value - high * LOW_PART) | 0, 8);
  }

  private small(value: number): void {
    let count = 1;
    for (let bound = 10; value >= bound; bound *= 10) count++;
    this.digits(value, count);
  }

  private padded(value: number, count: number): void {
    if (count <= 8) return this.digits(value | 0, count);
    const high = floor(value / LOW_PART);
    this.padded(high, count - 8);
    this.digits((value - high * LOW_PART) | 0, 8);
  }

  /** The last `count` digits of an integer below 2^31. */
  private digits(value: number, count: number): void {
    const { bytes } = this;
    let rest = value | 0;
    let i = this.at + count - 1;
    for (; i > this.at; i -= 2) {
      const quotient = (rest / 100) | 0;
      const pair = rest - quotient * 100;
      bytes[i] = UNITS[pair]!;
      bytes[i - 1] = TENS[pair]!;
      rest = quotient;
    }
    if (i === this.at) bytes[i] = UNITS[rest % 100]!;
    this.at += count;
  }

  take(): string {
    return decoder.decode(this.bytes.subarray(0, this.at));
  }
}

const decoder = new TextDecoder();
/** Reused from page to page. */
const writer = new ByteWriter();
