/**
 * Symbols as file names. A symbol is any non-empty string the exchange lists, some are Chinese; file systems differ in
 * what they take and fold, so everything but ASCII letters, digits, hyphen and underscore is percent-encoded.
 */
import { AppError } from './app-error';
import { type Interval, isInterval } from './interval';

const MAX_FILE_NAME_BYTES = 200;

/** Reversible, never a path: `BTCUSDT` stays, `../x` becomes `%2E%2E%2Fx`. @throws AppError invalid, `SYMBOL.INVALID` */
export function encodeSymbol(symbol: string): string {
  if (symbol === '' || !symbol.isWellFormed()) {
    throw new AppError('invalid', 'SYMBOL.INVALID', `${JSON.stringify(symbol)} is no symbol`);
  }
  const encoded = encodeURIComponent(symbol).replace(/[.!~*'()]/g, encodeAscii);
  if (encoded.length > MAX_FILE_NAME_BYTES) {
    throw new AppError('invalid', 'SYMBOL.INVALID', `the symbol "${symbol.slice(0, 40)}…" is too long`);
  }
  return encoded;
}

function encodeAscii(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** The inverse of encodeSymbol; undefined for text that encodeSymbol never writes. */
export function decodeSymbol(encoded: string): string | undefined {
  try {
    const symbol = decodeURIComponent(encoded);
    return encodeSymbol(symbol) === encoded ? symbol : undefined;
  } catch {
    return undefined;
  }
}

/** `BTCUSDT_1m`: the name of a series on disk and in queues, without extension. */
export function seriesKey(symbol: string, interval: Interval): string {
  return `${encodeSymbol(symbol)}_${interval}`;
}

/** The inverse of seriesKey; undefined for any other text. */
export function parseSeriesKey(key: string): { symbol: string; interval: Interval } | undefined {
  const split = key.lastIndexOf('_');
  const interval = key.slice(split + 1);
  const symbol = split < 1 ? undefined : decodeSymbol(key.slice(0, split));
  return symbol !== undefined && isInterval(interval) ? { symbol, interval } : undefined;
}
