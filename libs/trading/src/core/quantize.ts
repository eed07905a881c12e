/**
 * Rounds prices and quantities by a symbol's filters into the decimal texts that go to the exchange. What the filters
 * do not allow is an answer, not an exception. Definitions: Binance's PRICE_FILTER, (MARKET_)LOT_SIZE, MIN_NOTIONAL;
 * ticks and steps count from the minimum, a tick or step of 0 means none.
 */
import type { InstrumentFilters } from '@slt/domain';
import type { Decimal } from './broker';
import { exact, type Exact, fromFloat, plain, smaller } from './decimal';
import type { Direction } from './signal';

export type QuantizeRefusal =
  'BELOW_MIN_QUANTITY' | 'BELOW_MIN_NOTIONAL' | 'BELOW_MIN_PRICE' | 'ABOVE_MAX_PRICE';

export type Quantized =
  | { readonly kind: 'quantized'; readonly value: Decimal; readonly isCapped: boolean }
  | { readonly kind: 'refused'; readonly code: QuantizeRefusal };

export type PriceRounding = 'down' | 'up' | 'nearest';

const ROUND_DOWN = 0;
const ROUND_HALF_UP = 1;
const ROUND_UP = 3;
const MODES = { down: ROUND_DOWN, up: ROUND_UP, nearest: ROUND_HALF_UP } as const;

/** Floats are analytic values, taken at 12 significant digits; texts are taken exactly. */
export type Amount = number | Decimal;

const amountOf = (amount: Amount): Exact => (typeof amount === 'number' ? fromFloat(amount) : exact(amount));

/** @throws AppError invalid, `DECIMAL.MALFORMED`, for what is no number */
export function quantizePrice(price: Amount, filters: InstrumentFilters, rounding: PriceRounding): Quantized {
  const minimum = exact(filters.minPrice);
  const maximum = exact(filters.maxPrice);
  const value = onGrid(amountOf(price), minimum, exact(filters.tickSize), MODES[rounding]);
  if (value.lte(0) || value.lt(minimum)) return refused('BELOW_MIN_PRICE');
  if (maximum.gt(0) && value.gt(maximum)) return refused('ABOVE_MAX_PRICE');
  return { kind: 'quantized', value: plain(value), isCapped: false };
}

/**
 * A stop goes away from the entry, so that it stays beyond the level that invalidates the position; size the position
 * by the rounded stop, and the risk is exact all the same.
 */
export function quantizeStop(price: Amount, direction: Direction, filters: InstrumentFilters): Quantized {
  return quantizePrice(price, filters, direction === 'long' ? 'down' : 'up');
}

/** A target goes toward the entry: the level it aims at may be reached and no more. */
export function quantizeTarget(price: Amount, direction: Direction, filters: InstrumentFilters): Quantized {
  return quantizePrice(price, filters, direction === 'long' ? 'down' : 'up');
}

/** Orders that execute at market, at once or when triggered, obey a lot size of their own. */
export type Lot = 'limit' | 'market';

export interface LotFilter {
  readonly step: Exact;
  readonly minimum: Exact;
  /** 0: none. */
  readonly maximum: Exact;
}

/** What the market lot leaves open (0) the plain lot decides. */
export function lotOf(filters: InstrumentFilters, lot: Lot): LotFilter {
  const pick = (market: Decimal, limit: Decimal): Exact =>
    lot === 'market' && exact(market).gt(0) ? exact(market) : exact(limit);
  return {
    step: pick(filters.marketStepSize, filters.stepSize),
    minimum: pick(filters.marketMinQty, filters.minQty),
    maximum: pick(filters.marketMaxQty, filters.maxQty),
  };
}

export interface QuantityRequest {
  readonly quantity: Amount;
  /** For the notional: the limit price, or the mark price of a market order. */
  readonly price: Amount;
  readonly lot: Lot;
}

/**
 * The quantity of an order that opens: down to the step, so that it never risks more than was asked for. Above the
 * lot's maximum it is capped, not split: one order, one stop of its size, less risk than allowed.
 */
export function quantizeQuantity(request: QuantityRequest, filters: InstrumentFilters): Quantized {
  const lot = lotOf(filters, request.lot);
  const wanted = amountOf(request.quantity);
  const isCapped = lot.maximum.gt(0) && wanted.gt(lot.maximum);
  const value = onGrid(isCapped ? lot.maximum : wanted, lot.minimum, lot.step, ROUND_DOWN);
  if (value.lte(0) || value.lt(lot.minimum)) return refused('BELOW_MIN_QUANTITY');
  if (value.times(amountOf(request.price)).lt(filters.minNotional)) return refused('BELOW_MIN_NOTIONAL');
  return { kind: 'quantized', value: plain(value), isCapped };
}

export interface SplitQuantity {
  /** Each of them within the lot's bounds; as few as possible. */
  readonly parts: readonly Decimal[];
  /** Below the step or the minimum: no order can have it. */
  readonly rest: Decimal;
}

/**
 * The quantity of orders that only reduce: all of it, in several orders where one may not be so large. There is no
 * least notional for them. Complexity: linear in the number of parts.
 */
export function splitQuantity(quantity: Decimal, filters: InstrumentFilters, lot: Lot): SplitQuantity {
  const { minimum, maximum, step } = lotOf(filters, lot);
  const parts: Decimal[] = [];
  let rest = exact(quantity);
  const most = maximum.gt(0) ? onGrid(maximum, minimum, step, ROUND_DOWN) : rest;
  while (rest.gt(0)) {
    let part = onGrid(smaller(rest, most), minimum, step, ROUND_DOWN);
    const after = rest.minus(part);
    // The last part must not be below the minimum: the one before it gives way.
    if (after.gt(0) && after.lt(minimum) && part.minus(minimum).gte(minimum)) {
      part = onGrid(rest.minus(minimum), minimum, step, ROUND_DOWN);
    }
    if (part.lte(0) || part.lt(minimum)) break;
    parts.push(plain(part));
    rest = rest.minus(part);
  }
  return { parts, rest: plain(rest) };
}

/** The next value on the grid `origin + k × step`; unchanged where there is no grid. */
function onGrid(value: Exact, origin: Exact, step: Exact, mode: 0 | 1 | 3): Exact {
  if (step.lte(0)) return value;
  const steps = value
    .minus(origin)
    .div(step)
    .round(0, floorMode(value.minus(origin), mode));
  return origin.plus(step.times(steps));
}

/** Below the origin big.js rounds "down" toward zero, which is up on the grid. */
function floorMode(distance: Exact, mode: 0 | 1 | 3): 0 | 1 | 3 {
  if (distance.gte(0) || mode === ROUND_HALF_UP) return mode;
  return mode === ROUND_DOWN ? ROUND_UP : ROUND_DOWN;
}

const refused = (code: QuantizeRefusal): Quantized => ({ kind: 'refused', code });
