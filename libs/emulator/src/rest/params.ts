/** Query parameters as the exchange reads them, refused with its words. */
import type { UtcMs } from '@slt/domain';
import { isMarketInterval } from '../core/market-interval';
import type { EmulatedSymbol, Market, MarketInterval } from '../market';
import type { QueryOf } from '../limits/weights';
import {
  illegalCharacters,
  invalidData,
  invalidInterval,
  invalidSymbol,
  mandatoryParameter,
} from './rest-error';

/** @throws RestError -1102 when it is missing or empty */
export function mandatory(query: QueryOf, name: string): string {
  const value = query(name);
  if (value === undefined || value === '') throw mandatoryParameter(name);
  return value;
}

/** @throws RestError -1102, -1120 */
export function intervalOf(query: QueryOf): MarketInterval {
  const text = mandatory(query, 'interval');
  if (!isMarketInterval(text)) throw invalidInterval();
  return text;
}

/** A whole number of 0 or more; undefined when it is missing. @throws RestError -1100, -1102 */
export function wholeNumber(query: QueryOf, name: string): number | undefined {
  const text = query(name);
  if (text === undefined) return undefined;
  if (text === '') throw mandatoryParameter(name);
  if (!/^\d{1,20}$/.test(text)) throw illegalCharacters(name, '^[0-9]{1,20}$');
  return Number(text);
}

/** @throws RestError -1100, -1102, and -1130 outside [1, max] */
export function limitOf(query: QueryOf, fallback: number, max: number): number {
  const limit = wholeNumber(query, 'limit') ?? fallback;
  if (limit < 1 || limit > max) throw invalidData('limit');
  return limit;
}

/** @throws RestError -1102, -1121 when exchangeInfo does not show it */
export function mandatorySymbol(query: QueryOf, market: Market, now: UtcMs): EmulatedSymbol {
  return findListed(mandatory(query, 'symbol'), market, now);
}

/** Undefined when the caller means all symbols. @throws RestError -1121 */
export function optionalSymbol(query: QueryOf, market: Market, now: UtcMs): EmulatedSymbol | undefined {
  const text = query('symbol') ?? '';
  return text === '' ? undefined : findListed(text, market, now);
}

function findListed(name: string, market: Market, now: UtcMs): EmulatedSymbol {
  const symbol = market.find(name);
  if (symbol === undefined || symbol.statusAt(now) === 'CLOSE') throw invalidSymbol();
  return symbol;
}
