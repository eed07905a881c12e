/** New orders in our words, and as the exchange wants them: plain ones and those that wait for a price (reference A3). */
import type { DecimalText } from './wire-fields';
import type { WireSide } from './order-wire';

interface RequestBase {
  readonly symbol: string;
  /** 1 to 36 of `[.A-Za-z0-9:/_-]`. */
  readonly clientOrderId: string;
  readonly side: WireSide;
  readonly quantity: DecimalText;
  readonly reduceOnly: boolean;
}

export interface MarketRequest extends RequestBase {
  readonly kind: 'market';
}

export interface LimitRequest extends RequestBase {
  readonly kind: 'limit';
  readonly price: DecimalText;
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK' | 'GTX';
}

export interface TriggerRequest extends RequestBase {
  readonly kind: 'stop' | 'take-profit';
  readonly triggerPrice: DecimalText;
  readonly workingType: 'contract' | 'mark';
}

export type PlainRequest = MarketRequest | LimitRequest;

type Params = Record<string, string | number | boolean>;

const WIRE_SIDES = { buy: 'BUY', sell: 'SELL' } as const;
const WIRE_TRIGGERS = { stop: 'STOP_MARKET', 'take-profit': 'TAKE_PROFIT_MARKET' } as const;
const WIRE_WORKING_TYPES = { contract: 'CONTRACT_PRICE', mark: 'MARK_PRICE' } as const;

/** For POST /order. RESULT asks for the state after matching, where it is known at once. */
export function plainParams(order: PlainRequest): Params {
  return {
    symbol: order.symbol,
    side: WIRE_SIDES[order.side],
    type: order.kind === 'limit' ? 'LIMIT' : 'MARKET',
    quantity: order.quantity,
    ...(order.kind === 'limit' ? { price: order.price, timeInForce: order.timeInForce } : {}),
    ...(order.reduceOnly ? { reduceOnly: true } : {}),
    newClientOrderId: order.clientOrderId,
    newOrderRespType: 'RESULT',
  };
}

/** For POST /algoOrder. */
export function triggerParams(order: TriggerRequest): Params {
  return {
    algoType: 'CONDITIONAL',
    symbol: order.symbol,
    side: WIRE_SIDES[order.side],
    type: WIRE_TRIGGERS[order.kind],
    quantity: order.quantity,
    triggerPrice: order.triggerPrice,
    workingType: WIRE_WORKING_TYPES[order.workingType],
    ...(order.reduceOnly ? { reduceOnly: true } : {}),
    clientAlgoId: order.clientOrderId,
  };
}
