/** Decimal text of the wire as numbers. `Number()` alone takes too much: "", " 1", "0x10", "Infinity". */

const DECIMAL = /^\d+(?:\.\d+)?$/;

/** Whether the value is a plain non-negative decimal in text, such as "0.0010". */
export function isDecimalText(value: unknown): value is string {
  return typeof value === 'string' && DECIMAL.test(value);
}

/** The number, finite and non-negative; NaN for anything that is neither decimal text nor such a number. */
export function parseDecimal(value: unknown): number {
  if (typeof value === 'string') return parseDecimalText(value);
  return typeof value === 'number' && value >= 0 && value < Infinity ? value : NaN;
}

const DOT = 46;
const ZERO = 48;
const MAX_EXACT_DIGITS = 15;
/** Up to here a power of ten is exact in a double, and so the quotient below is the nearest double. */
const POWERS_OF_TEN = Array.from({ length: MAX_EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/** By hand, for thousands of numbers arrive at once: digits as a whole number, then one division, which rounds right. */
function parseDecimalText(text: string): number {
  const length = text.length;
  if (length === 0 || length > MAX_EXACT_DIGITS + 1) return parseLongDecimal(text);
  let digits = 0;
  let dotAt = -1;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const digit = code - ZERO;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (code === DOT && dotAt < 0 && i > 0 && i < length - 1) dotAt = i;
    else return NaN;
  }
  if (dotAt < 0) return length > MAX_EXACT_DIGITS ? parseLongDecimal(text) : digits;
  return digits / POWERS_OF_TEN[length - 1 - dotAt]!;
}

function parseLongDecimal(text: string): number {
  const number = isDecimalText(text) ? Number(text) : NaN;
  return number < Infinity ? number : NaN;
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
