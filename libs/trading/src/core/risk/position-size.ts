/**
 * How much to buy or sell: as much as loses the tier's share of equity at the stop, fees and slippage included, unless
 * margin, leverage or the exchange allow only less.
 */
import { type Direction, type Signal, signOf } from '../signal';
import { bracketOf, CAUTIOUS_BRACKETS, liquidationPrice, type MarginBracket } from './liquidation';
import type { RiskContext, RiskMarket } from './risk-context';
import { type RiskLimits, riskShareOf } from './risk-limits';

export interface EntrySize {
  /** In base asset, before it is rounded down to the step. */
  readonly quantity: number;
  /** What is lost at the stop, costs included. */
  readonly riskMoney: number;
  /** A whole number. */
  readonly leverage: number;
  /** Quantity × price. */
  readonly notional: number;
}

/** The prices that a size is reckoned from. */
export interface StopDistance {
  readonly price: number;
  /** From price to stop; not above 0, or NaN, where the stop is on the wrong side. */
  readonly distance: number;
  /** Fees and slippage of a round trip that ends at the stop, per unit. */
  readonly costs: number;
}

export function stopDistanceOf(
  signal: Pick<Signal, 'direction' | 'entry' | 'stop'>,
  market: Pick<RiskMarket, 'price'>,
  limits: RiskLimits,
): StopDistance {
  const price = market.price ?? signal.entry;
  const rate = limits.feeRate + limits.slippageRate;
  return {
    price,
    distance: signOf(signal.direction) * (price - signal.stop),
    costs: rate * (price + signal.stop),
  };
}

/** @returns undefined where no leverage keeps the liquidation far enough behind the stop */
export function sizeEntry(
  signal: Signal,
  context: Pick<RiskContext, 'account' | 'market' | 'permit'>,
  limits: RiskLimits,
): EntrySize | undefined {
  const { account, market } = context;
  const stop = stopDistanceOf(signal, market, limits);
  const lossPerUnit = stop.distance + stop.costs;
  const wanted = wantedQuantity(signal, context, limits, stop.price, lossPerUnit);
  const brackets =
    market.brackets === undefined || market.brackets.length === 0 ? CAUTIOUS_BRACKETS : market.brackets;
  for (let leverage = limits.leverageCap; leverage >= 1; leverage--) {
    const most = (limits.positionShare * account.equity * leverage) / stop.price;
    const quantity = Math.min(wanted, most, market.maxQuantity ?? Infinity);
    const isHeld = holds({ direction: signal.direction, quantity, leverage, brackets, stop }, limits);
    if (isHeld) {
      return { quantity, riskMoney: quantity * lossPerUnit, leverage, notional: quantity * stop.price };
    }
  }
  return undefined;
}

/** By risk alone. A probe is the smallest order that the exchange takes, however much might be risked. */
function wantedQuantity(
  signal: Signal,
  { account, market, permit }: Pick<RiskContext, 'account' | 'market' | 'permit'>,
  limits: RiskLimits,
  price: number,
  lossPerUnit: number,
): number {
  // Below the first tier it is refused; the other rules then speak of what the first tier would have bought.
  const share = riskShareOf(signal.confidence, limits) || limits.tiers[0]!.share;
  const factor = riskScaleOf(signal) * (permit.kind === 'reduced' ? permit.sizeFactor : 1);
  const byRisk = (account.equity * share * factor) / lossPerUnit;
  return permit.kind === 'probe' ? Math.min(byRisk, smallestQuantity(market, price)) : byRisk;
}

/** Less while the learner has too little to go by; it is never asked for more. NaN for what is no share. */
function riskScaleOf({ assessment }: Signal): number {
  const scale = assessment?.riskScale ?? 1;
  return scale > 0 && scale <= 1 ? scale : NaN;
}

/** One step above what the exchange asks for, so that rounding and a small move of the price leave enough. */
function smallestQuantity({ minQuantity, minNotional, stepSize }: RiskMarket, price: number): number {
  const least = Math.max(minQuantity, minNotional / price);
  return (Math.ceil(least / stepSize - 1e-9) + 1) * stepSize;
}

interface Attempt {
  readonly direction: Direction;
  readonly quantity: number;
  readonly leverage: number;
  readonly brackets: readonly MarginBracket[];
  readonly stop: StopDistance;
}

/** The exchange grants the leverage, and liquidates far enough behind the stop. */
function holds({ direction, quantity, leverage, brackets, stop }: Attempt, limits: RiskLimits): boolean {
  const bracket = bracketOf(quantity * stop.price, brackets);
  if (bracket === undefined || leverage > bracket.maxLeverage) return false;
  const at = liquidationPrice({ direction, quantity, entry: stop.price, leverage, bracket });
  return signOf(direction) * (stop.price - at) >= limits.liquidationFactor * stop.distance;
}
