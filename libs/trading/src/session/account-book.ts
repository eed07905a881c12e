/**
 * What this process knows of the account: orders, positions, plans. Everything that happens goes through here first;
 * what came of it leaves as journal entries, to be written in that order. Holds no rule of its own: those are in core/.
 */
import type { DurationMs, UtcMs } from '@slt/domain';
import type { Fill, FundingPayment, OrderReport } from '../core/broker';
import { isZero } from '../core/decimal';
import type { Order } from '../core/order';
import { type IntentFacts, intentOf, type OrderDraft } from '../core/order-intent';
import { OrderLedger } from '../core/order-ledger';
import { ABANDONED, isInferredEnd } from '../core/order-life';
import { isFinal, type OwnStep } from '../core/order-table';
import {
  type BookChange,
  type HeldPosition,
  plannedPosition,
  PositionBook,
  tradeKey,
} from '../core/position-book';
import type { Position, PositionPlan, Trade } from '../core/position';
import type { Decision } from '../core/signal';
import type { JournalEntry } from '../journal/entries';
import type { JournalState } from '../journal/load';

const TRADED: Decision = Object.freeze({ decision: 'traded', reasons: [] });

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
  /** Trades that were told of, with their end: one that is counted anew is no second one. */
  private readonly told = new Map<string, UtcMs>();
  private readonly positions = new PositionBook({
    intentOf: (id) => this.orders.get(id)?.intent,
    planOf: (id) => this.planOf(id),
  });

  /** @param arrivalSlackMs see ReconcileContext */
  constructor(
    private readonly listener: BookListener,
    private readonly arrivalSlackMs: DurationMs = 0,
  ) {}

  /**
   * Takes up what the journal holds; tells nobody.
   * @returns what follows from it and is not in it, to be journalled
   */
  restore(state: JournalState): readonly JournalEntry[] {
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
    const moved = new Map<string, Order>();
    for (const fill of [...state.otherFills, ...state.positions.flatMap(({ fills }) => fills)]) {
      const change = this.orders.fill(fill);
      if (change?.isChanged === true) moved.set(change.order.intent.id, change.order);
      this.positions.addFill(fill);
    }
    for (const payment of [...state.otherFundings, ...state.positions.flatMap(({ fundings }) => fundings)]) {
      this.positions.addFunding(payment);
    }
    for (const trade of this.positions.trades()) this.told.set(tradeKey(trade), trade.exitTime);
    return [
      ...[...moved.values()].map((order): JournalEntry => ({ kind: 'order', order })),
      ...this.allHeld().flatMap(({ symbol }) => this.revive(symbol)),
    ];
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
    const order: JournalEntry[] = moved?.isChanged === true ? [{ kind: 'order', order: moved.order }] : [];
    const booked: JournalEntry[] = change.isNew
      ? [{ kind: 'fill', fill, ...positionIdOf(moved?.order) }, ...order, ...this.settle(change)]
      : order;
    if (booked.length === 0) return;
    this.listener.journal(booked);
    if (change.isNew) this.listener.filled(fill);
    this.follow(change, fill.symbol);
    this.listener.changed(fill.symbol);
  }

  funding(payment: FundingPayment): void {
    const change = this.positions.addFunding(payment);
    if (!change.isNew) return;
    this.listener.journal([{ kind: 'funding', payment }, ...this.settle(change)]);
    this.listener.funded(payment);
    this.follow(change, payment.symbol);
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
    this.tidy();
    this.positions.prune(to);
    for (const [id, { at }] of this.past) if (at <= to) this.past.delete(id);
    for (const [key, at] of this.told) if (at <= to) this.told.delete(key);
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
      // Where the exit was heard before the entry, the same position seems to be closed and held.
      const closes = change.position?.positionId !== trade.positionId;
      if (closes) this.end(trade.positionId, trade.exitTime);
      return { kind: 'trade', trade, closes };
    });
    return [...retracted, ...closed];
  }

  /** After it is written what it was. */
  private follow(change: BookChange, symbol: string): void {
    const revived = this.revive(symbol);
    if (revived.length > 0) this.listener.journal(revived);
    for (const trade of change.trades) {
      const key = tradeKey(trade);
      if (!this.told.has(key)) this.listener.traded(trade);
      this.told.set(key, trade.exitTime);
    }
  }

  /** A fill may come after its position was thought to be over, or never to have begun: then its plan holds again. */
  private revive(symbol: string): JournalEntry[] {
    const held = this.held(symbol);
    const past = held === null ? undefined : this.past.get(held.positionId);
    if (held === null || past === undefined || this.plans.has(held.positionId)) return [];
    // The journal opens a position again only by a plan that is later than the one it has.
    const plan = { ...past.plan, openedAt: Math.max(held.openedAt, past.plan.openedAt + 1) };
    this.past.delete(plan.id);
    this.plans.set(plan.id, plan);
    return [
      { kind: 'position', plan },
      { kind: 'decision', signalId: plan.id, decision: TRADED },
    ];
  }

  /** Plans that nothing stands behind any more, whatever ended them, do not keep their symbol. */
  private tidy(): void {
    for (const { id, symbol } of this.plans.values()) {
      const entries = this.orders
        .ofSymbol(symbol)
        .filter(({ intent }) => intent.positionId === id && intent.role === 'entry');
      const hasEnded = entries.length > 0 && entries.every(({ status }) => isFinal(status));
      if (!hasEnded || this.held(symbol) !== null || !this.orders.unbooked(symbol).eq(0)) continue;
      const at = Math.max(...entries.map(({ updatedAt }) => updatedAt));
      this.end(id, at);
      this.listener.journal([{ kind: 'position-dropped', positionId: id, at }]);
    }
  }

  private took({ order, isChanged }: { order: Order; isChanged: boolean }): Order {
    if (!isChanged) return order;
    this.listener.journal([{ kind: 'order', order }, ...this.dropIfVain(order)]);
    this.listener.changed(order.intent.order.symbol);
    return order;
  }

  private dropIfVain(order: Order): JournalEntry[] {
    const { positionId, role, order: placed } = order.intent;
    const isVain = role === 'entry' && isFinal(order.status) && isZero(order.filledQuantity);
    if (!isVain || !this.plans.has(positionId) || this.held(placed.symbol)?.positionId === positionId)
      return [];
    this.end(positionId, order.updatedAt);
    return [
      { kind: 'position-dropped', positionId, at: order.updatedAt },
      { kind: 'decision', signalId: positionId, decision: vainDecision(order) },
    ];
  }

  private end(positionId: string, at: UtcMs): void {
    const plan = this.plans.get(positionId);
    if (plan === undefined) return;
    this.plans.delete(positionId);
    this.past.set(positionId, { plan, at });
  }
}

/** Of an entry that has ended without a fill. What we ended ourselves nobody has rejected. */
export function vainDecision(order: Order): Decision {
  const isRefused = order.status === 'rejected' && order.reason !== ABANDONED && !isInferredEnd(order);
  return { decision: 'refused', reasons: [isRefused ? 'ORDER_REJECTED' : 'ENTRY_NOT_FILLED'] };
}

const positionIdOf = (order: Order | undefined): { positionId?: string } =>
  order === undefined ? {} : { positionId: order.intent.positionId };
