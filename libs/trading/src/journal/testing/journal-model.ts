/** What the journal should hold, by the plainest means: maps, and the rules of entries.ts one after the other. */
import type { BreakerTransition } from '../../core/breaker';
import type { Fill, FundingPayment } from '../../core/broker';
import { exact } from '../../core/decimal';
import type { Order } from '../../core/order';
import { isUnchanged, newOrder } from '../../core/order-life';
import { isFinal } from '../../core/order-table';
import type { PositionPlan, Trade } from '../../core/position';
import type { BalancePoint, EntryKind, JournalEntry } from '../entries';
import { supersedes } from '../order-precedence';

interface ModelPosition {
  readonly plan: PositionPlan;
  readonly state: 'open' | 'closed' | 'dropped';
  readonly closedAt: number | null;
}

interface Owned<Item> {
  readonly item: Item;
  readonly positionId: string | null;
}

/** In which a batch takes effect, whatever order it is given in: plans, … */
const KINDS: readonly EntryKind[] = ['intent', 'order', 'fill', 'funding'];
/** … then these, in the order given, and with them plans of positions that have ended in the batch. */
const ENDS: readonly EntryKind[] = ['position-dropped', 'trade', 'trade-retracted'];
const REST: readonly EntryKind[] = ['breaker', 'reconciliation', 'balance'];

export class JournalModel {
  private readonly positions = new Map<string, ModelPosition>();
  private readonly orders = new Map<string, Order>();
  private readonly fills = new Map<string, Owned<Fill>>();
  private readonly fundings = new Map<string, Owned<FundingPayment>>();
  private readonly trades = new Map<string, Trade>();
  private readonly balances = new Map<number, BalancePoint>();
  private readonly breaker = new Map<string, BreakerTransition>();
  private cleanAt: number | null = null;

  knows(intentId: string): boolean {
    return this.orders.has(intentId);
  }

  apply(batch: readonly JournalEntry[]): { newFills: Fill[]; newFundings: FundingPayment[]; stale: Order[] } {
    const result = { newFills: [] as Fill[], newFundings: [] as FundingPayment[], stale: [] as Order[] };
    const stale = new Map<string, Order>();
    const ended = new Set<string>();
    const isBeginning = (entry: JournalEntry): boolean => {
      if (entry.kind === 'trade') ended.add(entry.trade.positionId);
      if (entry.kind === 'position-dropped' || entry.kind === 'trade-retracted') ended.add(entry.positionId);
      return entry.kind === 'position' && !ended.has(entry.plan.id);
    };
    const beginnings = new Set(batch.filter(isBeginning));
    const later = batch.filter((entry) => !beginnings.has(entry));
    for (const entry of beginnings) this.applyOne(entry, result, stale);
    for (const kinds of [
      ...KINDS.map((kind) => [kind]),
      ['position', ...ENDS],
      ...REST.map((kind) => [kind]),
    ]) {
      for (const entry of later) if (kinds.includes(entry.kind)) this.applyOne(entry, result, stale);
    }
    result.stale.push(...stale.values());
    return result;
  }

  private applyOne(
    entry: JournalEntry,
    result: { newFills: Fill[]; newFundings: FundingPayment[] },
    stale: Map<string, Order>,
  ): void {
    switch (entry.kind) {
      case 'position':
        return this.plan(entry.plan);
      case 'intent':
        if (!this.orders.has(entry.intent.id)) this.orders.set(entry.intent.id, newOrder(entry.intent));
        return;
      case 'order': {
        const { id } = entry.order.intent;
        const stored = this.orders.get(id)!;
        stale.delete(id);
        if (supersedes(entry.order, stored)) this.orders.set(id, entry.order);
        else if (!isUnchanged(entry.order, stored)) stale.set(id, stored);
        return;
      }
      case 'fill': {
        const { fill, positionId } = entry;
        const owner = positionId ?? this.ownerByOrder(fill.clientOrderId) ?? this.holderOf(fill);
        if (own(this.fills, `${fill.symbol} ${fill.tradeId}`, fill, owner)) result.newFills.push(fill);
        return;
      }
      case 'funding': {
        const { payment, positionId } = entry;
        const key = `${payment.symbol} ${payment.id}`;
        if (own(this.fundings, key, payment, positionId ?? this.holderOf(payment))) {
          result.newFundings.push(payment);
        }
        return;
      }
      case 'position-dropped': {
        const position = this.positions.get(entry.positionId);
        if (position?.state !== 'open' || position.plan.openedAt > entry.at) return;
        this.positions.set(entry.positionId, { ...position, state: 'dropped', closedAt: entry.at });
        return;
      }
      case 'trade':
        return this.close(entry.trade, entry.closes);
      case 'trade-retracted':
        this.trades.delete(`${entry.positionId}@${entry.entryTime}`);
        return;
      case 'breaker': {
        const { at, from, to } = entry.change;
        const key = `${at} ${from} ${to}`;
        if (!this.breaker.has(key)) this.breaker.set(key, entry.change);
        return;
      }
      case 'reconciliation':
        if (entry.result.isClean) this.cleanAt = Math.max(this.cleanAt ?? 0, entry.result.at);
        return;
      case 'balance':
        if (!this.balances.has(entry.point.at)) this.balances.set(entry.point.at, entry.point);
        return;
      default:
        throw new Error(`the model does not know "${entry.kind}"`);
    }
  }

  private plan(plan: PositionPlan): void {
    const before = this.positions.get(plan.id);
    if (before !== undefined && before.state !== 'open' && before.plan.openedAt >= plan.openedAt) return;
    this.positions.set(plan.id, {
      plan: { ...plan, symbol: before?.plan.symbol ?? plan.symbol },
      state: 'open',
      closedAt: null,
    });
  }

  private close(trade: Trade, closes: boolean | undefined): void {
    const key = `${trade.positionId}@${trade.entryTime}`;
    const isNew = !this.trades.has(key);
    this.trades.set(key, trade);
    const position = this.positions.get(trade.positionId);
    if (position === undefined || closes === false) return;
    if (!isNew && closes !== true && position.plan.openedAt > trade.exitTime) return;
    this.positions.set(trade.positionId, { ...position, state: 'closed', closedAt: trade.exitTime });
  }

  private ownerByOrder(clientOrderId: string): string | null {
    for (const { intent } of this.orders.values()) {
      if (intent.order.clientOrderId === clientOrderId) return intent.positionId;
    }
    return null;
  }

  private holderOf({ symbol, at }: { symbol: string; at: number }): string | null {
    const held = [...this.positions.values()].filter(
      ({ plan, state, closedAt }) =>
        plan.symbol === symbol &&
        state !== 'dropped' &&
        plan.openedAt <= at &&
        (closedAt === null || closedAt >= at),
    );
    held.sort((a, b) => b.plan.openedAt - a.plan.openedAt || (b.plan.id > a.plan.id ? 1 : -1));
    return held[0]?.plan.id ?? null;
  }

  /** In a form without order where the journal gives none, to be compared with `summary` of what was loaded. */
  expected(tradeLimit: number, overlapMs: number) {
    const wholeTo = this.cleanAt === null ? 0 : Math.max(0, this.cleanAt - overlapMs);
    const open = [...this.positions.values()].filter(({ state }) => state === 'open').map(({ plan }) => plan);
    const openIds = new Set(open.map(({ id }) => id));
    const fills = this.fillsSinceFlat(wholeTo);
    const fundings = [...this.fundings.values()].filter(
      ({ item, positionId }) => item.at >= wholeTo || (positionId !== null && openIds.has(positionId)),
    );
    const orders = [...this.orders.values()];
    const isOpen = (positionId: string | null) => positionId !== null && openIds.has(positionId);
    const pastIds = new Set(
      fills.flatMap(({ positionId }) => (positionId !== null && !isOpen(positionId) ? [positionId] : [])),
    );
    const trades = [...this.trades.values()].sort(
      (a, b) =>
        a.exitTime - b.exitTime ||
        (a.positionId > b.positionId ? 1 : a.positionId < b.positionId ? -1 : 0) ||
        a.entryTime - b.entryTime,
    );
    const points = [...this.balances.values()].sort((a, b) => a.at - b.at);
    return {
      wholeTo,
      positions: open
        .map((plan) => ({
          plan,
          fills: fills.filter(({ positionId }) => positionId === plan.id).map(({ item }) => item),
          fundings: sortedById(fundings.filter(({ positionId }) => positionId === plan.id)),
          orders: sortedOrders(orders.filter(({ intent }) => intent.positionId === plan.id)),
        }))
        .sort((a, b) => (a.plan.id > b.plan.id ? 1 : -1)),
      unfinishedOrders: sortedOrders(orders.filter(({ status }) => !isFinal(status))),
      otherFills: fills.filter(({ positionId }) => !isOpen(positionId)).map(({ item }) => item),
      otherFundings: sortedById(fundings.filter(({ positionId }) => !isOpen(positionId))),
      otherOrders: sortedOrders(
        orders.filter(({ intent, status }) => isFinal(status) && pastIds.has(intent.positionId)),
      ),
      otherPlans: [...pastIds]
        .flatMap((id) => this.positions.get(id)?.plan ?? [])
        .map(({ id }) => id)
        .sort(),
      recentTrades: trades.slice(-tradeLimit),
      lastBalance: points.at(-1) ?? null,
      peakEquity: points.map(({ equity }) => Number(equity)).sort((a, b) => b - a)[0] ?? null,
      lastBreakerChange:
        [...this.breaker.values()].reduce<BreakerTransition | null>(
          (last, change) => (last === null || change.at >= last.at ? change : last),
          null,
        ) ?? null,
      lastFillAt: latest([...this.fills.values()].map(({ item }) => item.at)),
      lastFundingAt: latest([...this.fundings.values()].map(({ item }) => item.at)),
    };
  }

  private fillsSinceFlat(wholeTo: number): Owned<Fill>[] {
    const kept: Owned<Fill>[] = [];
    const symbols = new Set([...this.fills.values()].map(({ item }) => item.symbol));
    for (const symbol of symbols) {
      const ofSymbol = [...this.fills.values()]
        .filter(({ item }) => item.symbol === symbol)
        .sort(byExecution);
      let held = exact('0');
      let from = 0;
      ofSymbol.forEach(({ item }, i) => {
        held = item.side === 'buy' ? held.plus(item.quantity) : held.minus(item.quantity);
        if (held.eq(0) && item.at < wholeTo) from = i + 1;
      });
      kept.push(...ofSymbol.slice(from));
    }
    return kept.sort(byExecution);
  }
}

/** @returns whether it was new */
function own<Item>(map: Map<string, Owned<Item>>, key: string, item: Item, owner: string | null): boolean {
  const before = map.get(key);
  if (before === undefined) map.set(key, { item, positionId: owner });
  else if (before.positionId === null) map.set(key, { ...before, positionId: owner });
  return before === undefined;
}

function byExecution(a: Owned<Fill>, b: Owned<Fill>): number {
  if (a.item.at !== b.item.at) return a.item.at - b.item.at;
  if (a.item.symbol !== b.item.symbol) return a.item.symbol < b.item.symbol ? -1 : 1;
  return Number(a.item.tradeId) - Number(b.item.tradeId);
}

function sortedById(fundings: readonly Owned<FundingPayment>[]): FundingPayment[] {
  return fundings
    .map(({ item }) => item)
    .sort((a, b) => a.at - b.at || (a.symbol + a.id < b.symbol + b.id ? -1 : 1));
}

function sortedOrders(orders: readonly Order[]): Order[] {
  return [...orders].sort(
    (a, b) => a.intent.createdAt - b.intent.createdAt || (a.intent.id < b.intent.id ? -1 : 1),
  );
}

const latest = (times: readonly number[]): number | null => (times.length === 0 ? null : Math.max(...times));
