/** A new order's parameters, read and checked as far as they can be without the account and the market. */
import type { UtcMs } from '@slt/domain';
import type { EmulatedSymbol, Market } from '../market';
import { illegalCharacters, invalidData, mandatoryParameter, RestError } from '../rest-error';
import { type Decimal, ZERO } from './money';
import type {
  ConditionalType,
  OrderType,
  PositionSide,
  Side,
  StpMode,
  TimeInForce,
  WorkingType,
} from './order';
import {
  booleanOf,
  decimalOf,
  mandatory,
  optional,
  type Params,
  symbolOf,
  wholeNumberOf,
  wordOf,
} from './params';
import {
  clientIdTooLong,
  conditionalNotHere,
  emptyParameter,
  goodTillDateOutOfRange,
  invalidOrderType,
  invalidPositionSide,
  invalidSide,
  invalidTimeInForce,
  invalidWorkingType,
  notRequired,
} from './refusals';

export interface OrderSpec {
  readonly symbol: EmulatedSymbol;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly type: OrderType;
  readonly origType: OrderType | ConditionalType;
  readonly timeInForce: TimeInForce;
  readonly quantity: Decimal;
  /** 0 for market orders, and before priceMatch has set it. */
  readonly price: Decimal;
  readonly stopPrice: Decimal;
  readonly reduceOnly: boolean;
  readonly closePosition: boolean;
  readonly workingType: WorkingType;
  readonly priceProtect: boolean;
  readonly priceMatch: string;
  readonly selfTradePreventionMode: StpMode;
  readonly goodTillDate: UtcMs;
  readonly clientOrderId: string | undefined;
  readonly activatePrice?: string;
  readonly priceRate?: string;
  readonly algoId?: bigint;
}

const SIDES = ['BUY', 'SELL'] as const;
const POSITION_SIDES = ['BOTH', 'LONG', 'SHORT'] as const;
const STP_MODES = ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'] as const;
const WORKING_TYPES = ['CONTRACT_PRICE', 'MARK_PRICE'] as const;
const LIMIT_TIMES = ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'] as const;
export const CONDITIONAL_TYPES = [
  'STOP',
  'STOP_MARKET',
  'TAKE_PROFIT',
  'TAKE_PROFIT_MARKET',
  'TRAILING_STOP_MARKET',
] as const;
const PRICE_MATCHES = [
  'NONE',
  'OPPONENT',
  'OPPONENT_5',
  'OPPONENT_10',
  'OPPONENT_20',
  'QUEUE',
  'QUEUE_5',
  'QUEUE_10',
  'QUEUE_20',
] as const;
const RESPONSE_TYPES = ['ACK', 'RESULT'] as const;

const GTD_LEAST_MS = 600_000;
const GTD_MOST = 253_402_300_799_000;

/** What plain and conditional orders share. */
export interface CommonSpec {
  readonly symbol: EmulatedSymbol;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly workingType: WorkingType;
  readonly priceProtect: boolean;
  readonly priceMatch: string;
  readonly selfTradePreventionMode: StpMode;
}

/** @throws RestError */
export function parseCommon(params: Params, market: Market, now: UtcMs): CommonSpec {
  const symbol = symbolOf(params, market, now);
  mandatory(params, 'side');
  wordOf(
    params,
    'newOrderRespType',
    RESPONSE_TYPES,
    () => new RestError(400, -1136, 'Invalid newOrderRespType.'),
  );
  return {
    symbol,
    side: wordOf(params, 'side', SIDES, invalidSide)!,
    positionSide: wordOf(params, 'positionSide', POSITION_SIDES, invalidPositionSide) ?? 'BOTH',
    workingType: wordOf(params, 'workingType', WORKING_TYPES, invalidWorkingType) ?? 'CONTRACT_PRICE',
    priceProtect: booleanOf(params, 'priceProtect') ?? false,
    priceMatch: wordOf(params, 'priceMatch', PRICE_MATCHES, () => invalidData('priceMatch')) ?? 'NONE',
    selfTradePreventionMode:
      wordOf(params, 'selfTradePreventionMode', STP_MODES, () => invalidData('selfTradePreventionMode')) ??
      'EXPIRE_MAKER',
  };
}

/** @throws RestError */
export function parseOrder(params: Params, market: Market, now: UtcMs): OrderSpec {
  const common = parseCommon(params, market, now);
  const type = orderTypeOf(params);
  const quantity = decimalOf(params, 'quantity');
  const price = decimalOf(params, 'price');
  const timeInForce = wordOf(params, 'timeInForce', LIMIT_TIMES, invalidTimeInForce);
  if (booleanOf(params, 'closePosition') === true) throw notRequired('closePosition');
  if (optional(params, 'stopPrice') !== undefined) throw notRequired('stopPrice');
  if (type === 'MARKET') {
    if (timeInForce !== undefined) throw notRequired('timeInForce');
    if (price !== undefined) throw notRequired('price');
    if (common.priceMatch !== 'NONE') throw notRequired('priceMatch');
  } else requireLimit(params, { price, timeInForce, priceMatch: common.priceMatch });
  if (quantity === undefined) throw mandatoryParameter('quantity');
  return {
    ...common,
    type,
    origType: type,
    timeInForce: timeInForce ?? 'GTC',
    quantity,
    price: price ?? ZERO,
    stopPrice: ZERO,
    reduceOnly: booleanOf(params, 'reduceOnly') ?? false,
    closePosition: false,
    goodTillDate: goodTillDateOf(params, timeInForce, now),
    clientOrderId: clientIdOf(params, 'newClientOrderId'),
  };
}

function orderTypeOf(params: Params): OrderType {
  mandatory(params, 'type');
  const type = wordOf(params, 'type', ['MARKET', 'LIMIT', ...CONDITIONAL_TYPES] as const, invalidOrderType)!;
  if (type !== 'MARKET' && type !== 'LIMIT') throw conditionalNotHere();
  return type;
}

function requireLimit(
  params: Params,
  given: { price: Decimal | undefined; timeInForce: TimeInForce | undefined; priceMatch: string },
): void {
  if (given.timeInForce === undefined) throw mandatoryParameter('timeInForce');
  requirePrice(params, given.price, given.priceMatch);
}

/** A limit order's price is sent, or matched to the book: one of both. @throws RestError -1102, -1106 */
export function requirePrice(params: Params, price: Decimal | undefined, priceMatch: string): void {
  if (priceMatch === 'NONE') {
    if (price === undefined) throw mandatoryParameter('price');
  } else if (optional(params, 'price') !== undefined) throw notRequired('price');
}

/** 0 where the time in force is not GTD. Whole seconds. @throws RestError -1102, -1106, -5040 */
export function goodTillDateOf(params: Params, timeInForce: TimeInForce | undefined, now: UtcMs): UtcMs {
  const date = wholeNumberOf(params, 'goodTillDate');
  if (timeInForce !== 'GTD') return 0;
  if (date === undefined) throw mandatoryParameter('goodTillDate');
  if (date <= now + GTD_LEAST_MS || date >= GTD_MOST) throw goodTillDateOutOfRange();
  return Math.floor(date / 1000) * 1000;
}

const CLIENT_ID = /^[.A-Z:/a-z0-9_-]*$/;

/** @throws RestError -1100, -1105, -4015 */
export function clientIdOf(params: Params, name: string): string | undefined {
  const id = params(name);
  if (id === undefined) return undefined;
  if (id === '') throw emptyParameter(name);
  if (id.length > 36) throw clientIdTooLong();
  if (!CLIENT_ID.test(id)) throw illegalCharacters(name, '^[\\.A-Z\\:/a-z0-9_-]{1,36}$');
  return id;
}
