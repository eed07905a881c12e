/**
 * Fields of an account's answers and events, read strictly: what is missing or is not what Binance documents makes the
 * whole answer unusable. Amounts stay decimal text, ids become text. Keys that nobody asks for are ignored.
 */
import Big from 'big.js';
import type { UtcMs } from '@slt/domain';
import { badResponse, excerpt } from './bad-response';
import { isInstant } from './decimal';

export type Json = Readonly<Record<string, unknown>>;
/** Decimal text as the exchange sent it; may be negative. */
export type DecimalText = string;

const SIGNED_DECIMAL = /^-?\d+(?:\.\d+)?$/;
const SCIENTIFIC = /^-?\d+(?:\.\d+)?e[+-]?\d{1,2}$/i;
const DIGITS = /^\d+$/;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function object(value: unknown, what: string): Json {
  if (!isJson(value)) throw badResponse(`no ${what}: ${excerpt(value)}`);
  return value;
}

export function list(value: unknown, what: string): Json[] {
  if (!Array.isArray(value)) throw badResponse(`no list of ${what}: ${excerpt(value)}`);
  return (value as unknown[]).map((entry) => object(entry, what));
}

export function text(row: Json, key: string): string {
  const value = row[key];
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(row, key, 'text');
}

/** '' where it is missing. */
export function optionalText(row: Json, key: string): string {
  const value = row[key];
  return typeof value === 'string' ? value : '';
}

/** Text, or a number: some calls answer with numbers. */
export function decimal(row: Json, key: string): DecimalText {
  const value = decimalOf(row[key]);
  if (value === undefined) throw wrong(row, key, 'a decimal');
  return value;
}

/** Undefined where it is missing, null or ''. */
export function optionalDecimal(row: Json, key: string): DecimalText | undefined {
  const value = row[key];
  return value === undefined || value === null || value === '' ? undefined : decimal(row, key);
}

/** A whole number of any size, as text. */
export function id(row: Json, key: string): string {
  const value = row[key];
  if (isInstant(value)) return String(value);
  if (typeof value === 'string' && DIGITS.test(value)) return value;
  throw wrong(row, key, 'an id');
}

export function instant(row: Json, key: string): UtcMs {
  const value = row[key];
  if (isInstant(value)) return value;
  throw wrong(row, key, 'an instant');
}

export function count(row: Json, key: string): number {
  const value = row[key];
  if (Number.isSafeInteger(value)) return value as number;
  throw wrong(row, key, 'a whole number');
}

/** False where it is missing. */
export function flag(row: Json, key: string): boolean {
  const value = row[key] ?? false;
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw wrong(row, key, 'true or false');
}

/** One of the exchange's words in ours. */
export function word<T>(row: Json, key: string, words: Readonly<Record<string, T>>): T {
  const value = row[key];
  if (typeof value === 'string' && Object.hasOwn(words, value)) return words[value]!;
  throw wrong(row, key, 'a known word');
}

function decimalOf(value: unknown): DecimalText | undefined {
  const written = typeof value === 'number' ? String(value) : value;
  if (typeof written !== 'string') return undefined;
  if (SIGNED_DECIMAL.test(written)) return written;
  // Numbers of brackets may come as 1.0E7.
  return SCIENTIFIC.test(written) ? new Big(written).toFixed() : undefined;
}

function wrong(row: Json, key: string, what: string) {
  return badResponse(`"${key}" that is not ${what}: ${excerpt(row[key] ?? null)}`);
}
