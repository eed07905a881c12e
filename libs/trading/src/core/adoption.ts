/**
 * What the account holds and no known fill explains: it is taken over as it is, by a fill of our own making, so that a
 * position stays the sum of its fills. The audit tells such fills from the exchange's by their trade id.
 */
import type { InstrumentFilters, UtcMs } from '@slt/domain';
import type { BrokerPosition, Decimal, Fill } from './broker';
import { type Exact, exact, plain, ZERO } from './decimal';
import { MONEY } from './episode';
import type { PositionPlan } from './position';
import { quantizeStop } from './quantize';
import type { Direction } from './signal';

const TAG = 'adopted-';

export const isAdoptingFill = (fill: Pick<Fill, 'tradeId'>): boolean => fill.tradeId.startsWith(TAG);

/**
 * @param difference signed, what the account has more than the book
 * @param price the account's entry price, or its mark price for what has left
 */
export function adoptingFill(symbol: string, difference: Exact, price: Decimal, at: UtcMs): Fill {
  return {
    symbol,
    tradeId: `${TAG}${at}`,
    orderId: '',
    clientOrderId: `adopted:${symbol}`,
    side: difference.gt(0) ? 'buy' : 'sell',
    quantity: plain(difference.abs()),
    price,
    fee: '0',
    feeAsset: MONEY,
    // Nobody told us: the audit's balance shows it until it is known.
    realizedPnl: '0',
    isMaker: false,
    at,
  };
}

export interface AdoptionOptions {
  /** Of the price. */
  readonly stopDistance: number;
}

export const DEFAULT_ADOPTION: AdoptionOptions = Object.freeze({ stopDistance: 0.02 });

/**
 * The plan of a position that was opened without one: a stop at a fixed distance from where the price is now, or
 * halfway to the liquidation price if that is nearer; no target.
 * @param id see adoptedId
 */
export function adoptionPlan(
  id: string,
  position: BrokerPosition,
  filters: InstrumentFilters,
  openedAt: UtcMs,
  options: AdoptionOptions = DEFAULT_ADOPTION,
): PositionPlan {
  const direction: Direction = exact(position.quantity).gt(0) ? 'long' : 'short';
  const stop = quantizeStop(plain(stopPrice(position, direction, options)), direction, filters);
  return {
    id,
    symbol: position.symbol,
    direction,
    setup: 'adopted',
    // Below the lowest price there is nothing to be afraid of, and above the highest neither.
    stop: stop.kind === 'quantized' ? stop.value : direction === 'long' ? filters.minPrice : filters.maxPrice,
    target: null,
    entry: position.entryPrice,
    confidence: 0,
    openedAt,
  };
}

function stopPrice(position: BrokerPosition, direction: Direction, options: AdoptionOptions): Exact {
  const known = exact(position.markPrice);
  const mark = known.gt(0) ? known : exact(position.entryPrice);
  const away = mark.times(String(options.stopDistance));
  const stop = direction === 'long' ? mark.minus(away) : mark.plus(away);
  const liquidation = exact(position.liquidationPrice);
  const halfway = mark.plus(liquidation).div(2);
  const isSane = liquidation.gt(ZERO) && (direction === 'long' ? liquidation.lt(mark) : liquidation.gt(mark));
  if (!isSane) return stop;
  const isTooFar = direction === 'long' ? stop.lt(halfway) : stop.gt(halfway);
  return isTooFar ? halfway : stop;
}
