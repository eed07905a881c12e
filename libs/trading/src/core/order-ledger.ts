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
  /** Of which more was reported than booked. */
  private readonly short = new Set<Entry>();

  /** @throws AppError broken-invariant, `ORDER.DUPLICATE_INTENT` */
  add(intent: OrderIntent): Order {
    return this.take(newOrder(intent)).order;
  }

  /** Takes an order as the journal holds it; its fills follow. @throws as `add` */
  restore(order: Order): Order {
    this.compare(this.take(order));
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
    const before = entry.order;
    if (!entry.fills.has(fill.tradeId)) {
      entry.order = applyFills(before, [...entry.fills.values(), fill]);
      entry.fills.set(fill.tradeId, fill);
    }
    this.compare(entry);
    return { order: entry.order, isChanged: entry.order !== before };
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
      const entry = this.entries.get(id)!;
      const { order } = entry;
      const missing = exact(order.filledQuantity).minus(bookedOf(entry));
      sum = order.intent.order.side === 'buy' ? sum.plus(missing) : sum.minus(missing);
    }
    return sum;
  }

  /** More of an order was reported than booked, and has been since before then: its fills were not heard of. */
  hasMissingFills(before: UtcMs): boolean {
    for (const { order } of this.short) if (order.updatedAt < before) return true;
    return false;
  }

  /** As hasMissingFills: the exchange was asked for all of them, so that no more will come. */
  forgiveMissingFills(before: UtcMs): void {
    for (const entry of this.short) if (entry.order.updatedAt < before) this.short.delete(entry);
  }

  /** Lets go of the final orders of positions that are over. @param keeps true: the position still lives */
  prune(keeps: (positionId: string) => boolean): void {
    for (const [id, entry] of this.entries) {
      const { order } = entry;
      if (!isFinal(order.status) || keeps(order.intent.positionId)) continue;
      this.entries.delete(id);
      this.short.delete(entry);
      this.bySymbol.get(order.intent.order.symbol)?.delete(id);
    }
  }

  private take(order: Order): Entry {
    const { clientOrderId, symbol } = order.intent.order;
    if (this.entries.has(clientOrderId)) {
      throw new AppError('broken-invariant', 'ORDER.DUPLICATE_INTENT', `${order.intent.id} is there already`);
    }
    const entry: Entry = { order, fills: new Map() };
    this.entries.set(clientOrderId, entry);
    const ids = this.bySymbol.get(symbol) ?? new Set();
    this.bySymbol.set(symbol, ids.add(clientOrderId));
    return entry;
  }

  private known(clientOrderId: string): Entry {
    const entry = this.entries.get(clientOrderId);
    if (entry === undefined) throw new AppError('not-found', 'ORDER.UNKNOWN', `no order ${clientOrderId}`);
    return entry;
  }

  private change(entry: Entry, move: (order: Order) => Order): OrderChange {
    const before = entry.order;
    entry.order = move(before);
    const isChanged = entry.order !== before;
    if (isChanged) this.compare(entry);
    return { order: entry.order, isChanged };
  }

  private compare(entry: Entry): void {
    if (exact(entry.order.filledQuantity).gt(bookedOf(entry))) this.short.add(entry);
    else this.short.delete(entry);
  }
}

const bookedOf = ({ fills }: Entry): Exact => sumOf([...fills.values()].map(({ quantity }) => quantity));
