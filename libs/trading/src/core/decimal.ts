/** Exact decimal arithmetic on the exchange's texts. Only divisions round: half to even, at 40 decimal places. */
import Big from 'big.js';
import { AppError } from '@slt/domain';
import type { Decimal } from './broker';

/** A constructor of our own: its settings are nobody else's. */
const Exact = Big();
Exact.DP = 40;
Exact.RM = 2;

export type Exact = Big;

/** Of prices that come out of a division when they are written down. */
export const AVERAGE_PLACES = 20;

/** @throws AppError invalid, `DECIMAL.MALFORMED` */
export function exact(value: Decimal | Exact): Exact {
  try {
    return new Exact(value);
  } catch (cause) {
    throw new AppError('invalid', 'DECIMAL.MALFORMED', `"${String(value)}" is not a decimal number`, {
      cause,
    });
  }
}

/**
 * An analytic float as decimal: its first 12 significant digits. What lies behind is dust of binary arithmetic
 * (100.30000000000001), which must not cost a tick when a price is rounded away from it.
 * @throws AppError invalid, `DECIMAL.MALFORMED`, for NaN and infinities
 */
export function fromFloat(value: number): Exact {
  if (!Number.isFinite(value)) {
    throw new AppError('invalid', 'DECIMAL.MALFORMED', `${value} is not a finite number`);
  }
  return new Exact(value.toPrecision(12));
}

export const ZERO: Exact = new Exact(0);

/** Without exponent, without trailing zeros, never `-0`. */
export function plain(value: Exact): Decimal {
  return value.eq(0) ? '0' : value.toFixed();
}

export function sumOf(values: Iterable<Decimal | Exact>): Exact {
  let sum = ZERO;
  for (const value of values) sum = sum.plus(value);
  return sum;
}

export function isEqual(a: Decimal, b: Decimal): boolean {
  return a === b || exact(a).eq(b);
}

export const isZero = (value: Decimal): boolean => exact(value).eq(0);

export function larger(a: Exact, b: Exact): Exact {
  return a.gte(b) ? a : b;
}

export function smaller(a: Exact, b: Exact): Exact {
  return a.lte(b) ? a : b;
}
