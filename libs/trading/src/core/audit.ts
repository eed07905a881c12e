/** Journal against the exchange's ledger, value by value: every difference with both sides. `slt audit` prints it. */
import type { UtcMs } from '@slt/domain';
import type { AccountState, BrokerPosition, Decimal, Fill, FundingPayment, OrderReport } from './broker';
import { isAdoptingFill } from './adoption';
import { isOurs } from './client-order-id';
import { type Exact, exact, isEqual, plain, sumOf } from './decimal';
import { MONEY } from './episode';
import type { Order, OrderStatus } from './order';
import { isInferredEnd } from './order-life';
import { isInFlight } from './order-table';

export interface AuditedJournal {
  readonly orders: readonly Order[];
  readonly fills: readonly Fill[];
  readonly fundings: readonly FundingPayment[];
  /** As the journal keeps them, signed, by symbol. */
  readonly positions: ReadonlyMap<string, Decimal>;
  /** Wallet balance when the journal began. */
  readonly initialBalance: Decimal;
  /** Deposits less withdrawals since then. */
  readonly transfers: readonly Decimal[];
}

/** The same span of time as the journal's. */
export interface AuditedExchange {
  /** Of both order services: open ones, and those that ended since the journal began or as far as the exchange tells. */
  readonly orders: readonly OrderReport[];
  readonly fills: readonly Fill[];
  readonly fundings: readonly FundingPayment[];
  readonly account: AccountState;
}

export type AuditSubject = 'order' | 'fill' | 'funding' | 'position' | 'stop' | 'balance';

/** Null: not there at all. */
export interface AuditDifference {
  readonly subject: AuditSubject;
  readonly symbol: string;
  /** Client order id, trade id, payment id; the symbol of a position. */
  readonly id: string;
  readonly field: string;
  readonly journal: string | null;
  readonly exchange: string | null;
}

/**
 * @param since orders of the journal that were last heard of before it may be unknown to the exchange: it forgets what
 *   ended unfilled after three days
 * @returns empty: they are equal
 */
export function audit(
  journal: AuditedJournal,
  exchange: AuditedExchange,
  since: UtcMs = 0,
): readonly AuditDifference[] {
  return [
    ...auditOrders(journal, exchange, since),
    ...auditFills(journal, exchange),
    ...auditFundings(journal, exchange),
    ...auditPositions(journal, exchange),
    ...auditStops(exchange),
    ...auditBalance(journal, exchange),
  ];
}

type Differ = (field: string, journal: string | null, exchange: string | null) => AuditDifference;

const differ =
  (subject: AuditSubject, symbol: string, id: string): Differ =>
  (field, journal, exchange) => ({ subject, symbol, id, field, journal, exchange });

/** What the exchange says of an order of this status; in flight: it should have been found out. */
const STATES: Readonly<Record<OrderStatus, OrderReport['state'] | null>> = {
  intended: null,
  sent: null,
  unknown: null,
  working: 'resting',
  'partially-filled': 'resting',
  triggered: 'triggered',
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
};

function auditOrders(journal: AuditedJournal, exchange: AuditedExchange, since: UtcMs): AuditDifference[] {
  const theirs = groupByClientId(exchange.orders);
  const ours = new Set(journal.orders.map((order) => order.intent.order.clientOrderId));
  const differences = journal.orders.flatMap((order) =>
    auditOrder(order, theirs.get(order.intent.order.clientOrderId) ?? [], since),
  );
  for (const [id, [report]] of theirs) {
    if (ours.has(id) || !isOurs(id) || report === undefined) continue;
    differences.push(differ('order', report.symbol, id)('state', null, report.state));
  }
  return differences;
}

function auditOrder(order: Order, reports: readonly OrderReport[], since: UtcMs): AuditDifference[] {
  const { symbol, clientOrderId } = order.intent.order;
  const difference = differ('order', symbol, clientOrderId);
  const [report, ...others] = reports;
  const isTrigger = order.intent.order.kind === 'stop' || order.intent.order.kind === 'take-profit';
  const doubles = others
    .filter((other) => !isTrigger || (other.algoId === undefined) === (report?.algoId === undefined))
    .map((other) =>
      difference('orderId', report?.orderId ?? report?.algoId ?? null, other.orderId ?? other.algoId ?? ''),
    );
  if (report === undefined) {
    if (isInFlight(order.status)) return [difference('state', order.status, null)];
    // A refused order leaves no trace; one that never got filled is forgotten in time.
    const isForgettable = isEqual(order.filledQuantity, '0') && order.updatedAt < since;
    return order.status === 'rejected' || isInferredEnd(order) || isForgettable
      ? []
      : [difference('state', order.status, null)];
  }
  if (STATES[order.status] !== report.state) doubles.push(difference('state', order.status, report.state));
  return [
    ...doubles,
    ...amounts(difference, order, report, ['filledQuantity']),
    ...amounts(difference, order.intent.order, report, ['quantity']),
    ...texts(difference, order.intent.order, report, ['side', 'symbol']),
  ];
}

function auditFills(journal: AuditedJournal, exchange: AuditedExchange): AuditDifference[] {
  const key = (fill: Fill): string => `${fill.symbol} ${fill.tradeId}`;
  const ours = journal.fills.filter((fill) => !isAdoptingFill(fill));
  return pairs(ours, exchange.fills, key).flatMap(([mine, their]) => {
    const { symbol, tradeId } = (mine ?? their)!;
    const difference = differ('fill', symbol, tradeId);
    if (mine === undefined || their === undefined) {
      return [difference('quantity', mine?.quantity ?? null, their?.quantity ?? null)];
    }
    return [
      ...amounts(difference, mine, their, ['quantity', 'price', 'fee', 'realizedPnl']),
      ...texts(difference, mine, their, ['side', 'clientOrderId', 'orderId', 'feeAsset']),
    ];
  });
}

function auditFundings(journal: AuditedJournal, exchange: AuditedExchange): AuditDifference[] {
  const key = (payment: FundingPayment): string => `${payment.symbol} ${payment.id}`;
  return pairs(journal.fundings, exchange.fundings, key).flatMap(([mine, their]) => {
    const { symbol, id } = (mine ?? their)!;
    const difference = differ('funding', symbol, id);
    if (mine === undefined || their === undefined) {
      return [difference('amount', mine?.amount ?? null, their?.amount ?? null)];
    }
    return amounts(difference, mine, their, ['amount']);
  });
}

/** The journal's positions, the sums of its fills, and the account's: three accounts of the same thing. */
function auditPositions(journal: AuditedJournal, { account }: AuditedExchange): AuditDifference[] {
  const sums = new Map<string, Exact>();
  for (const fill of journal.fills) {
    const signed = fill.side === 'buy' ? exact(fill.quantity) : exact(fill.quantity).neg();
    sums.set(fill.symbol, (sums.get(fill.symbol) ?? exact('0')).plus(signed));
  }
  const theirs = new Map(account.positions.map((position) => [position.symbol, position.quantity]));
  const symbols = new Set([...journal.positions.keys(), ...sums.keys(), ...theirs.keys()]);
  return [...symbols].flatMap((symbol) => {
    const difference = differ('position', symbol, symbol);
    const held = journal.positions.get(symbol) ?? '0';
    const sum = plain(sums.get(symbol) ?? exact('0'));
    const their = theirs.get(symbol) ?? '0';
    return [
      ...(isEqual(held, their) ? [] : [difference('quantity', held, their)]),
      ...(isEqual(sum, their) ? [] : [difference('sum of fills', sum, their)]),
    ];
  });
}

/** Each position has stops of exactly its size; nothing that only reduces rests without one. */
function auditStops({ account }: AuditedExchange): AuditDifference[] {
  const resting = account.openOrders.filter((order) => isOurs(order.clientOrderId) && order.reduceOnly);
  const held = new Map(account.positions.map((position) => [position.symbol, position]));
  const orphans = resting
    .filter((order) => !held.has(order.symbol))
    .map((order) => differ('stop', order.symbol, order.clientOrderId)('quantity', null, order.quantity));
  return [...orphans, ...account.positions.flatMap((position) => auditStop(position, resting))];
}

function auditStop(position: BrokerPosition, resting: readonly OrderReport[]): AuditDifference[] {
  const { symbol } = position;
  const size = exact(position.quantity);
  const side = size.gt(0) ? 'sell' : 'buy';
  const stops = resting.filter(
    (order) => order.symbol === symbol && order.kind === 'stop' && order.side === side,
  );
  const covered = sumOf(stops.map((stop) => exact(stop.quantity).minus(stop.filledQuantity)));
  if (covered.eq(size.abs())) return [];
  return [
    differ('stop', symbol, symbol)('quantity', plain(size.abs()), stops.length === 0 ? null : plain(covered)),
  ];
}

/** Wallet balance = initial + realised − fees + funding + transfers, to the cent: the difference rounds to nothing. */
function auditBalance(journal: AuditedJournal, { account }: AuditedExchange): AuditDifference[] {
  const expected = exact(journal.initialBalance)
    .plus(sumOf(journal.fills.map((fill) => fill.realizedPnl)))
    .minus(sumOf(journal.fills.filter((fill) => fill.feeAsset === MONEY).map((fill) => fill.fee)))
    .plus(sumOf(journal.fundings.map((payment) => payment.amount)))
    .plus(sumOf(journal.transfers));
  const difference = expected.minus(account.walletBalance).abs();
  if (difference.lt('0.005')) return [];
  return [differ('balance', '', MONEY)('walletBalance', plain(expected), account.walletBalance)];
}

function groupByClientId(orders: readonly OrderReport[]): ReadonlyMap<string, OrderReport[]> {
  const groups = new Map<string, OrderReport[]>();
  for (const order of orders) {
    const group = groups.get(order.clientOrderId) ?? [];
    if (group.some((known) => isSameOrder(known, order))) continue;
    // The word of the algo service comes first: a trigger order is what the journal holds.
    groups.set(order.clientOrderId, order.algoId === undefined ? [...group, order] : [order, ...group]);
  }
  return groups;
}

/** From two lists; or a trigger order and the market order it has become, each told by a service of its own. */
function isSameOrder(a: OrderReport, b: OrderReport): boolean {
  if (a.algoId !== undefined && b.algoId !== undefined) return a.algoId === b.algoId;
  return a.orderId === b.orderId;
}

/** Each key once, with what either side has of it. A second one of the same key on one side is not told apart. */
function pairs<T>(
  ours: readonly T[],
  theirs: readonly T[],
  keyOf: (item: T) => string,
): [T | undefined, T | undefined][] {
  const mine = new Map(ours.map((item) => [keyOf(item), item]));
  const their = new Map(theirs.map((item) => [keyOf(item), item]));
  return [...new Set([...mine.keys(), ...their.keys()])].map((key) => [mine.get(key), their.get(key)]);
}

type TextsOf<A, B> = {
  [K in keyof A & keyof B]: A[K] extends string ? (B[K] extends string ? K : never) : never;
}[keyof A & keyof B] &
  string;

const amounts = differences(isEqual);
const texts = differences((a, b) => a === b);

function differences(isSame: (a: string, b: string) => boolean) {
  return <A, B>(difference: Differ, mine: A, their: B, fields: readonly TextsOf<A, B>[]): AuditDifference[] =>
    fields.flatMap((field) => {
      const [a, b] = [mine[field] as string, their[field] as string];
      return isSame(a, b) ? [] : [difference(field, a, b)];
    });
}
