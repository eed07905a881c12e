/**
 * Moves an order along its life (order-table.ts): by our own steps, by what the exchange reports, by its fills. Pure:
 * each function returns the same object when nothing is new, so that nothing is journalled.
 */
import { AppError, type DurationMs, SECOND_MS, type UtcMs } from '@slt/domain';
import type { Decimal, Fill, OrderReport } from './broker';
import { AVERAGE_PLACES, exact, isEqual, larger, plain, sumOf, ZERO } from './decimal';
import type { Order, OrderIntent } from './order';
import { isInFlight, nextStatus, type OrderEvent, type OwnStep, type ToldEvent } from './order-table';

/** Reasons of our own: ends that we conclude, and that the exchange may still disprove. */
export const NEVER_ARRIVED = 'NEVER_ARRIVED';
export const FORGOTTEN = 'FORGOTTEN';
/** Journalled, and then not sent. */
export const ABANDONED = 'ABANDONED';

/**
 * So long after it was sent an order can still arrive: the exchange refuses requests older than recvWindow (5 s), and
 * its servers do not see each other's orders in the same instant. Before that, "not found" is no answer.
 */
export const ARRIVAL_LIMIT_MS: DurationMs = 6 * SECOND_MS;

export function newOrder(intent: OrderIntent): Order {
  return { intent, status: 'intended', filledQuantity: '0', averagePrice: '0', updatedAt: intent.createdAt };
}

/**
 * One of our own steps.
 * @param reason why it was refused, such as the error's code
 * @throws AppError broken-invariant, `ORDER.ILLEGAL_MOVE`
 */
export function applyStep(order: Order, step: OwnStep, at: UtcMs, reason?: string): Order {
  const status = nextStatus(order.status, step, order.intent.id);
  if (status === order.status) return order;
  return {
    ...withReason(order, reason ?? ownReason(order, step)),
    status,
    updatedAt: Math.max(order.updatedAt, at),
  };
}

function ownReason(order: Order, step: OwnStep): string | undefined {
  if (step === 'abandon') return ABANDONED;
  if (step !== 'not-found') return undefined;
  return isInFlight(order.status) ? NEVER_ARRIVED : FORGOTTEN;
}

/**
 * The exchange was asked for the order and does not know it.
 * @param askedAt when the question was sent
 * @param lastSendAt the latest instant at which it can have been sent: after a crash, when the process was gone
 * @returns the order unchanged where it may still arrive: ask again
 */
export function applyNotFound(order: Order, askedAt: UtcMs, lastSendAt: UtcMs = order.updatedAt): Order {
  return askedAt < lastSendAt + ARRIVAL_LIMIT_MS ? order : applyStep(order, 'not-found', askedAt);
}

/** We concluded that it has ended; no word of the exchange says so. */
export function isInferredEnd({ reason }: Order): boolean {
  return reason === NEVER_ARRIVED || reason === FORGOTTEN;
}

/**
 * What the exchange reports of it, from whichever source. Never moves back.
 * @throws AppError broken-invariant: `ORDER.ILLEGAL_MOVE`; `ORDER.OVERFILLED`; `ORDER.MISTAKEN`, a report of another
 *   order; `ORDER.DOUBLED`, a second order under the same client order id
 */
export function applyReport(order: Order, report: OrderReport): Order {
  checkIdentity(order, report);
  const told = exact(report.filledQuantity);
  const known = exact(order.filledQuantity);
  const isMore = told.gt(known);
  // At the same quantity a price that is known stays; without a fill there is none.
  const takesPrice = isMore || (told.eq(known) && told.gt(0) && isEqual(order.averagePrice, '0'));
  return advance(order, {
    event: eventOf(order, report),
    overturns: isInferredEnd(order),
    filledQuantity: plain(larger(told, known)),
    averagePrice: takesPrice ? report.averagePrice : order.averagePrice,
    at: report.updatedAt,
    ...(report.reason === undefined ? {} : { reason: report.reason }),
    ...(report.orderId === undefined ? {} : { orderId: report.orderId }),
    ...(report.algoId === undefined ? {} : { algoId: report.algoId }),
  });
}

/**
 * All fills of the order that are known. Their sum counts where it is more than was reported.
 * @param fills of this order, each once, in any order
 * @throws as applyReport
 */
export function applyFills(order: Order, fills: readonly Fill[]): Order {
  const first = fills[0];
  if (first === undefined) return order;
  for (const fill of fills) checkIdentity(order, fill);
  const sum = sumOf(fills.map((fill) => fill.quantity));
  const known = exact(order.filledQuantity);
  if (sum.eq(0) || sum.lt(known)) return order;
  const notional = fills.reduce((total, fill) => total.plus(exact(fill.quantity).times(fill.price)), ZERO);
  return advance(order, {
    event: isTrigger(order) ? 'triggered' : 'part-filled',
    // It did arrive. That it was forgotten since is no contradiction: a fill says nothing about the rest.
    overturns: order.reason === NEVER_ARRIVED,
    filledQuantity: plain(sum),
    averagePrice: plain(notional.div(sum).round(AVERAGE_PLACES)),
    at: Math.max(...fills.map((fill) => fill.at)),
    orderId: first.orderId,
  });
}

interface Facts {
  readonly event: ToldEvent;
  /** The order's end was our conclusion, and this disproves it. */
  readonly overturns: boolean;
  readonly filledQuantity: Decimal;
  readonly averagePrice: Decimal;
  readonly at: UtcMs;
  readonly reason?: string;
  readonly orderId?: string;
  readonly algoId?: string;
}

function advance(order: Order, facts: Facts): Order {
  const quantity = exact(order.intent.order.quantity);
  if (quantity.lt(facts.filledQuantity)) {
    const message = `${order.intent.id} is filled ${facts.filledQuantity} of ${order.intent.order.quantity}`;
    throw new AppError('broken-invariant', 'ORDER.OVERFILLED', message);
  }
  const event: OrderEvent = quantity.eq(facts.filledQuantity) ? 'filled' : facts.event;
  const status = nextStatus(facts.overturns ? 'unknown' : order.status, event, order.intent.id);
  const keepsReason = status === order.status && !facts.overturns;
  const reasoned = keepsReason ? order : withReason(order, facts.reason);
  const next: Order = {
    ...reasoned,
    status,
    filledQuantity: facts.filledQuantity,
    averagePrice: facts.averagePrice,
    ...identifiers(order, facts),
    updatedAt: Math.max(order.updatedAt, facts.at),
  };
  return isUnchanged(order, next) ? order : next;
}

/** A trigger order gets an order id when it is triggered; that of a plain order never changes. */
function identifiers(order: Order, facts: Facts): Pick<Order, 'orderId' | 'algoId'> {
  const orderId = order.orderId || facts.orderId;
  const algoId = order.algoId || facts.algoId;
  return { ...(orderId ? { orderId } : {}), ...(algoId ? { algoId } : {}) };
}

function eventOf(order: Order, report: OrderReport): ToldEvent {
  if (report.state !== 'resting') return report.state;
  if (isEqual(report.filledQuantity, '0')) return 'accepted';
  return isTrigger(order) ? 'triggered' : 'part-filled';
}

function checkIdentity(order: Order, told: OrderReport | Fill): void {
  const { id, order: wanted } = order.intent;
  const isMistaken = told.clientOrderId !== wanted.clientOrderId || told.symbol !== wanted.symbol;
  if (isMistaken || told.side !== wanted.side) {
    const what = `${told.side} ${told.symbol} ${told.clientOrderId}`;
    throw new AppError('broken-invariant', 'ORDER.MISTAKEN', `${what} is not ${id}`);
  }
  if ('state' in told && told.state === 'triggered' && !isTrigger(order)) {
    throw new AppError('broken-invariant', 'ORDER.ILLEGAL_MOVE', `${id} has no trigger`);
  }
  const isSecond = !isTrigger(order) && !!order.orderId && !!told.orderId && told.orderId !== order.orderId;
  if (isSecond) {
    const message = `${id} is order ${order.orderId}, and ${told.orderId} as well`;
    throw new AppError('broken-invariant', 'ORDER.DOUBLED', message);
  }
}

const isTrigger = ({ intent }: Order): boolean =>
  intent.order.kind === 'stop' || intent.order.kind === 'take-profit';

function withReason(order: Order, reason: string | undefined): Order {
  const { reason: _, ...rest } = order;
  return reason === undefined ? rest : { ...rest, reason };
}

/** Of one order: nothing has moved; amounts are compared as amounts. */
export function isUnchanged(a: Order, b: Order): boolean {
  return (
    a.status === b.status &&
    isEqual(a.filledQuantity, b.filledQuantity) &&
    isEqual(a.averagePrice, b.averagePrice) &&
    a.orderId === b.orderId &&
    a.algoId === b.algoId &&
    a.reason === b.reason &&
    a.updatedAt === b.updatedAt
  );
}
