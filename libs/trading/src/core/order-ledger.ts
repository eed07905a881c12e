/** All orders a process knows, by client order id, each with its fills. Holds no rule: those are in order-life.ts. */
import { AppError, type UtcMs } from '@slt/domain';
import type { Fill, OrderReport } from './broker';
import { type Exact, exact, sumOf, ZERO } from './decimal';
import type { Order, OrderIntent, OrderRole } from './order';
import { nextGeneration } from './order-intent';
import { applyFills, applyNotFound, applyReport, applyStep, newOrder } from './order-life';
import { isFinal, type OwnStep } from './order-table';

export interface OrderChange {
  readonly order: Order;
  /** False: nothing to journal. */
  readonly isChanged: boolean;
}

interface Entry {
  order: Order;
  readonly fills: Map<string, Fill>;
}

export class OrderLedger {
  private readonly entries = new Map<string, Entry>();
  private readonly bySymbol = new Map<string, Set<string>>();

  /** @throws AppError broken-invariant, `ORDER.DUPLICATE_INTENT` */
  add(intent: OrderIntent): Order {
    return this.restore(newOrder(intent));
  }

  /** Takes an order as the journal holds it. @throws as `add` @param fills of this order */
  restore(order: Order, fills: readonly Fill[] = []): Order {
    const { clientOrderId, symbol } = order.intent.order;
    if (this.entries.has(clientOrderId)) {
      throw new AppError('broken-invariant', 'ORDER.DUPLICATE_INTENT', `${order.intent.id} is there already`);
    }
    this.entries.set(clientOrderId, { order, fills: new Map(fills.map((fill) => [fill.tradeId, fill])) });
    const ids = this.bySymbol.get(symbol) ?? new Set();
    this.bySymbol.set(symbol, ids.add(clientOrderId));
    return order;
  }

  get(clientOrderId: string): Order | undefined {
    return this.entries.get(clientOrderId)?.order;
  }

  /** @throws AppError not-found, `ORDER.UNKNOWN`; broken-invariant, `ORDER.ILLEGAL_MOVE` */
  step(clientOrderId: string, step: OwnStep, at: UtcMs, reason?: string): OrderChange {
    return this.change(this.known(clientOrderId), (order) => applyStep(order, step, at, reason));
  }

  /** As applyNotFound. @throws AppError not-found, `ORDER.UNKNOWN` */
  notFound(clientOrderId: string, askedAt: UtcMs, lastSendAt?: UtcMs): OrderChange {
    return this.change(this.known(clientOrderId), (order) => applyNotFound(order, askedAt, lastSendAt));
  }

  /** @returns undefined: not an order of the journal @throws as applyReport */
  report(report: OrderReport): OrderChange | undefined {
    const entry = this.entries.get(report.clientOrderId);
    return entry && this.change(entry, (order) => applyReport(order, report));
  }

  /** A fill that comes again changes nothing. @returns undefined: not of an order of the journal @throws as applyFills */
  fill(fill: Fill): OrderChange | undefined {
    const entry = this.entries.get(fill.clientOrderId);
    if (entry === undefined) return undefined;
    if (entry.fills.has(fill.tradeId)) return { order: entry.order, isChanged: false };
    const change = this.change(entry, (order) => applyFills(order, [...entry.fills.values(), fill]));
    entry.fills.set(fill.tradeId, fill);
    return change;
  }

  fillsOf(clientOrderId: string): readonly Fill[] {
    return [...(this.entries.get(clientOrderId)?.fills.values() ?? [])];
  }

  unfinished(): readonly Order[] {
    return this.all().filter((order) => !isFinal(order.status));
  }

  all(): readonly Order[] {
    return [...this.entries.values()].map((entry) => entry.order);
  }

  ofSymbol(symbol: string): readonly Order[] {
    return [...(this.bySymbol.get(symbol) ?? [])].map((id) => this.entries.get(id)!.order);
  }

  nextGeneration(symbol: string, positionId: string, role: OrderRole): number {
    return nextGeneration(this.ofSymbol(symbol), positionId, role);
  }

  /** Signed: what orders of the symbol were reported to have filled beyond the fills that came; those are under way. */
  unbooked(symbol: string): Exact {
    let sum = ZERO;
    for (const id of this.bySymbol.get(symbol) ?? []) {
      const { order, fills } = this.entries.get(id)!;
      const booked = sumOf([...fills.values()].map((fill) => fill.quantity));
      const missing = exact(order.filledQuantity).minus(booked);
      sum = order.intent.order.side === 'buy' ? sum.plus(missing) : sum.minus(missing);
    }
    return sum;
  }

  /** Lets go of the final orders of positions that are over. @param keeps true: the position still lives */
  prune(keeps: (positionId: string) => boolean): void {
    for (const [id, { order }] of this.entries) {
      if (!isFinal(order.status) || keeps(order.intent.positionId)) continue;
      this.entries.delete(id);
      this.bySymbol.get(order.intent.order.symbol)?.delete(id);
    }
  }

  private known(clientOrderId: string): Entry {
    const entry = this.entries.get(clientOrderId);
    if (entry === undefined) throw new AppError('not-found', 'ORDER.UNKNOWN', `no order ${clientOrderId}`);
    return entry;
  }

  private change(entry: Entry, move: (order: Order) => Order): OrderChange {
    const before = entry.order;
    entry.order = move(before);
    return { order: entry.order, isChanged: entry.order !== before };
  }
}
