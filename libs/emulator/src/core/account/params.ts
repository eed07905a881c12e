/** A call's parameters by name, as text, and their plain readings, refused with the exchange's words. */
import type { UtcMs } from '@slt/domain';
import type { EmulatedSymbol, Market } from '../market';
import {
  illegalCharacters,
  invalidData,
  invalidSymbol,
  mandatoryParameter,
  startAfterEnd,
} from '../rest-error';
import { type Decimal, decimal } from './money';
import { intervalTooLong } from './refusals';

/** Undefined when it was not sent. */
export type Params = (name: string) => string | undefined;

/** Parameters from an element of a batch list: numbers and booleans become their text. */
export function paramsOf(values: Readonly<Record<string, unknown>>): Params {
  return (name) => {
    const value = values[name];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
  };
}

/** @throws RestError -1102 when it is missing or empty */
export function mandatory(params: Params, name: string): string {
  const value = params(name);
  if (value === undefined || value === '') throw mandatoryParameter(name);
  return value;
}

/** Undefined when it is missing or empty. */
export function optional(params: Params, name: string): string | undefined {
  const value = params(name);
  return value === '' ? undefined : value;
}

const DECIMAL = /^-?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})$/;

/** @throws RestError -1100 */
export function decimalOf(params: Params, name: string): Decimal | undefined {
  const text = optional(params, name);
  if (text === undefined) return undefined;
  if (!DECIMAL.test(text)) throw illegalCharacters(name, '^([0-9]{1,20})(\\.[0-9]{1,20})?$');
  return decimal(text.replace(/^(-?)\./, '$10.').replace(/\.$/, ''));
}

/** @throws RestError -1130 */
export function booleanOf(params: Params, name: string): boolean | undefined {
  const text = optional(params, name)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') throw invalidData(name);
  return text === 'true';
}

/** @throws RestError -1100 */
export function wholeNumberOf(params: Params, name: string): number | undefined {
  const text = optional(params, name);
  return text === undefined ? undefined : Number(bigIdOf(params, name));
}

/** @throws RestError -1100 */
export function bigIdOf(params: Params, name: string): bigint | undefined {
  const text = optional(params, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,20}$/.test(text)) throw illegalCharacters(name, '^[0-9]{1,20}$');
  return BigInt(text);
}

/** @throws RestError -1100, and -1130 outside [1, max] */
export function limitOf(params: Params, fallback: number, max: number): number {
  const limit = wholeNumberOf(params, 'limit') ?? fallback;
  if (limit < 1 || limit > max) throw invalidData('limit');
  return limit;
}

/** One of the words, or undefined when missing. */
export function wordOf<T extends string>(
  params: Params,
  name: string,
  words: readonly T[],
  refusal: () => Error,
): T | undefined {
  const text = optional(params, name);
  if (text === undefined) return undefined;
  const word = words.find((known) => known === text.toUpperCase());
  if (word === undefined) throw refusal();
  return word;
}

/** @throws RestError -1102, -1121 when exchangeInfo does not show it */
export function symbolOf(params: Params, market: Market, now: UtcMs): EmulatedSymbol {
  return listedSymbol(mandatory(params, 'symbol'), market, now);
}

/** Undefined when the caller means all symbols. @throws RestError -1121 */
export function optionalSymbolOf(params: Params, market: Market, now: UtcMs): EmulatedSymbol | undefined {
  const name = optional(params, 'symbol');
  return name === undefined ? undefined : listedSymbol(name, market, now);
}

function listedSymbol(name: string, market: Market, now: UtcMs): EmulatedSymbol {
  const symbol = market.find(name);
  if (symbol === undefined || symbol.statusAt(now) === 'CLOSE') throw invalidSymbol();
  return symbol;
}

export interface TimeRange {
  /** Inclusive. */
  readonly from: UtcMs;
  /** Inclusive. */
  readonly to: UtcMs;
}

/** startTime to endTime; where one is missing, `span` from the other, and the last `span` where both are. @throws RestError */
export function timeRangeOf(params: Params, now: UtcMs, span: number, spanDays: number): TimeRange {
  const start = wholeNumberOf(params, 'startTime');
  const end = wholeNumberOf(params, 'endTime');
  if (start !== undefined && end !== undefined && start > end) throw startAfterEnd();
  if (start !== undefined && end !== undefined && end - start > span) throw intervalTooLong(spanDays);
  if (start !== undefined) return { from: start, to: end ?? start + span };
  return end === undefined ? { from: now - span, to: now } : { from: end - span, to: end };
}
