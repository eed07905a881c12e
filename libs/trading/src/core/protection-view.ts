/** What protection looks at, what it may decide, and its times. */
import type { DurationMs, InstrumentFilters, UtcMs } from '@slt/domain';
import type { Decimal, OrderRef, OrderReport, TriggerOrder } from './broker';
import { exact, type Exact, sumOf } from './decimal';
import type { Order } from './order';
import type { OrderDraft } from './order-intent';
import { isFinal } from './order-table';
import type { Position } from './position';

export interface ProtectionOptions {
  /** A position may be without a resting stop of its size for so long (inclusive), then it is flattened. */
  readonly unprotectedLimitMs: DurationMs;
  /** A stop whose outcome is open for longer does not hinder another one: two stops are safe, none is not. */
  readonly overdueMs: DurationMs;
  /** Pauses after an order of the role that was refused or ended unfilled. */
  readonly stopRetryMs: DurationMs;
  readonly targetRetryMs: DurationMs;
  /** Doubles with each failure in a row. */
  readonly exitRetryMs: DurationMs;
  readonly exitRetryMaxMs: DurationMs;
  readonly workingType: TriggerOrder['workingType'];
}

export const UNPROTECTED_LIMIT_MS: DurationMs = 2_000;

export const DEFAULT_PROTECTION: ProtectionOptions = Object.freeze({
  unprotectedLimitMs: UNPROTECTED_LIMIT_MS,
  overdueMs: 1_000,
  stopRetryMs: 250,
  targetRetryMs: 5_000,
  exitRetryMs: 500,
  exitRetryMaxMs: 30_000,
  workingType: 'contract',
});

/** One symbol. */
export interface ProtectionView {
  /** As it will be once all that was reported is booked (plannedPosition); null: flat. */
  readonly position: Position | null;
  /** The journal's orders of the symbol, with the final ones of this position: their numbers are taken. */
  readonly orders: readonly Order[];
  /** What the exchange says is open on the symbol; absent: it was not asked just now. */
  readonly openOrders?: readonly OrderReport[];
  /** Client order ids of cancellations under way. */
  readonly cancelling: ReadonlySet<string>;
  readonly filters: InstrumentFilters;
  /** Last price of the kind that triggers are compared with; absent: not known. */
  readonly price?: number;
  /** From the last decision about this position; null at the first one. */
  readonly unprotectedSince: UtcMs | null;
  readonly now: UtcMs;
}

export type CancelCause =
  /** Another order has taken its place. */
  | 'superseded'
  /** Its position is gone, or nobody knows it. */
  | 'orphan'
  /** The position is being closed. */
  | 'closing';

export type ProtectionAction =
  | { readonly kind: 'place'; readonly draft: OrderDraft }
  | { readonly kind: 'cancel'; readonly order: OrderRef; readonly cause: CancelCause }
  /** Not ours: left alone, and told. */
  | { readonly kind: 'foreign'; readonly report: OrderReport }
  /** The exchange says that there is no such position: look again. */
  | { readonly kind: 'reconcile'; readonly reason: string }
  /** Too small for any order of this symbol. */
  | { readonly kind: 'stuck'; readonly quantity: Decimal };

export interface ProtectionDecision {
  readonly actions: readonly ProtectionAction[];
  /** To be handed in the next time. */
  readonly unprotectedSince: UtcMs | null;
  /** Decide again by then at the latest; null: only when something has changed. */
  readonly recheckAt: UtcMs | null;
}

export function remainingOf({ intent, filledQuantity }: Order): Exact {
  return exact(intent.order.quantity).minus(filledQuantity);
}

export const isResting = ({ status }: Order): boolean =>
  status === 'working' || status === 'partially-filled';

/**
 * Quantity that is about to leave the position: by exits that have not ended, and by stops and targets whose market
 * order is under way, unless that takes longer than the limit (the exchange's algo service has been seen to hang).
 */
export function leavingQuantity(orders: readonly Order[], now: UtcMs, limitMs: DurationMs): Exact {
  const leaving = orders.filter((order) => {
    if (order.intent.role === 'exit') return !isFinal(order.status);
    return order.status === 'triggered' && now - order.updatedAt <= limitMs;
  });
  return sumOf(leaving.map(remainingOf));
}

export function cancelOf(order: Order | OrderReport, cause: CancelCause): ProtectionAction {
  const { symbol, clientOrderId, kind } = 'intent' in order ? order.intent.order : order;
  return { kind: 'cancel', order: { symbol, clientOrderId, kind }, cause };
}

export const closingSide = (position: Position): 'buy' | 'sell' =>
  position.direction === 'long' ? 'sell' : 'buy';

/** The earliest; nulls do not count. */
export function earliest(...times: readonly (UtcMs | null)[]): UtcMs | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}
