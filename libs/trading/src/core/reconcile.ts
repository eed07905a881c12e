/**
 * Journal against exchange: what has to be corrected before we may trade. The one path for the start, for recovery
 * after a crash, and after a gap in the account stream. Pure: ask, reconcile, carry out the corrections, ask again,
 * until nothing is left. Doubtful things are corrected only when a second look shows the same.
 */
import type { DurationMs, InstrumentFilters, UtcMs } from '@slt/domain';
import type {
  AccountState,
  BrokerPosition,
  Decimal,
  Fill,
  FundingPayment,
  OrderRef,
  OrderReport,
} from './broker';
import { DEFAULT_ADOPTION, adoptingFill, adoptionPlan, type AdoptionOptions } from './adoption';
import { exact, plain } from './decimal';
import type { Order } from './order';
import { ARRIVAL_LIMIT_MS, applyFills, applyNotFound, applyReport, isInferredEnd } from './order-life';
import { isFinal } from './order-table';
import type { PositionPlan } from './position';
import type { HeldPosition } from './position-book';
import { findStrays } from './strays';
import { adoptedId } from './trade-book';

export interface JournalSide {
  /** Unfinished ones, and those that ended lately. */
  readonly orders: readonly Order[];
  /** Booked fills of those orders. */
  readonly fillsOf: (clientOrderId: string) => readonly Fill[];
  readonly hasFill: (fill: Fill) => boolean;
  readonly hasFunding: (payment: FundingPayment) => boolean;
  readonly positions: readonly HeldPosition[];
  readonly planOf: (positionId: string) => PositionPlan | undefined;
}

export interface ExchangeSide {
  readonly account: AccountState;
  /** Since the last time that was surely booked. */
  readonly fills: readonly Fill[];
  readonly fundings: readonly FundingPayment[];
  /** By client order id, for the unfinished orders that were asked for; null: the exchange does not know it. */
  readonly answers: ReadonlyMap<string, OrderReport | null>;
  /** When the first of those questions was sent. */
  readonly askedAt: UtcMs;
}

export type Correction =
  | { readonly kind: 'book-fill'; readonly fill: Fill }
  | { readonly kind: 'book-funding'; readonly payment: FundingPayment }
  /** `order` is what it becomes; by a report, by fills, or because it never arrived. */
  | { readonly kind: 'advance-order'; readonly order: Order }
  /** Its fate is not known yet: ask again at `at`, not before. */
  | { readonly kind: 'ask-order'; readonly order: OrderRef; readonly at: UtcMs }
  /** Seen for the first time, and perhaps a matter of moments. Both signed. */
  | {
      readonly kind: 'position-differs';
      readonly symbol: string;
      readonly journal: Decimal;
      readonly exchange: Decimal;
    }
  /** Seen again: book this fill, made by us. */
  | { readonly kind: 'adopt-quantity'; readonly fill: Fill }
  /** A position without a plan gets one, and by that a stop. */
  | { readonly kind: 'adopt-position'; readonly plan: PositionPlan }
  | { readonly kind: 'cancel-stray'; readonly order: OrderRef }
  /** Not ours; told, and no hindrance. */
  | { readonly kind: 'foreign-order'; readonly report: OrderReport };

export interface ReconcileContext {
  readonly filtersOf: (symbol: string) => InstrumentFilters | undefined;
  /** Of the look before this one; empty at the first. */
  readonly previous: readonly Correction[];
  /** When this process began: what the one before it journalled may have been sent until then. */
  readonly startedAt?: UtcMs;
  /** On top of ARRIVAL_LIMIT_MS: where the exchange's time runs faster than ours, what we sent arrives later in it. */
  readonly arrivalSlackMs?: DurationMs;
  readonly adoption?: AdoptionOptions;
}

/** In the order in which they are to be carried out. */
export function reconcile(
  journal: JournalSide,
  exchange: ExchangeSide,
  context: ReconcileContext,
): readonly Correction[] {
  const fills = exchange.fills.filter((fill) => !journal.hasFill(fill));
  const fundings = exchange.fundings.filter((payment) => !journal.hasFunding(payment));
  return [
    ...distinct(fills).map((fill): Correction => ({ kind: 'book-fill', fill })),
    ...fundings.map((payment): Correction => ({ kind: 'book-funding', payment })),
    ...journal.orders.flatMap((order) => reconcileOrder(order, fills, journal, exchange, context)),
    ...reconcilePositions(distinct(fills), journal, exchange, context),
    ...strayCorrections(journal, exchange),
  ];
}

/** Nothing to do, nothing in doubt: trading may begin. */
export function isClean(corrections: readonly Correction[]): boolean {
  return corrections.every((correction) => correction.kind === 'foreign-order');
}

function reconcileOrder(
  before: Order,
  fills: readonly Fill[],
  journal: JournalSide,
  exchange: ExchangeSide,
  context: ReconcileContext,
): readonly Correction[] {
  const { clientOrderId, symbol, kind } = before.intent.order;
  const lastSendAt = Math.max(context.startedAt ?? 0, before.updatedAt) + (context.arrivalSlackMs ?? 0);
  const missed = fills.filter((fill) => fill.clientOrderId === clientOrderId);
  // Booked ones as well: the crash may have come between the fill and its order.
  let order = applyFills(before, distinct([...journal.fillsOf(clientOrderId), ...missed]));
  const open = exchange.account.openOrders.find((report) => report.clientOrderId === clientOrderId);
  const answer = exchange.answers.get(clientOrderId);
  const isOver = isFinal(order.status) && !isInferredEnd(order);
  if (!isOver) {
    if (open !== undefined) order = applyReport(order, open);
    if (answer) order = applyReport(order, answer);
    if (answer === null && open === undefined) {
      order = applyNotFound(order, exchange.askedAt, lastSendAt);
    }
  }
  const corrections: Correction[] = order === before ? [] : [{ kind: 'advance-order', order }];
  if (isFinal(order.status) || open !== undefined || answer) return corrections;
  const at = answer === null ? lastSendAt + ARRIVAL_LIMIT_MS : exchange.account.at;
  return [...corrections, { kind: 'ask-order', order: { symbol, clientOrderId, kind }, at }];
}

function reconcilePositions(
  missing: readonly Fill[],
  journal: JournalSide,
  exchange: ExchangeSide,
  context: ReconcileContext,
): readonly Correction[] {
  const held = new Map(journal.positions.map((position) => [position.symbol, position]));
  const there = new Map(exchange.account.positions.map((position) => [position.symbol, position]));
  // Without fills that are still to be booked: those may complete the position, and the next look sees it whole.
  const touched = new Set(missing.map((fill) => fill.symbol));
  return [...new Set([...held.keys(), ...there.keys()])]
    .filter((symbol) => !touched.has(symbol))
    .flatMap((symbol) =>
      reconcilePosition(symbol, held.get(symbol), there.get(symbol), journal, exchange, context),
    );
}

function reconcilePosition(
  symbol: string,
  held: HeldPosition | undefined,
  there: BrokerPosition | undefined,
  journal: JournalSide,
  { account }: ExchangeSide,
  context: ReconcileContext,
): readonly Correction[] {
  const ours = exact(held?.signedQuantity ?? '0');
  const theirs = exact(there?.quantity ?? '0');
  if (!ours.eq(theirs)) {
    const differs = {
      kind: 'position-differs',
      symbol,
      journal: plain(ours),
      exchange: plain(theirs),
    } as const;
    const isSeenAgain = context.previous.some(
      (before) =>
        before.kind === 'position-differs' &&
        before.symbol === symbol &&
        before.journal === differs.journal &&
        before.exchange === differs.exchange,
    );
    if (!isSeenAgain) return [differs];
    const price = there?.entryPrice ?? held?.entryPrice ?? '0';
    return [{ kind: 'adopt-quantity', fill: adoptingFill(symbol, theirs.minus(ours), price, account.at) }];
  }
  if (there === undefined || held === undefined || journal.planOf(held.positionId) !== undefined) return [];
  const filters = context.filtersOf(symbol);
  // A symbol that is no longer listed cannot be protected; it stays a difference.
  if (filters === undefined) {
    return [{ kind: 'position-differs', symbol, journal: plain(ours), exchange: plain(theirs) }];
  }
  const id = held.positionId || adoptedId(symbol, held.openedAt);
  const plan = adoptionPlan(id, there, filters, held.openedAt, context.adoption ?? DEFAULT_ADOPTION);
  return [{ kind: 'adopt-position', plan }];
}

/** A stray stop of a symbol with a position stays until protection has put its own stop in its place. */
function strayCorrections(journal: JournalSide, { account }: ExchangeSide): readonly Correction[] {
  const strays = findStrays(account.openOrders, journal.orders);
  const held = new Set(account.positions.map((position) => position.symbol));
  return [
    ...strays.ours
      .filter((report) => report.kind !== 'stop' || !held.has(report.symbol))
      .map(({ symbol, clientOrderId, kind }): Correction => {
        return { kind: 'cancel-stray', order: { symbol, clientOrderId, kind } };
      }),
    ...strays.foreign.map((report): Correction => ({ kind: 'foreign-order', report })),
  ];
}

function distinct(fills: readonly Fill[]): readonly Fill[] {
  return [...new Map(fills.map((fill) => [`${fill.symbol} ${fill.tradeId}`, fill])).values()];
}
