/** Compares the stops (or targets) a position should have with those it has: what is missing, what is too much. */
import type { UtcMs } from '@slt/domain';
import type { Decimal } from './broker';
import { exact, isEqual } from './decimal';
import type { Order } from './order';
import { nextGeneration, type OrderDraft } from './order-intent';
import { isFinal, isInFlight } from './order-table';
import type { Position } from './position';
import {
  closingSide,
  earliest,
  isResting,
  type ProtectionOptions,
  type ProtectionView,
  remainingOf,
} from './protection-view';

export interface Wanted {
  readonly role: 'stop' | 'target';
  readonly trigger: Decimal;
  /** One, unless the position is larger than the exchange lets a market order be. */
  readonly parts: readonly Decimal[];
}

export interface Alignment {
  /** Every part rests on the exchange. */
  readonly isComplete: boolean;
  /** Rest, and should not: to be cancelled once it is complete. */
  readonly superfluous: readonly Order[];
  /** To be placed now. */
  readonly missing: readonly Decimal[];
  /** Something is missing, and it is not the time to place it: an order is under way, or was just refused. */
  readonly waitUntil: UtcMs | null;
  /** The exchange refused it because the price is beyond the trigger already. */
  readonly isCrossed: boolean;
}

/** More of them under way without an answer make nothing safer. */
const MOST_OVERDUE = 2;

/** @param mine orders of the position, of any role and status */
export function alignOrders(
  wanted: Wanted,
  position: Position,
  mine: readonly Order[],
  view: ProtectionView,
  options: ProtectionOptions,
): Alignment {
  const ofRole = mine.filter(({ intent }) => intent.role === wanted.role);
  const alive = ofRole.filter((order) => !isFinal(order.status) && !isBeingCancelled(order, view));
  const resting = match(wanted, position, alive.filter(isResting));
  const nothing = { superfluous: [], missing: [], waitUntil: null, isCrossed: false };
  if (resting.missing.length === 0) return { ...nothing, isComplete: true, superfluous: resting.others };
  const last = ofRole.reduce<Order | undefined>(laterOne, undefined);
  const isCrossed = last !== undefined && isCrossedAt(last, wanted.trigger);
  const inFlight = alive.filter((order) => isInFlight(order.status));
  const fresh = inFlight.filter((order) => view.now - order.updatedAt <= options.overdueMs);
  const coming = match({ ...wanted, parts: resting.missing }, position, fresh);
  const waitUntil = earliest(
    ...fresh.map((order) => order.updatedAt + options.overdueMs + 1),
    retryTime(last, wanted, options),
  );
  const isTooEarly = waitUntil !== null && waitUntil > view.now;
  const mustWait =
    coming.missing.length === 0 ||
    coming.others.length > 0 ||
    inFlight.length - fresh.length >= MOST_OVERDUE ||
    (fresh.length === 0 && isTooEarly);
  return {
    ...nothing,
    isComplete: false,
    isCrossed,
    missing: mustWait ? [] : coming.missing,
    waitUntil: mustWait && isTooEarly ? waitUntil : null,
  };
}

export function draftsOf(
  wanted: Wanted,
  missing: readonly Decimal[],
  position: Position,
  mine: readonly Order[],
  options: ProtectionOptions,
): readonly OrderDraft[] {
  const first = nextGeneration(mine, position.id, wanted.role);
  return missing.map((quantity, i) => ({
    positionId: position.id,
    role: wanted.role,
    generation: first + i,
    order: {
      kind: wanted.role === 'stop' ? 'stop' : 'take-profit',
      symbol: position.symbol,
      side: closingSide(position),
      quantity,
      reduceOnly: true,
      triggerPrice: wanted.trigger,
      workingType: options.workingType,
    },
  }));
}

interface Match {
  readonly missing: readonly Decimal[];
  readonly others: readonly Order[];
}

/** Gives each part an order of exactly its size and price; the newest first. */
function match(wanted: Wanted, position: Position, orders: readonly Order[]): Match {
  const left = orders.toSorted((a, b) => b.intent.generation - a.intent.generation);
  const missing = wanted.parts.filter((part) => {
    const at = left.findIndex((order) => isAsWanted(order, part, wanted, position));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { missing, others: left };
}

function isAsWanted(order: Order, part: Decimal, wanted: Wanted, position: Position): boolean {
  const { order: placed } = order.intent;
  return (
    'triggerPrice' in placed &&
    isEqual(placed.triggerPrice, wanted.trigger) &&
    placed.side === closingSide(position) &&
    placed.reduceOnly &&
    remainingOf(order).eq(exact(part))
  );
}

const isBeingCancelled = (order: Order, view: ProtectionView): boolean =>
  view.cancelling.has(order.intent.order.clientOrderId);

function laterOne(later: Order | undefined, order: Order): Order {
  return later === undefined || order.intent.generation > later.intent.generation ? order : later;
}

function isCrossedAt(last: Order, trigger: Decimal): boolean {
  const { order } = last.intent;
  const isRefused = last.status === 'rejected' && last.reason?.startsWith('ORDER.WOULD_TRIGGER') === true;
  return isRefused && 'triggerPrice' in order && isEqual(order.triggerPrice, trigger);
}

/** After a failure, not before; null: at once. */
function retryTime(last: Order | undefined, wanted: Wanted, options: ProtectionOptions): UtcMs | null {
  if (last === undefined || !isFinal(last.status) || last.status === 'filled') return null;
  return last.updatedAt + (wanted.role === 'stop' ? options.stopRetryMs : options.targetRetryMs);
}
