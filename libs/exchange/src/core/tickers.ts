/** 24-hour statistics of all symbols. */
import type { UtcMs } from '@slt/domain';
import { badResponse, excerpt } from './bad-response';
import { isInstant, parseDecimal } from './decimal';

export interface Ticker24h {
  readonly symbol: string;
  readonly lastPrice: number;
  readonly high: number;
  readonly low: number;
  /** In base asset. */
  readonly volume: number;
  /** In quote asset. */
  readonly quoteVolume: number;
  /** May be negative. */
  readonly priceChangePercent: number;
  readonly closeTime: UtcMs;
}

/** Entries that cannot be understood are left out. @throws AppError transient, `EXCHANGE.BAD_RESPONSE` */
export function parseTickers(body: unknown): Map<string, Ticker24h> {
  if (!Array.isArray(body)) throw badResponse(`no list of tickers: ${excerpt(body)}`);
  const tickers = (body as unknown[]).map(parseTicker).filter((ticker) => ticker !== undefined);
  if (tickers.length === 0 && body.length > 0) throw badResponse(`no usable ticker among ${body.length}`);
  return new Map(tickers.map((ticker) => [ticker.symbol, ticker]));
}

function parseTicker(entry: unknown): Ticker24h | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const row = entry as Record<string, unknown>;
  const ticker = {
    symbol: row['symbol'],
    lastPrice: parseDecimal(row['lastPrice']),
    high: parseDecimal(row['highPrice']),
    low: parseDecimal(row['lowPrice']),
    volume: parseDecimal(row['volume']),
    quoteVolume: parseDecimal(row['quoteVolume']),
    priceChangePercent: Number(row['priceChangePercent']),
    closeTime: row['closeTime'],
  };
  const numbers = [ticker.lastPrice, ticker.high, ticker.low, ticker.volume, ticker.quoteVolume];
  const usable =
    typeof ticker.symbol === 'string' &&
    ticker.symbol !== '' &&
    [...numbers, ticker.priceChangePercent].every(Number.isFinite) &&
    isInstant(ticker.closeTime);
  return usable ? (ticker as Ticker24h) : undefined;
}
