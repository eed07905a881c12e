/** Exact decimals of an account: money, prices and quantities. Divisions keep 20 decimals; money is booked to 8. */
import Big from 'big.js';
import type { SymbolFacts } from '../market';

/** A constructor of our own: others' settings of Big do not reach it. */
const Exact = Big();
Exact.DP = 20;
Exact.RM = Big.roundHalfUp;

export type Decimal = Big;

export const decimal = (value: string | number | Decimal): Decimal => new Exact(value);
export const ZERO: Decimal = decimal(0);
export const ONE: Decimal = decimal(1);

const MONEY_DECIMALS = 8;

/** As it is booked: to 8 decimals, half away from zero. */
export const toCents = (amount: Decimal): Decimal => amount.round(MONEY_DECIMALS, Big.roundHalfUp);

export const least = (a: Decimal, b: Decimal): Decimal => (a.lt(b) ? a : b);
export const greatest = (a: Decimal, b: Decimal): Decimal => (a.gt(b) ? a : b);
export const sum = (amounts: Iterable<Decimal>): Decimal => {
  let total = ZERO;
  for (const amount of amounts) total = total.plus(amount);
  return total;
};

/** Down to a multiple of the step. @param step above 0 */
export const floorToStep = (amount: Decimal, step: Decimal): Decimal =>
  amount.div(step).round(0, Big.roundDown).times(step);

export const isMultiple = (amount: Decimal, step: Decimal): boolean => amount.mod(step).eq(ZERO);

/** Decimals that the value needs, trailing zeros aside. */
export function decimalsOf(amount: Decimal): number {
  return Math.max(0, amount.c.length - amount.e - 1);
}

export const moneyText = (amount: Decimal): string => amount.toFixed(MONEY_DECIMALS);
export const quantityText = (facts: SymbolFacts, quantity: Decimal): string =>
  quantity.toFixed(Math.max(facts.quantityPrecision, decimalsOf(quantity)));

/** An order's price; '0' for none. */
export function priceText(facts: SymbolFacts, price: Decimal): string {
  return price.eq(ZERO) ? '0' : price.toFixed(Math.max(facts.pricePrecision, decimalsOf(price)));
}

/** A price that comes of a division: up to 8 decimals, at least the symbol's; '0' for none. */
export function averageText(facts: SymbolFacts, price: Decimal): string {
  return priceText(facts, toCents(price));
}
