/** A conditional order's parameters (reference A3), read and checked as far as they can be without the account. */
import type { UtcMs } from '@slt/domain';
import type { EmulatedSymbol, Market } from '../market';
import { invalidData, mandatoryParameter } from '../rest-error';
import { isLimitAlgo } from './live-algo';
import { type Decimal, decimal, decimalsOf, ZERO } from './money';
import type { ConditionalType, TimeInForce } from './order';
import { checkPrice, checkQuantity } from './order-checks';
import {
  clientIdOf,
  type CommonSpec,
  CONDITIONAL_TYPES,
  goodTillDateOf,
  parseCommon,
  requirePrice,
} from './order-spec';
import { booleanOf, decimalOf, mandatory, type Params, wordOf } from './params';
import {
  invalidCallbackRate,
  invalidOrderType,
  invalidTimeInForce,
  notRequired,
  priceAboveStopCap,
  priceBelowStopFloor,
  quantityWithClose,
  reduceOnlyWithClose,
  stopPriceAboveMax,
  stopPriceNotPositive,
  tooPrecise,
} from './refusals';

export interface AlgoSpec extends CommonSpec {
  readonly orderType: ConditionalType;
  readonly timeInForce: TimeInForce;
  /** 0 with closePosition. */
  readonly quantity: Decimal;
  /** 0 for trailing stops. */
  readonly triggerPrice: Decimal;
  /** 0 for those that become market orders, and before priceMatch has set it. */
  readonly price: Decimal;
  readonly reduceOnly: boolean;
  readonly closePosition: boolean;
  readonly callbackRate: Decimal | undefined;
  /** Undefined: from the start. */
  readonly activatePrice: Decimal | undefined;
  readonly goodTillDate: UtcMs;
  readonly clientAlgoId: string | undefined;
}

const TIMES = ['GTC', 'IOC', 'FOK', 'GTX', 'GTD', 'GTE_GTC'] as const;

/** @throws RestError */
export function parseAlgo(params: Params, market: Market, now: UtcMs): AlgoSpec {
  if (mandatory(params, 'algoType') !== 'CONDITIONAL') throw invalidData('algoType');
  const common = parseCommon(params, market, now);
  mandatory(params, 'type');
  const orderType = wordOf(params, 'type', CONDITIONAL_TYPES, invalidOrderType)!;
  const timeInForce = wordOf(params, 'timeInForce', TIMES, invalidTimeInForce);
  const closePosition = booleanOf(params, 'closePosition') ?? false;
  return {
    ...common,
    orderType,
    timeInForce: closePosition ? 'GTE_GTC' : (timeInForce ?? 'GTC'),
    ...amountsOf(params, common, orderType, closePosition),
    ...trailingOf(params, common.symbol, orderType, closePosition),
    reduceOnly: booleanOf(params, 'reduceOnly') ?? closePosition,
    closePosition,
    goodTillDate: goodTillDateOf(params, timeInForce, now),
    clientAlgoId: clientIdOf(params, 'clientAlgoId'),
  };
}

function amountsOf(
  params: Params,
  common: CommonSpec,
  orderType: ConditionalType,
  closePosition: boolean,
): { quantity: Decimal; price: Decimal; triggerPrice: Decimal } {
  const { symbol } = common;
  const isLimit = isLimitAlgo({ orderType });
  const quantity = decimalOf(params, 'quantity');
  const price = decimalOf(params, 'price');
  const triggerPrice = triggerOf(params, symbol, orderType);
  if (isLimit) requirePrice(params, price, common.priceMatch);
  else if (price !== undefined && !price.eq(ZERO)) throw notRequired('price');
  if (closePosition) {
    if (isLimit) throw notRequired('closeposition');
    if (quantity !== undefined && !quantity.eq(ZERO)) throw quantityWithClose();
    if (booleanOf(params, 'reduceOnly') === false) throw reduceOnlyWithClose();
    if (booleanOf(params, 'reduceOnly') === true) throw notRequired('reduceonly');
    return { quantity: ZERO, price: ZERO, triggerPrice };
  }
  if (quantity === undefined) throw mandatoryParameter('quantity');
  checkQuantity(symbol, quantity, isLimit ? 'LIMIT' : 'MARKET');
  if (isLimit && price !== undefined) {
    checkPrice(symbol, price);
    checkStopDistance(symbol, price, triggerPrice);
  }
  return { quantity, price: isLimit ? (price ?? ZERO) : ZERO, triggerPrice };
}

/** On the wire's decimals; the tick is not asked for (reference A3). */
function triggerOf(params: Params, symbol: EmulatedSymbol, orderType: ConditionalType): Decimal {
  const trigger = decimalOf(params, 'triggerPrice');
  if (orderType === 'TRAILING_STOP_MARKET') {
    if (trigger !== undefined && !trigger.eq(ZERO)) throw notRequired('triggerPrice');
    return ZERO;
  }
  if (trigger === undefined) throw mandatoryParameter('triggerPrice');
  checkTrigger(symbol, trigger);
  return trigger;
}

function checkTrigger(symbol: EmulatedSymbol, price: Decimal): void {
  if (price.lte(ZERO)) throw stopPriceNotPositive();
  if (price.gt(symbol.maxPrice)) throw stopPriceAboveMax();
  if (decimalsOf(price) > symbol.pricePrecision) throw tooPrecise();
}

function checkStopDistance(symbol: EmulatedSymbol, price: Decimal, trigger: Decimal): void {
  const cap = trigger.times(symbol.multiplierUp);
  const floor = trigger.times(symbol.multiplierDown);
  if (price.gt(cap)) throw priceAboveStopCap(cap.round(symbol.pricePrecision, 0).toFixed());
  if (price.lt(floor)) throw priceBelowStopFloor(floor.round(symbol.pricePrecision, 3).toFixed());
}

/** callbackRate: 0.1 to 20 percent, one decimal. */
function trailingOf(
  params: Params,
  symbol: EmulatedSymbol,
  orderType: ConditionalType,
  closePosition: boolean,
): { callbackRate: Decimal | undefined; activatePrice: Decimal | undefined } {
  if (orderType !== 'TRAILING_STOP_MARKET') return { callbackRate: undefined, activatePrice: undefined };
  if (closePosition) throw notRequired('closeposition');
  const callbackRate = decimalOf(params, 'callbackRate');
  if (callbackRate === undefined) throw mandatoryParameter('callbackRate');
  if (callbackRate.lt('0.1') || callbackRate.gt(20) || decimalsOf(callbackRate) > 1) {
    throw invalidCallbackRate();
  }
  const activatePrice = decimalOf(params, 'activatePrice');
  if (activatePrice === undefined || activatePrice.eq(decimal(0))) {
    return { callbackRate, activatePrice: undefined };
  }
  checkTrigger(symbol, activatePrice);
  return { callbackRate, activatePrice };
}
