/**
 * Every position has exactly one stop of exactly its size resting on the exchange, and one take-profit beside it if it
 * has a target. They only reduce and have a quantity, so that after a change of size the new one is placed first and the
 * old one cancelled once the new one rests: there is no moment without a stop. A position that is too large for one
 * market order has as many as it takes.
 */
import type { UtcMs } from '@slt/domain';
import { decideClose, isAboutNothing } from './closing';
import { roleOf } from './client-order-id';
import { exact, sumOf } from './decimal';
import type { Order } from './order';
import type { ExitReason, Position } from './position';
import { type Alignment, alignOrders, draftsOf, type Wanted } from './protective-orders';
import {
  cancelOf,
  DEFAULT_PROTECTION,
  earliest,
  isResting,
  leavingQuantity,
  type ProtectionAction,
  type ProtectionDecision,
  type ProtectionOptions,
  type ProtectionView,
  remainingOf,
} from './protection-view';
import { splitQuantity } from './quantize';
import { findStrays, type Strays } from './strays';

/** To be asked after each change of the position or its orders, and by `recheckAt`. */
export function decideProtection(
  view: ProtectionView,
  options: ProtectionOptions = DEFAULT_PROTECTION,
): ProtectionDecision {
  const strays = findStrays(view.openOrders ?? [], view.orders);
  const foreign = strays.foreign.map((report): ProtectionAction => ({ kind: 'foreign', report }));
  const { position } = view;
  if (position === null) {
    const orphans = [...protectiveOrders(view, undefined, options), ...strays.ours];
    return {
      actions: [...foreign, ...cancels(orphans, view)],
      unprotectedSince: null,
      recheckAt: hangingAt(view, options),
    };
  }
  const decision = protect(position, view, strays, options);
  return { ...decision, actions: [...foreign, ...decision.actions] };
}

/** A stop of all that an order can cover rests, or is being executed. Any trigger price counts. */
export function isProtected(
  position: Position,
  view: Pick<ProtectionView, 'orders' | 'cancelling' | 'filters' | 'now'>,
  options: ProtectionOptions = DEFAULT_PROTECTION,
): boolean {
  const stops = view.orders.filter((order) => {
    const { role, positionId, order: placed } = order.intent;
    if (role !== 'stop' || positionId !== position.id) return false;
    const isUnderWay =
      order.status === 'triggered' && view.now - order.updatedAt <= options.unprotectedLimitMs;
    return isUnderWay || (isResting(order) && !view.cancelling.has(placed.clientOrderId));
  });
  const { parts } = splitQuantity(position.quantity, view.filters, 'market');
  return sumOf(stops.map(remainingOf)).gte(sumOf(parts));
}

function protect(
  position: Position,
  view: ProtectionView,
  strays: Strays,
  options: ProtectionOptions,
): ProtectionDecision {
  const mine = view.orders.filter((order) => order.intent.positionId === position.id);
  const unprotectedSince = isProtected(position, view, options) ? null : (view.unprotectedSince ?? view.now);
  const limit = unprotectedSince === null ? null : unprotectedSince + options.unprotectedLimitMs + 1;
  const leftovers = cancels(protectiveOrders(view, position.id, options), view);
  const decided = (actions: readonly ProtectionAction[], recheckAt: UtcMs | null): ProtectionDecision => ({
    actions: [...leftovers, ...actions],
    unprotectedSince,
    recheckAt,
  });
  const { parts } = splitQuantity(position.quantity, view.filters, 'market');
  if (parts.length === 0) return decided([{ kind: 'stuck', quantity: position.quantity }], null);
  const leaving = leavingQuantity(mine, view.now, options.unprotectedLimitMs);
  if (leaving.gte(exact(position.quantity))) return decided([], view.now + options.unprotectedLimitMs);

  const stop: Wanted = { role: 'stop', trigger: position.stop, parts };
  const target: Wanted = {
    role: 'target',
    trigger: position.target ?? '0',
    parts: position.target ? parts : [],
  };
  const stops = alignOrders(stop, position, mine, view, options);
  const targets = alignOrders(target, position, mine, view, options);
  const isOverdue = limit !== null && view.now >= limit;
  const reason = closeReason(position, { stops, targets, isOverdue }, view);
  const closing = reason === null ? undefined : decideClose(position, view, reason, options);
  if (closing?.actions.some((action) => action.kind === 'place')) {
    return decided(closing.actions, view.now + options.unprotectedLimitMs);
  }
  const actions = [
    ...(closing?.actions ?? []),
    ...doubts(mine),
    ...placings(stop, stops, reason === 'stop', position, mine, options),
    ...placings(target, targets, reason === 'target', position, mine, options),
    ...cancels(
      strays.ours.filter((report) => stops.isComplete || roleOf(report.clientOrderId) !== 'stop'),
      view,
    ),
    ...[...stops.superfluous, ...targets.superfluous].map((order) => cancelOf(order, 'superseded')),
  ];
  const ahead = isOverdue ? null : limit;
  return decided(actions, earliest(ahead, stops.waitUntil, targets.waitUntil, closing?.retryAt ?? null));
}

interface Findings {
  readonly stops: Alignment;
  readonly targets: Alignment;
  readonly isOverdue: boolean;
}

function closeReason(position: Position, found: Findings, view: ProtectionView): ExitReason | null {
  const isBeyond = (level: string, side: 'stop' | 'target'): boolean => {
    if (view.price === undefined) return false;
    const isBelow = view.price <= Number(level);
    const isAbove = view.price >= Number(level);
    return (position.direction === 'long') === (side === 'stop') ? isBelow : isAbove;
  };
  // What rests triggers by itself; only what is still to be placed may come too late.
  if (!found.stops.isComplete && (found.stops.isCrossed || isBeyond(position.stop, 'stop'))) return 'stop';
  if (found.isOverdue) return 'unprotected';
  if (position.target === null || found.targets.isComplete) return null;
  return found.targets.isCrossed || isBeyond(position.target, 'target') ? 'target' : null;
}

function placings(
  wanted: Wanted,
  alignment: Alignment,
  isCrossed: boolean,
  position: Position,
  mine: readonly Order[],
  options: ProtectionOptions,
): readonly ProtectionAction[] {
  if (isCrossed) return [];
  return draftsOf(wanted, alignment.missing, position, mine, options).map((draft) => ({
    kind: 'place',
    draft,
  }));
}

/** The exchange refused the newest stop because there is nothing to protect: then we are mistaken. */
function doubts(mine: readonly Order[]): readonly ProtectionAction[] {
  const stops = mine.filter((order) => order.intent.role === 'stop');
  const newest = stops.toSorted((a, b) => a.intent.generation - b.intent.generation).at(-1);
  return isAboutNothing(newest) ? [{ kind: 'reconcile', reason: newest?.reason ?? '' }] : [];
}

/** Orders that only make sense with a position, and not with this one: resting, or hanging in their trigger. */
function protectiveOrders(
  { orders, now }: ProtectionView,
  positionId: string | undefined,
  options: ProtectionOptions,
): readonly Order[] {
  const isHanging = (order: Order): boolean =>
    order.status === 'triggered' && now - order.updatedAt > options.unprotectedLimitMs;
  return orders.filter(
    (order) =>
      order.intent.role !== 'entry' &&
      order.intent.positionId !== positionId &&
      (isResting(order) || isHanging(order)),
  );
}

/** When a trigger order whose market order is under way counts as hanging; null: there is none ahead. */
function hangingAt({ orders, now }: ProtectionView, options: ProtectionOptions): UtcMs | null {
  const times = orders
    .filter((order) => order.status === 'triggered')
    .map((order) => order.updatedAt + options.unprotectedLimitMs + 1);
  return earliest(...times.filter((at) => at > now));
}

function cancels(
  orders: readonly (Order | Strays['ours'][number])[],
  { cancelling }: ProtectionView,
): readonly ProtectionAction[] {
  return orders
    .map((order) => cancelOf(order, 'orphan'))
    .filter((action) => action.kind !== 'cancel' || !cancelling.has(action.order.clientOrderId));
}
