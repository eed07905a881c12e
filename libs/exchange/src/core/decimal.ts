/** Decimal text of the wire as numbers. `Number()` alone takes too much: "", " 1", "0x10", "Infinity". */

const DECIMAL = /^\d+(?:\.\d+)?$/;

/** Whether the value is a plain non-negative decimal in text, such as "0.0010". */
export function isDecimalText(value: unknown): value is string {
  return typeof value === 'string' && DECIMAL.test(value);
}

/** The number, finite and non-negative; NaN for anything that is neither decimal text nor such a number. */
export function parseDecimal(value: unknown): number {
  if (isDecimalText(value)) {
    const number = Number(value);
    return number < Infinity ? number : NaN;
  }
  return typeof value === 'number' && value >= 0 && value < Infinity ? value : NaN;
}

/** Whether the value is a whole number of milliseconds that JavaScript holds exactly. */
export function isInstant(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export interface Ohlcv {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** What is wrong with the candle's numbers, in words; undefined if nothing. NaN is always wrong. */
export function ohlcvProblem({ open, high, low, close, volume }: Ohlcv): string | undefined {
  if (!(open > 0 && high > 0 && low > 0 && close > 0)) return 'a price that is not above zero';
  if (!(volume >= 0)) return 'a volume that is no number';
  if (!(low <= open && low <= close)) return 'a low above its open or close';
  return high >= open && high >= close ? undefined : 'a high below its open or close';
}
