/**
 * What this process knows of the account: orders, positions, plans. Everything that happens goes through here first;
 * what came of it leaves as journal entries, to be written in that order. Holds no rule of its own: those are in core/.
 */
import type { DurationMs, UtcMs } from '@slt/domain';
import type { Fill, FundingPayment, OrderReport } from '../core/broker';
import type { Order } from '../core/order';
import { type IntentFacts, intentOf, type OrderDraft } from '../core/order-intent';
import { OrderLedger } from '../core/order-ledger';
import { isFinal, type OwnStep } from '../core/order-table';
import { type BookChange, type HeldPosition, plannedPosition, PositionBook } from '../core/position-book';
import type { Position, PositionPlan, Trade } from '../core/position';
import type { JournalEntry } from '../journal/entries';
import type { JournalState } from '../journal/load';

export interface BookListener {
  /** To be written in the order given. */
  journal(entries: readonly JournalEntry[]): void;
  /** Orders or position of the symbol are not as they were. */
  changed(symbol: string): void;
  traded(trade: Trade): void;
  filled(fill: Fill): void;
  funded(payment: FundingPayment): void;
}

export class AccountBook {
  readonly orders = new OrderLedger();
  private readonly plans = new Map<string, PositionPlan>();
  /** Over, and kept a while: a late payment counts their trade anew. */
  private readonly past = new Map<string, { readonly plan: PositionPlan; readonly at: UtcMs }>();
  private readonly positions = new PositionBook({
    intentOf: (id) => this.orders.get(id)?.intent,
    planOf: (id) => this.planOf(id),
  });

  /** @param arrivalSlackMs see ReconcileContext */
  constructor(
    private readonly listener: BookListener,
    private readonly arrivalSlackMs: DurationMs = 0,
  ) {}

  /** Takes up what the journal holds; tells nobody. */
  restore(state: JournalState): void {
    for (const { plan } of state.positions) this.plans.set(plan.id, plan);
    for (const plan of state.otherPlans)
      this.past.set(plan.id, { plan, at: state.lastFillAt ?? state.wholeTo });
    const orders = [
      ...state.unfinishedOrders,
      ...state.otherOrders,
      ...state.positions.flatMap((position) => position.orders),
    ];
    for (const order of orders) {
      if (this.orders.get(order.intent.order.clientOrderId) === undefined) this.orders.restore(order);
    }
    for (const fill of [...state.otherFills, ...state.positions.flatMap(({ fills }) => fills)]) {
      this.orders.fill(fill);
      this.positions.addFill(fill);
    }
    for (const payment of [...state.otherFundings, ...state.positions.flatMap(({ fundings }) => fundings)]) {
      this.positions.addFunding(payment);
    }
  }

  /** Orders that core decided upon; from here on every decision sees them. @returns with the entries to be journalled */
  intend(drafts: readonly OrderDraft[], facts: IntentFacts): { orders: Order[]; entries: JournalEntry[] } {
    const intents = drafts.map((draft) => intentOf(draft, facts));
    const orders = intents.map((intent) => this.orders.add(intent));
    return { orders, entries: intents.map((intent) => ({ kind: 'intent', intent })) };
  }

  plan(plan: PositionPlan): JournalEntry {
    this.plans.set(plan.id, plan);
    return { kind: 'position', plan };
  }

  /** A plan whose entry was never decided upon: nothing of it is in the journal. */
  drop(positionId: string): void {
    this.plans.delete(positionId);
  }

  planOf(positionId: string): PositionPlan | undefined {
    return this.plans.get(positionId) ?? this.past.get(positionId)?.plan;
  }

  /** One of our own steps. @throws AppError broken-invariant */
  step(clientOrderId: string, step: OwnStep, at: UtcMs, reason?: string): Order {
    return this.took(this.orders.step(clientOrderId, step, at, reason));
  }

  /** The exchange was asked and does not know it. @returns the order, final once that is certain */
  notFound(clientOrderId: string, askedAt: UtcMs, lastSendAt?: UtcMs): Order {
    const sentBy = lastSendAt ?? this.orders.get(clientOrderId)?.updatedAt ?? askedAt;
    return this.took(this.orders.notFound(clientOrderId, askedAt, sentBy + this.arrivalSlackMs));
  }

  /** @returns undefined for an order that is not of the journal */
  report(report: OrderReport): Order | undefined {
    const change = this.orders.report(report);
    return change && this.took(change);
  }

  /** A fill that comes again changes nothing. */
  fill(fill: Fill): void {
    const moved = this.orders.fill(fill);
    const change = this.positions.addFill(fill);
    if (!change.isNew) return;
    const order: JournalEntry[] = moved?.isChanged === true ? [{ kind: 'order', order: moved.order }] : [];
    this.listener.journal([
      { kind: 'fill', fill, ...positionIdOf(moved?.order) },
      ...order,
      ...this.settle(change),
    ]);
    this.listener.filled(fill);
    for (const trade of change.trades) this.listener.traded(trade);
    this.listener.changed(fill.symbol);
  }

  funding(payment: FundingPayment): void {
    const change = this.positions.addFunding(payment);
    if (!change.isNew) return;
    this.listener.journal([{ kind: 'funding', payment }, ...this.settle(change)]);
    this.listener.funded(payment);
    for (const trade of change.trades) this.listener.traded(trade);
  }

  /** As it will be once all that was reported is booked; null: flat, or held without a plan of ours. */
  position(symbol: string): Position | null {
    const plan = this.livePlan(symbol);
    if (plan === undefined) return null;
    return plannedPosition(plan, this.held(symbol), this.orders.unbooked(symbol));
  }

  /** What the fills add up to. */
  held(symbol: string): HeldPosition | null {
    return this.positions.position(symbol);
  }

  allHeld(): readonly HeldPosition[] {
    return this.positions.positions();
  }

  hasFill(fill: Fill): boolean {
    return this.positions.hasFill(fill);
  }

  hasFunding(payment: FundingPayment): boolean {
    return this.positions.hasFunding(payment);
  }

  /** Lets go of what was over by then. Only after a reconciliation found the journal whole up to there. */
  prune(to: UtcMs): void {
    this.positions.prune(to);
    for (const [id, { at }] of this.past) if (at <= to) this.past.delete(id);
    this.orders.prune((id) => this.plans.has(id) || this.past.has(id));
  }

  /** Symbols with a position, a plan, or an order that has not ended. */
  symbols(): ReadonlySet<string> {
    const symbols = new Set(this.allHeld().map(({ symbol }) => symbol));
    for (const plan of this.plans.values()) symbols.add(plan.symbol);
    for (const { intent } of this.orders.unfinished()) symbols.add(intent.order.symbol);
    return symbols;
  }

  /** Plans whose entry is under way, or whose position is held. */
  livePlans(): readonly PositionPlan[] {
    return [...this.plans.values()];
  }

  private livePlan(symbol: string): PositionPlan | undefined {
    const held = this.held(symbol);
    if (held !== null) return this.plans.get(held.positionId);
    return [...this.plans.values()].find((plan) => plan.symbol === symbol);
  }

  /** A plan is over when its trade is closed, or when its entry has ended and nothing was filled. */
  private settle(change: BookChange): JournalEntry[] {
    const retracted = change.retracted.map(({ positionId, entryTime }): JournalEntry => ({
      kind: 'trade-retracted',
      positionId,
      entryTime,
    }));
    const closed = change.trades.map((trade): JournalEntry => {
      this.end(trade.positionId, trade.exitTime);
      return { kind: 'trade', trade };
    });
    return [...retracted, ...closed];
  }

  private took({ order, isChanged }: { order: Order; isChanged: boolean }): Order {
    if (!isChanged) return order;
    this.listener.journal([{ kind: 'order', order }, ...this.dropIfVain(order)]);
    this.listener.changed(order.intent.order.symbol);
    return order;
  }

  private dropIfVain(order: Order): JournalEntry[] {
    const { positionId, role, order: placed } = order.intent;
    const isVain = role === 'entry' && isFinal(order.status) && Number(order.filledQuantity) === 0;
    if (!isVain || !this.plans.has(positionId) || this.held(placed.symbol)?.positionId === positionId)
      return [];
    this.end(positionId, order.updatedAt);
    return [{ kind: 'position-dropped', positionId, at: order.updatedAt }];
  }

  private end(positionId: string, at: UtcMs): void {
    const plan = this.plans.get(positionId);
    if (plan === undefined) return;
    this.plans.delete(positionId);
    this.past.set(positionId, { plan, at });
  }
}

const positionIdOf = (order: Order | undefined): { positionId?: string } =>
  order === undefined ? {} : { positionId: order.intent.positionId };
