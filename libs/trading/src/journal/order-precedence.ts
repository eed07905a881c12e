/**
 * Which of two accounts of one order stands. The life of an order is decided in core/order-life.ts; here only what is
 * stale is kept out: a batch written again, a writer that fell behind.
 */
import type { Order, OrderStatus } from '../core/order';
import { isInferredEnd } from '../core/order-life';
import { exact } from '../core/decimal';

export const FINAL_STATUSES = ['filled', 'cancelled', 'expired', 'rejected'] as const;

/** How much of the exchange's word is in a status; the later word of those of core/order-table.ts. */
const LEVEL: Readonly<Record<OrderStatus, number>> = {
  intended: 0,
  sent: 0,
  unknown: 0,
  working: 2,
  triggered: 3,
  rejected: 4,
  'partially-filled': 5,
  expired: 6,
  cancelled: 7,
  filled: 8,
};
/** An end of our own conclusion gives way to any word of the exchange, and to nothing else. */
const INFERRED_LEVEL = 1;

/** Whether the given account of the order takes the place of the stored one. */
export function supersedes(given: Order, stored: Order): boolean {
  if (given.updatedAt < stored.updatedAt) return false;
  if (exact(given.filledQuantity).lt(stored.filledQuantity)) return false;
  const from = isInferredEnd(stored) ? INFERRED_LEVEL : LEVEL[stored.status];
  if (LEVEL[given.status] !== from) return LEVEL[given.status] > from;
  return from > 0 || isStepOnward(given, stored);
}

/** What was surely not done is `intended` again, later; what may have arrived stays unknown. */
function isStepOnward(given: Order, stored: Order): boolean {
  if (stored.status === 'unknown') return given.status === 'unknown';
  if (given.status === 'intended' && stored.status === 'sent') return given.updatedAt > stored.updatedAt;
  return true;
}
