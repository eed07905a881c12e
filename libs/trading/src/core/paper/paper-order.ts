/** An order of a paper account, and the table of what may become of it. */
import { AppError, type UtcMs } from '@slt/domain';
import type { NewOrder, OrderKind, OrderReport, OrderState } from '../broker';
import { AVERAGE_PLACES, type Exact, exact, plain } from '../decimal';

/** Only a trigger order is ever `triggered`; nothing follows a final state. */
const MOVES: Readonly<Record<OrderState, readonly OrderState[]>> = {
  resting: ['triggered', 'filled', 'cancelled', 'expired', 'rejected'],
  triggered: ['filled', 'expired', 'rejected'],
  filled: [],
  cancelled: [],
  expired: [],
  rejected: [],
};

export interface PaperOrder {
  readonly order: NewOrder;
  readonly quantity: Exact;
  /** Limit or trigger price; of a market order the price it was checked at. */
  readonly level: number;
  /** Earlier quotes and candles do not concern it. */
  since: UtcMs;
  readonly algoId?: string;
  orderId?: string;
  state: OrderState;
  filled: Exact;
  /** Σ price × quantity of its fills. */
  cost: Exact;
  /** Whether the market has had it: with candles it comes at the next open. */
  hasArrived: boolean;
  reason?: string;
  updatedAt: UtcMs;
}

export const isTriggerKind = (kind: OrderKind): kind is 'stop' | 'take-profit' =>
  kind === 'stop' || kind === 'take-profit';

export const isOpen = ({ state }: PaperOrder): boolean => MOVES[state].length > 0;

export const remainingOf = (order: PaperOrder): Exact => order.quantity.minus(order.filled);

/** Ids are unique within each of the exchange's two order services. */
export function orderKey(order: { kind: OrderKind; clientOrderId: string }): string {
  return `${isTriggerKind(order.kind) ? 'algo' : 'plain'} ${order.clientOrderId}`;
}

/** @throws AppError broken-invariant, `PAPER.ILLEGAL_MOVE` */
export function moveOrder(order: PaperOrder, to: OrderState, at: UtcMs, reason?: string): void {
  if (!MOVES[order.state].includes(to)) {
    const { clientOrderId } = order.order;
    throw new AppError('broken-invariant', 'PAPER.ILLEGAL_MOVE', `${clientOrderId}: ${order.state} → ${to}`);
  }
  order.state = to;
  order.updatedAt = at;
  if (reason !== undefined) order.reason = reason;
}

export function reportOf(paper: PaperOrder): OrderReport {
  const { order, filled, cost } = paper;
  const average = filled.eq(0) ? '0' : plain(cost.div(filled).round(AVERAGE_PLACES));
  return {
    symbol: order.symbol,
    clientOrderId: order.clientOrderId,
    kind: order.kind,
    side: order.side,
    state: paper.state,
    quantity: plain(paper.quantity),
    filledQuantity: plain(filled),
    averagePrice: average,
    reduceOnly: order.reduceOnly,
    ...('triggerPrice' in order ? { triggerPrice: plain(exact(order.triggerPrice)) } : {}),
    ...(paper.orderId === undefined ? {} : { orderId: paper.orderId }),
    ...(paper.algoId === undefined ? {} : { algoId: paper.algoId }),
    ...(paper.reason === undefined ? {} : { reason: paper.reason }),
    updatedAt: paper.updatedAt,
  };
}
