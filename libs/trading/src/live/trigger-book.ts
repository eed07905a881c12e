/**
 * Trigger orders with the orders they become. Both tell of themselves on the account stream, under one client order id
 * and in any order; the book makes one story of it that never goes back.
 */
import type { AlgoOrder, PlainOrder, PlainStatus } from '@slt/exchange';
import type { OrderReport, TriggerOrder } from '../core/broker';
import { exact } from '../core/decimal';
import { BoundedMap } from './bounded-map';
import { type Child, plainReport, triggerKindOf, triggerReport } from './order-reports';

interface Entry {
  /** As last told by the algo service; before that, as we have sent it. */
  algo: AlgoOrder;
  child: Child | undefined;
}

const REMEMBERED = 5_000;
const OPEN: ReadonlySet<PlainStatus> = new Set(['new', 'partially-filled']);

const WIRE_TYPES = { stop: 'STOP_MARKET', 'take-profit': 'TAKE_PROFIT_MARKET' } as const;

export class TriggerBook {
  private readonly entries = new BoundedMap<string, Entry>(REMEMBERED);

  /** Before it is sent: the order that it becomes may be heard of before the answer. */
  expect(order: TriggerOrder): void {
    if (this.entries.get(keyOf(order)) !== undefined) return;
    const { symbol, clientOrderId, side, quantity, triggerPrice, reduceOnly } = order;
    const algo: AlgoOrder = {
      ...{ symbol, clientOrderId, side, quantity, triggerPrice, reduceOnly },
      ...{ algoId: '', status: 'new', type: WIRE_TYPES[order.kind], child: undefined, reason: undefined },
      updatedAt: 0,
    };
    this.entries.set(keyOf(order), { algo, child: undefined });
  }

  /** What the algo service says, now or late. */
  report(algo: AlgoOrder): OrderReport {
    const entry = this.entries.get(keyOf(algo)) ?? { algo, child: undefined };
    if (rankOf(algo) >= rankOf(entry.algo)) entry.algo = algo;
    this.entries.set(keyOf(algo), entry);
    return triggerReport(entry.algo, entry.child);
  }

  /** What the matching engine says of an order; undefined: it has never been a trigger order. */
  childReport(order: PlainOrder, expiryReason?: string): OrderReport | undefined {
    const entry = this.entries.get(keyOf(order));
    if (entry === undefined) {
      const isChild = triggerKindOf(order.originalType) !== undefined;
      return isChild ? plainReport(order, expiryReason) : undefined;
    }
    if (entry.child === undefined || isLater(order, entry.child)) entry.child = order;
    const { reason } = plainReport(order, expiryReason);
    const report = triggerReport(entry.algo, entry.child);
    const { algoId, ...rest } = report;
    return {
      ...rest,
      ...(algoId === undefined || algoId === '' ? {} : { algoId }),
      ...(reason === undefined ? {} : { reason }),
    };
  }
}

function keyOf({ symbol, clientOrderId }: { symbol: string; clientOrderId: string }): string {
  return `${symbol} ${clientOrderId}`;
}

function isLater(order: PlainOrder, known: Child): boolean {
  const [told, before] = [exact(order.filledQuantity), exact(known.filledQuantity)];
  return told.eq(before) ? OPEN.has(known.status) : told.gt(before);
}

const RANKS: Readonly<Record<AlgoOrder['status'], number>> = {
  new: 0,
  triggering: 1,
  triggered: 2,
  finished: 3,
  cancelled: 3,
  expired: 3,
  rejected: 3,
};

function rankOf(algo: AlgoOrder): number {
  // One that we have sent and nobody has answered for is behind everything.
  return algo.algoId === '' ? -1 : RANKS[algo.status];
}
