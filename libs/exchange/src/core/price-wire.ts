/**
 * Prices of one symbol as the exchange tells them: best bid and ask, last trade, mark price, settled fundings; by REST
 * and by stream. Rows of COIN-M (`st` 2) are not ours.
 */
import { DAY_MS, MINUTE_MS, type UtcMs } from '@slt/domain';
import { badResponse, excerpt } from './bad-response';
import { isInstant, parseDecimal } from './decimal';

/** Quantities in base asset. */
export interface BookTop {
  readonly bid: number;
  readonly ask: number;
  readonly bidQuantity: number;
  readonly askQuantity: number;
}

export interface SettledFunding {
  readonly symbol: string;
  /** Negative: shorts pay. */
  readonly rate: number;
  readonly at: UtcMs;
  readonly markPrice: number;
}

export type PriceEvent =
  | ({ readonly kind: 'book'; readonly symbol: string; readonly at: UtcMs } & BookTop)
  | { readonly kind: 'trade' | 'mark'; readonly symbol: string; readonly at: UtcMs; readonly price: number };

type Json = Readonly<Record<string, unknown>>;

const COIN_MARGINED = 2;
const SIGNED_DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** @throws AppError transient, `EXCHANGE.BAD_RESPONSE` */
export function parseBookTop(body: unknown): BookTop {
  const row = asObject(body);
  const top = bookTopOf(row?.['bidPrice'], row?.['bidQty'], row?.['askPrice'], row?.['askQty']);
  if (top === undefined) throw badResponse(`no best bid and ask: ${excerpt(body)}`);
  return top;
}

/** @throws as parseBookTop */
export function parseMarkPrice(body: unknown): number {
  const price = parseDecimal(asObject(body)?.['markPrice']);
  if (!(price > 0)) throw badResponse(`no mark price: ${excerpt(body)}`);
  return price;
}

/** USDT traded a minute, on average over a day. @throws as parseBookTop */
export function parseMinuteVolume(body: unknown): number {
  const volume = parseDecimal(asObject(body)?.['quoteVolume']);
  if (!(volume >= 0)) throw badResponse(`no volume: ${excerpt(body)}`);
  return volume / (DAY_MS / MINUTE_MS);
}

/** Ascending by time. @throws as parseBookTop */
export function parseFundings(body: unknown): SettledFunding[] {
  if (!Array.isArray(body)) throw badResponse(`no list of fundings: ${excerpt(body)}`);
  return (body as unknown[]).map(parseFunding).sort((a, b) => a.at - b.at);
}

function parseFunding(entry: unknown): SettledFunding {
  const { symbol, fundingRate, fundingTime, markPrice: mark } = asObject(entry) ?? {};
  const rate =
    typeof fundingRate === 'string' && SIGNED_DECIMAL.test(fundingRate) ? Number(fundingRate) : NaN;
  const markPrice = parseDecimal(mark);
  const isFine =
    typeof symbol === 'string' && Number.isFinite(rate) && isInstant(fundingTime) && markPrice > 0;
  if (!isFine) throw badResponse(`a funding that is none: ${excerpt(entry)}`);
  return { symbol, rate, at: fundingTime, markPrice };
}

/** Undefined for anything that is not a price of ours. */
export function parsePriceFrame(text: string): PriceEvent | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  const wrapper = asObject(message);
  const event = asObject(wrapper?.['data']) ?? wrapper;
  if (event === undefined || event['st'] === COIN_MARGINED) return undefined;
  const { e: kind, s: symbol, E: at } = event;
  if (typeof symbol !== 'string' || symbol === '' || !isInstant(at)) return undefined;
  switch (kind) {
    case 'bookTicker': {
      const top = bookTopOf(event['b'], event['B'], event['a'], event['A']);
      return top && { kind: 'book', symbol, at, ...top };
    }
    case 'aggTrade':
      return priced('trade', symbol, at, event['p']);
    case 'markPriceUpdate':
      return priced('mark', symbol, at, event['p']);
    default:
      return undefined;
  }
}

function priced(kind: 'trade' | 'mark', symbol: string, at: UtcMs, text: unknown): PriceEvent | undefined {
  const price = parseDecimal(text);
  return price > 0 ? { kind, symbol, at, price } : undefined;
}

function bookTopOf(
  bidPrice: unknown,
  bidQty: unknown,
  askPrice: unknown,
  askQty: unknown,
): BookTop | undefined {
  const top = {
    bid: parseDecimal(bidPrice),
    ask: parseDecimal(askPrice),
    bidQuantity: parseDecimal(bidQty),
    askQuantity: parseDecimal(askQty),
  };
  const isFine = top.bid > 0 && top.ask >= top.bid && top.bidQuantity >= 0 && top.askQuantity >= 0;
  return isFine ? top : undefined;
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
