/**
 * Orders of both services as REST answers them, in our words. From the reference's Part B; since July 2026 answers to
 * changes carry no average price, since December 2025 conditional orders have a service and ids of their own.
 */
import type { UtcMs } from '@slt/domain';
import {
  type DecimalText,
  decimal,
  flag,
  id,
  instant,
  type Json,
  object,
  optionalDecimal,
  optionalText,
  text,
  word,
} from './wire-fields';

export type WireSide = 'buy' | 'sell';
export type PlainStatus = 'new' | 'partially-filled' | 'filled' | 'cancelled' | 'expired' | 'rejected';
/** `finished`: the child order is filled, cancelled or expired. */
export type AlgoStatus =
  'new' | 'triggering' | 'triggered' | 'finished' | 'cancelled' | 'expired' | 'rejected';

/** An order of the matching engine. */
export interface PlainOrder {
  readonly symbol: string;
  readonly orderId: string;
  /** That of the algo order for its child. */
  readonly clientOrderId: string;
  readonly side: WireSide;
  readonly status: PlainStatus;
  /** The exchange's own word: LIMIT, MARKET, … */
  readonly type: string;
  /** Of the algo order for its child: STOP_MARKET, …; otherwise as `type`. */
  readonly originalType: string;
  readonly quantity: DecimalText;
  readonly filledQuantity: DecimalText;
  /** Undefined where the answer does not say. */
  readonly averagePrice: DecimalText | undefined;
  readonly reduceOnly: boolean;
  readonly updatedAt: UtcMs;
}

/** An order of the algo service, which waits for its price beside the matching engine. */
export interface AlgoOrder {
  readonly symbol: string;
  readonly algoId: string;
  readonly clientOrderId: string;
  readonly side: WireSide;
  readonly status: AlgoStatus;
  /** The exchange's own word: STOP_MARKET, TAKE_PROFIT_MARKET, … */
  readonly type: string;
  readonly quantity: DecimalText;
  readonly triggerPrice: DecimalText;
  readonly reduceOnly: boolean;
  /** The order that it became in the matching engine. */
  readonly child: ChildOrder | undefined;
  /** Why it was rejected. */
  readonly reason: string | undefined;
  readonly updatedAt: UtcMs;
}

export interface ChildOrder {
  readonly orderId: string;
  readonly filledQuantity: DecimalText;
  readonly averagePrice: DecimalText;
}

export const SIDES: Readonly<Record<string, WireSide>> = { BUY: 'buy', SELL: 'sell' };

export const PLAIN_STATUSES: Readonly<Record<string, PlainStatus>> = {
  NEW: 'new',
  // Of an order that the insurance fund or deleveraging has taken over.
  NEW_INSURANCE: 'new',
  NEW_ADL: 'new',
  PARTIALLY_FILLED: 'partially-filled',
  FILLED: 'filled',
  CANCELED: 'cancelled',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  REJECTED: 'rejected',
};

export const ALGO_STATUSES: Readonly<Record<string, AlgoStatus>> = {
  NEW: 'new',
  TRIGGERING: 'triggering',
  TRIGGERED: 'triggered',
  FINISHED: 'finished',
  CANCELED: 'cancelled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
};

/** @throws AppError transient, `EXCHANGE.BAD_RESPONSE` */
export function parsePlainOrder(body: unknown): PlainOrder {
  const row = object(body, 'order');
  const type = text(row, 'type');
  return {
    symbol: text(row, 'symbol'),
    orderId: id(row, 'orderId'),
    clientOrderId: text(row, 'clientOrderId'),
    side: word(row, 'side', SIDES),
    status: word(row, 'status', PLAIN_STATUSES),
    type,
    originalType: optionalText(row, 'origType') || type,
    quantity: decimal(row, 'origQty'),
    filledQuantity: decimal(row, 'executedQty'),
    averagePrice: optionalDecimal(row, 'avgPrice'),
    reduceOnly: flag(row, 'reduceOnly'),
    updatedAt: instant(row, 'updateTime'),
  };
}

/** @throws AppError transient, `EXCHANGE.BAD_RESPONSE` */
export function parseAlgoOrder(body: unknown): AlgoOrder {
  const row = object(body, 'algo order');
  return {
    symbol: text(row, 'symbol'),
    algoId: id(row, 'algoId'),
    clientOrderId: text(row, 'clientAlgoId'),
    side: word(row, 'side', SIDES),
    status: word(row, 'algoStatus', ALGO_STATUSES),
    type: text(row, 'orderType'),
    quantity: optionalDecimal(row, 'quantity') ?? '0',
    triggerPrice: optionalDecimal(row, 'triggerPrice') ?? '0',
    reduceOnly: flag(row, 'reduceOnly'),
    child: parseChild(row, { orderId: 'actualOrderId', filled: 'actualQty', average: 'actualPrice' }),
    reason: optionalText(row, 'failReason') || optionalText(row, 'rm') || undefined,
    updatedAt: instant(row, 'updateTime'),
  };
}

interface ChildKeys {
  readonly orderId: string;
  readonly filled: string;
  readonly average: string;
}

/** The id is '' before the order is there, and so, on the account stream, are the amounts. */
export function parseChild(row: Json, keys: ChildKeys): ChildOrder | undefined {
  const orderId = row[keys.orderId];
  if (orderId === undefined || orderId === null || orderId === '' || orderId === 0) return undefined;
  return {
    orderId: id(row, keys.orderId),
    filledQuantity: optionalDecimal(row, keys.filled) ?? '0',
    averagePrice: optionalDecimal(row, keys.average) ?? '0',
  };
}

/** A row of the lists of all orders. */
export interface Placed<T> {
  readonly order: T;
  readonly symbol: string;
  /** When it was placed: what the lists go by. */
  readonly at: UtcMs;
}

/** @throws AppError transient, `EXCHANGE.BAD_RESPONSE` */
export function parsePlacedOrder(body: unknown): Placed<PlainOrder> {
  const order = parsePlainOrder(body);
  return { order, symbol: order.symbol, at: instant(object(body, 'order'), 'time') };
}

/** @throws AppError transient, `EXCHANGE.BAD_RESPONSE` */
export function parsePlacedAlgo(body: unknown): Placed<AlgoOrder> {
  const order = parseAlgoOrder(body);
  return { order, symbol: order.symbol, at: instant(object(body, 'algo order'), 'createTime') };
}
