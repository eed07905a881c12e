/** exchangeInfo into instruments. Symbols are read one by one, so that an odd one never hides the others. */
import { encodeSymbol, type Instrument, type InstrumentFilters, type InstrumentStatus } from '@slt/domain';
import { badResponse, excerpt } from './bad-response';
import { isDecimalText, isInstant } from './decimal';

export interface ExchangeInfo {
  readonly instruments: Instrument[];
  /** Entries that could not be understood. */
  readonly malformed: number;
  /** Request weight per minute and IP, where the exchange says so. */
  readonly weightLimit?: number;
}

type Json = Readonly<Record<string, unknown>>;

const STATUSES: Readonly<Record<string, InstrumentStatus>> = {
  PENDING_TRADING: 'pending',
  TRADING: 'trading',
  PRE_DELIVERING: 'settling',
  DELIVERING: 'settling',
  DELIVERED: 'settling',
  PRE_SETTLE: 'settling',
  SETTLING: 'settling',
  CLOSE: 'closed',
};

/** @throws AppError transient, `EXCHANGE.BAD_RESPONSE`, when it holds no list of symbols or none can be understood */
export function parseExchangeInfo(body: unknown): ExchangeInfo {
  if (!isObject(body) || !Array.isArray(body['symbols'])) {
    throw badResponse(`no list of symbols: ${excerpt(body)}`);
  }
  const entries = body['symbols'] as unknown[];
  const bySymbol = new Map<string, Instrument>();
  let malformed = 0;
  for (const entry of entries) {
    const instrument = parseInstrument(entry);
    if (instrument === undefined || bySymbol.has(instrument.symbol)) malformed++;
    else bySymbol.set(instrument.symbol, instrument);
  }
  if (bySymbol.size === 0) throw badResponse(`no usable symbol among ${entries.length}`);
  const weightLimit = parseWeightLimit(body['rateLimits']);
  return {
    instruments: [...bySymbol.values()],
    malformed,
    ...(weightLimit === undefined ? {} : { weightLimit }),
  };
}

/** One entry of `symbols`; undefined if it lacks something that trading needs. */
export function parseInstrument(entry: unknown): Instrument | undefined {
  if (!isObject(entry) || !isSymbol(entry['symbol']) || !isInstant(entry['onboardDate'])) return undefined;
  const filters = parseFilters(entry['filters']);
  const base = text(entry['baseAsset']);
  const quote = text(entry['quoteAsset']);
  if (filters === undefined || base === '' || quote === '') return undefined;
  return {
    symbol: entry['symbol'],
    contractType: text(entry['contractType']),
    // A word of a later day means: not tradable as far as we know.
    status: STATUSES[text(entry['status'])] ?? 'closed',
    baseAsset: base,
    quoteAsset: quote,
    marginAsset: text(entry['marginAsset']),
    underlyingType: text(entry['underlyingType']),
    sectors: texts(entry['underlyingSubType']),
    onboardTime: entry['onboardDate'],
    deliveryTime: isInstant(entry['deliveryDate']) ? entry['deliveryDate'] : Number.MAX_SAFE_INTEGER,
    filters,
  };
}

function parseFilters(list: unknown): InstrumentFilters | undefined {
  if (!Array.isArray(list)) return undefined;
  const find = (type: string): Json =>
    (list as unknown[]).filter(isObject).find((filter) => filter['filterType'] === type) ?? {};
  const price = find('PRICE_FILTER');
  const lot = find('LOT_SIZE');
  const marketLot = { ...lot, ...find('MARKET_LOT_SIZE') };
  const filters = {
    tickSize: price['tickSize'],
    minPrice: price['minPrice'],
    maxPrice: price['maxPrice'],
    stepSize: lot['stepSize'],
    minQty: lot['minQty'],
    maxQty: lot['maxQty'],
    marketStepSize: marketLot['stepSize'],
    marketMinQty: marketLot['minQty'],
    marketMaxQty: marketLot['maxQty'],
    minNotional: find('MIN_NOTIONAL')['notional'],
  };
  const usable =
    Object.values(filters).every(isDecimalText) &&
    Number(filters.tickSize) > 0 &&
    Number(filters.stepSize) > 0;
  return usable ? (filters as InstrumentFilters) : undefined;
}

function parseWeightLimit(rateLimits: unknown): number | undefined {
  if (!Array.isArray(rateLimits)) return undefined;
  const rule = (rateLimits as unknown[])
    .filter(isObject)
    .find((limit) => limit['rateLimitType'] === 'REQUEST_WEIGHT' && limit['interval'] === 'MINUTE');
  const limit = rule?.['limit'];
  const minutes = rule?.['intervalNum'] ?? 1;
  if (!Number.isSafeInteger(limit) || !Number.isSafeInteger(minutes)) return undefined;
  const perMinute = Math.floor((limit as number) / (minutes as number));
  return perMinute > 0 ? perMinute : undefined;
}

function isSymbol(value: unknown): value is string {
  if (typeof value !== 'string' || /[\s\p{Cc}]/u.test(value)) return false;
  try {
    encodeSymbol(value);
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string' && word !== '') : [];
}
