/** What a taker gets: how much at which prices, from a quote and the assumed depth behind it. */
import type { OrderSide } from '../broker';
import { type Exact, larger, smaller, ZERO } from '../decimal';
import type { ImpactSettings } from './paper-settings';
import { ceilTo, floorTo, ofNumber, type Quote } from './quote';

export interface Slice {
  readonly price: Exact;
  readonly quantity: Exact;
}

export interface Taker {
  readonly side: OrderSide;
  readonly quantity: Exact;
  /** No worse price is accepted. Undefined: any. */
  readonly limit?: Exact | undefined;
}

export interface Depth {
  readonly quote: Quote;
  readonly tickSize: Exact;
  readonly stepSize: Exact;
  readonly impact: ImpactSettings;
}

const BPS = 10_000;

/**
 * At most two slices: at the best price, then at the average price of what lies behind it, to the tick against the
 * taker. Together less than asked for only where there is a limit.
 */
export function take(taker: Taker, depth: Depth): Slice[] {
  const { side, quantity, limit } = taker;
  const best = ofNumber(side === 'buy' ? depth.quote.ask : depth.quote.bid);
  if (limit !== undefined && isWorse(side, best, limit)) return [];
  const touch = smaller(quantity, touchQuantity(side, best, depth));
  const wanted = quantity.minus(touch);
  const isFlat = limit === undefined || depth.impact.bpsAtMinuteVolume === 0;
  const behind = isFlat ? wanted : smaller(wanted, quantityBehind(best, limit, depth));
  return [
    { price: best, quantity: touch },
    { price: priceBehind(side, best, behind, depth), quantity: behind },
  ].filter((slice) => slice.quantity.gt(ZERO));
}

export function isWorse(side: OrderSide, price: Exact, limit: Exact): boolean {
  return side === 'buy' ? price.gt(limit) : price.lt(limit);
}

function touchQuantity(side: OrderSide, best: Exact, { quote, stepSize, impact }: Depth): Exact {
  const told = side === 'buy' ? quote.askQuantity : quote.bidQuantity;
  const quantity = told === undefined ? ofNumber(impact.touchNotional).div(best) : ofNumber(told);
  return floorTo(quantity, stepSize);
}

function minuteVolumeOf({ quote, impact }: Depth): number {
  return Math.max(quote.minuteVolume ?? 0, impact.minuteVolume);
}

function priceBehind(side: OrderSide, best: Exact, quantity: Exact, depth: Depth): Exact {
  const { impact, tickSize } = depth;
  const share = best.times(quantity).toNumber() / minuteVolumeOf(depth);
  const bps = ofNumber(Math.min(impact.maxBps, impact.bpsAtMinuteVolume * Math.sqrt(share)));
  const moved = best.times(bps).div(BPS);
  if (side === 'buy') return ceilTo(best.plus(moved), tickSize);
  return larger(tickSize, floorTo(best.minus(moved), tickSize));
}

/** How much can be had before the marginal price, half as much again as the average, reaches the limit. */
function quantityBehind(best: Exact, limit: Exact, depth: Depth): Exact {
  const room = limit.minus(best).abs().div(best).times(BPS).toNumber();
  const share = (room / (1.5 * depth.impact.bpsAtMinuteVolume)) ** 2;
  return floorTo(ofNumber(share * minuteVolumeOf(depth)).div(best), depth.stepSize);
}
