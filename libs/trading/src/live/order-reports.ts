/** Orders of the exchange as the broker port tells of them. A trigger order and the order it becomes are one. */
import type { AlgoOrder, PlainOrder, PlainStatus } from '@slt/exchange';
import type { Decimal, OrderKind, OrderReport, OrderState } from '../core/broker';
import { exact, larger, plain } from '../core/decimal';

/** What is known of the order that a trigger order became. */
export type Child = Pick<PlainOrder, 'orderId' | 'status' | 'filledQuantity' | 'averagePrice' | 'updatedAt'>;

const STATES: Readonly<Record<PlainStatus, OrderState>> = {
  new: 'resting',
  'partially-filled': 'resting',
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
};

/** Why an order expired (`er` of ORDER_TRADE_UPDATE); a number of a later day is told as it is. */
const EXPIRY_REASONS: Readonly<Record<string, string>> = {
  '1': 'SELF_TRADE',
  '2': 'IOC_UNFILLED',
  '3': 'SELF_TRADE',
  '4': 'REDUCE_ONLY',
  '5': 'LIQUIDATION',
  '6': 'POSITION_GONE',
  '7': 'DELISTED',
  '8': 'TRIGGERED',
  '9': 'MARKET_UNFILLED',
};

/** '1.50' → '1.5', '-0' → '0'. */
export function tidy(value: Decimal): Decimal {
  return plain(exact(value));
}

/** `stop` or `take-profit` for the exchange's conditional types, undefined for all others. */
export function triggerKindOf(type: string): 'stop' | 'take-profit' | undefined {
  if (type.startsWith('TAKE_PROFIT')) return 'take-profit';
  return type.startsWith('STOP') || type === 'TRAILING_STOP_MARKET' ? 'stop' : undefined;
}

/** @param expiryReason the exchange's number; '0': none */
export function plainReport(order: PlainOrder, expiryReason = '0'): OrderReport {
  const trigger = triggerKindOf(order.originalType);
  const kind: OrderKind = trigger ?? (order.type === 'MARKET' ? 'market' : 'limit');
  const state = STATES[order.status];
  return {
    symbol: order.symbol,
    clientOrderId: order.clientOrderId,
    kind,
    side: order.side,
    state: trigger !== undefined && state === 'resting' ? 'triggered' : state,
    quantity: tidy(order.quantity),
    filledQuantity: tidy(order.filledQuantity),
    averagePrice: tidy(order.averagePrice ?? '0'),
    reduceOnly: order.reduceOnly,
    orderId: order.orderId,
    ...(state === 'expired' && expiryReason !== '0'
      ? { reason: EXPIRY_REASONS[expiryReason] ?? `EXPIRY_${expiryReason}` }
      : {}),
    updatedAt: order.updatedAt,
  };
}

/** @param child what is known of it from elsewhere; it may be ahead of the algo order, or behind */
export function triggerReport(algo: AlgoOrder, child?: Child): OrderReport {
  const told = algo.child;
  const [own, others] = [exact(child?.filledQuantity ?? '0'), exact(told?.filledQuantity ?? '0')];
  const average = own.gte(others) && own.gt(0) ? child?.averagePrice : told?.averagePrice;
  const orderId = told?.orderId ?? child?.orderId;
  return {
    symbol: algo.symbol,
    clientOrderId: algo.clientOrderId,
    kind: triggerKindOf(algo.type) ?? 'stop',
    side: algo.side,
    state: triggerState(algo, child),
    quantity: tidy(algo.quantity),
    filledQuantity: plain(larger(own, others)),
    averagePrice: larger(own, others).eq(0) ? '0' : tidy(average ?? '0'),
    reduceOnly: algo.reduceOnly,
    triggerPrice: tidy(algo.triggerPrice),
    algoId: algo.algoId,
    ...(orderId === undefined ? {} : { orderId }),
    ...(algo.reason === undefined ? {} : { reason: algo.reason }),
    updatedAt: Math.max(algo.updatedAt, child?.updatedAt ?? 0),
  };
}

/** The order in the matching engine has the last word, for its update may come before the algo order's. */
function triggerState(algo: AlgoOrder, child: Child | undefined): OrderState {
  const childState = child === undefined ? 'resting' : STATES[child.status];
  if (childState !== 'resting') return childState;
  switch (algo.status) {
    case 'new':
      return child === undefined ? 'resting' : 'triggered';
    case 'triggering':
    case 'triggered':
      return 'triggered';
    case 'finished': {
      // Without a fill, or with less than all of it, the engine has cancelled it or let it expire; which, is not told.
      const filled = exact(algo.child?.filledQuantity ?? '0');
      return filled.gt(0) && filled.gte(algo.quantity) ? 'filled' : 'expired';
    }
    default:
      return algo.status;
  }
}
