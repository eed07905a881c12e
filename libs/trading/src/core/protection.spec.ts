import fc from 'fast-check';
import type { OrderReport } from './broker';
import { exact } from './decimal';
import type { Order } from './order';
import { intentOf } from './order-intent';
import { applyFills, applyReport, applyStep, newOrder } from './order-life';
import { isFinal } from './order-table';
import { decideProtection, isProtected } from './protection';
import { decideClose } from './closing';
import { DEFAULT_PROTECTION, type ProtectionAction, type ProtectionView } from './protection-view';
import {
  FILTERS,
  fillOf,
  orderFor,
  positionOf,
  reportOf,
  sized,
  specDigest,
  thousandths,
} from './spec-orders';

const NOW = 10_000;
const view = (facts: Partial<ProtectionView> = {}): ProtectionView => ({
  position: positionOf(),
  orders: [],
  cancelling: new Set(),
  filters: FILTERS,
  unprotectedSince: null,
  now: NOW,
  ...facts,
});
const stop = (status: Order['status'], generation = 1, facts: Partial<Order> = {}): Order =>
  orderFor('stop', { status, updatedAt: NOW, ...facts }, generation);
const target = (status: Order['status'], generation = 1, facts: Partial<Order> = {}): Order =>
  orderFor('target', { status, updatedAt: NOW, ...facts }, generation);

const placed = (actions: readonly ProtectionAction[]): string[] =>
  actions.flatMap((action) => {
    if (action.kind !== 'place') return [];
    const { role, generation, order, exitReason } = action.draft;
    return [`${role}/${generation} ${order.quantity}${exitReason === undefined ? '' : ` ${exitReason}`}`];
  });
const cancelled = (actions: readonly ProtectionAction[]): string[] =>
  actions.flatMap((action) =>
    action.kind === 'cancel' ? [`${action.order.clientOrderId} ${action.cause}`] : [],
  );
const idOf = (order: Order): string => order.intent.order.clientOrderId;

describe('protection', () => {
  it('puts a stop and a target of exactly the size behind a new position', () => {
    const { actions, unprotectedSince, recheckAt } = decideProtection(view());
    expect(placed(actions)).toEqual(['stop/1 10', 'target/1 10']);
    expect(actions[0]).toMatchObject({
      draft: {
        order: { kind: 'stop', side: 'sell', reduceOnly: true, triggerPrice: '95', workingType: 'contract' },
      },
    });
    expect(unprotectedSince).toBe(NOW);
    expect(recheckAt).toBe(NOW + 2_001);
  });

  it('does not place twice what is on its way, nor what rests', () => {
    for (const status of ['intended', 'sent', 'unknown', 'working'] as const) {
      expect(decideProtection(view({ orders: [stop(status), target(status)] })).actions).toEqual([]);
    }
    const calm = decideProtection(
      view({ orders: [stop('working'), target('working')], unprotectedSince: 1 }),
    );
    expect(calm).toEqual({ actions: [], unprotectedSince: null, recheckAt: null });
  });

  it('has no target where there is none', () => {
    const position = positionOf({ target: null });
    const decision = decideProtection(view({ position, orders: [target('working')] }));
    expect(placed(decision.actions)).toEqual(['stop/1 10']);
    expect(cancelled(decision.actions)).toEqual([`${idOf(target('working'))} superseded`]);
  });

  it('after growth places the new stop first, and cancels the old one when the new one rests', () => {
    const position = positionOf({ quantity: '12', target: null });
    const old = stop('working');
    const first = decideProtection(view({ position, orders: [old] }));
    expect(placed(first.actions)).toEqual(['stop/2 12']);
    expect(cancelled(first.actions)).toEqual([]);
    const coming = sized(stop('sent', 2), '12');
    expect(decideProtection(view({ position, orders: [old, coming] })).actions).toEqual([]);
    const there = sized(stop('working', 2), '12');
    const last = decideProtection(view({ position, orders: [old, there] }));
    expect(cancelled(last.actions)).toEqual([`${idOf(old)} superseded`]);
    const busy = decideProtection(view({ position, orders: [old, there], cancelling: new Set([idOf(old)]) }));
    expect(busy.actions).toEqual([]);
  });

  it('after a part has left does the same, and was protected all the time', () => {
    const position = positionOf({ quantity: '6', target: null });
    const decision = decideProtection(view({ position, orders: [stop('working')] }));
    expect(placed(decision.actions)).toEqual(['stop/2 6']);
    expect(decision.unprotectedSince).toBeNull();
  });

  it('moves a stop as it resizes one', () => {
    const position = positionOf({ stop: '97.0', target: null });
    const { actions } = decideProtection(view({ position, orders: [stop('working')] }));
    expect(actions).toMatchObject([
      { kind: 'place', draft: { generation: 2, order: { triggerPrice: '97.0' } } },
    ]);
  });

  it('closes at market when the stop would trigger at once', () => {
    const refused = stop('rejected', 1, { reason: 'ORDER.WOULD_TRIGGER' });
    const decision = decideProtection(view({ orders: [refused, target('working')] }));
    expect(placed(decision.actions)).toEqual(['exit/1 10 stop']);
    expect(decision.actions[0]).toMatchObject({
      draft: { order: { kind: 'market', side: 'sell', reduceOnly: true } },
    });
    const exit = orderFor('exit', { status: 'sent', updatedAt: NOW });
    expect(decideProtection(view({ orders: [refused, target('working'), exit] })).actions).toEqual([]);
  });

  it('closes at market when it knows that the price is beyond a level that is not covered yet', () => {
    expect(placed(decideProtection(view({ price: 94.9 })).actions)).toEqual(['exit/1 10 stop']);
    expect(placed(decideProtection(view({ price: 110 })).actions)).toEqual(['exit/1 10 target']);
    const resting = [stop('working'), target('working')];
    expect(decideProtection(view({ price: 94.9, orders: resting })).actions).toEqual([]);
    const short = positionOf({ direction: 'short', stop: '105', target: '90' });
    expect(placed(decideProtection(view({ position: short, price: 105.1 })).actions)).toEqual([
      'exit/1 10 stop',
    ]);
    expect(placed(decideProtection(view({ position: short, price: 89 })).actions)).toEqual([
      'exit/1 10 target',
    ]);
  });

  it('flattens what has been without a stop for more than two seconds', () => {
    const orders = [stop('sent', 1, { updatedAt: NOW - 500 }), target('working')];
    const inTime = decideProtection(view({ orders, unprotectedSince: NOW - 2_000 }));
    expect(placed(inTime.actions)).toEqual([]);
    const late = decideProtection(view({ orders, unprotectedSince: NOW - 2_001 }));
    expect(placed(late.actions)).toEqual(['exit/1 10 unprotected']);
  });

  it('counts a stop that covers a part, or is being cancelled, as none', () => {
    const part = sized(stop('working'), '9.999');
    expect(isProtected(positionOf(), view({ orders: [part] }))).toBe(false);
    const other = sized(stop('working', 2), '0.001');
    expect(isProtected(positionOf(), view({ orders: [part, other] }))).toBe(true);
    const cancelling = new Set([idOf(other)]);
    expect(isProtected(positionOf(), view({ orders: [part, other], cancelling }))).toBe(false);
  });

  it('places another stop when the outcome of the first stays open, but not one after the other', () => {
    const position = positionOf({ target: null });
    const first = stop('unknown', 1, { updatedAt: NOW - 1_001 });
    expect(placed(decideProtection(view({ position, orders: [first] })).actions)).toEqual(['stop/2 10']);
    const second = stop('sent', 2, { updatedAt: NOW - 1_001 });
    expect(decideProtection(view({ position, orders: [first, second] })).actions).toEqual([]);
    const both = [stop('working'), stop('working', 2)];
    expect(cancelled(decideProtection(view({ position, orders: both })).actions)).toEqual([
      `${idOf(both[0]!)} superseded`,
    ]);
  });

  it('waits a moment after a refusal', () => {
    const position = positionOf({ target: null });
    const refused = stop('rejected', 1, { reason: 'ORDER.TOO_MANY_OPEN', updatedAt: NOW - 100 });
    const early = decideProtection(view({ position, orders: [refused] }));
    expect(early.actions).toEqual([]);
    expect(early.recheckAt).toBe(NOW + 150); // 250 ms after the refusal
    expect(placed(decideProtection(view({ position, orders: [refused], now: NOW + 150 })).actions)).toEqual([
      'stop/2 10',
    ]);
  });

  it('lets a triggered stop do its work, but not for ever', () => {
    const orders = [stop('triggered'), target('working')];
    expect(decideProtection(view({ orders })).actions).toEqual([]);
    const later = decideProtection(view({ orders, now: NOW + 2_001 }));
    expect(placed(later.actions)).toEqual(['stop/2 10']);
    expect(later.unprotectedSince).toBe(NOW + 2_001);
  });

  it('clears away what is left of a position that is gone, and of another one before', () => {
    const flat = decideProtection(
      view({ position: null, orders: [stop('working'), target('working'), stop('sent', 2)] }),
    );
    expect(cancelled(flat.actions)).toEqual([
      `${idOf(stop('working'))} orphan`,
      `${idOf(target('working'))} orphan`,
    ]);
    const position = positionOf({ id: 'next', target: null });
    const { actions } = decideProtection(view({ position, orders: [stop('working')] }));
    expect(cancelled(actions)).toEqual([`${idOf(stop('working'))} orphan`]);
    expect(placed(actions)).toEqual(['stop/1 10']);
  });

  it('clears away what hangs in triggering once its position is gone', () => {
    const orders = [stop('triggered'), target('cancelled')];
    // Its market order may be on its way.
    const early = decideProtection(view({ position: null, orders }));
    expect(cancelled(early.actions)).toEqual([]);
    expect(early.recheckAt).toBe(NOW + 2_001);
    const late = decideProtection(view({ position: null, orders, now: NOW + 2_001 }));
    expect(cancelled(late.actions)).toEqual([`${idOf(stop('triggered'))} orphan`]);
  });

  it('leaves foreign orders alone, and cancels ours that nobody knows once the stop rests', () => {
    const foreign: OrderReport = { ...reportOf(stop('working')), clientOrderId: 'web_abc' };
    const stray = reportOf(stop('working', 9));
    const strayTarget = reportOf(target('working', 9));
    const openOrders = [foreign, stray, strayTarget];
    const before = decideProtection(view({ orders: [target('working')], openOrders }));
    expect(before.actions).toContainEqual({ kind: 'foreign', report: foreign });
    expect(cancelled(before.actions)).toEqual([`${strayTarget.clientOrderId} orphan`]);
    const orders = [stop('working'), target('working')];
    const after = decideProtection(view({ orders, openOrders: [...openOrders, reportOf(orders[0]!)] }));
    expect(cancelled(after.actions)).toEqual([
      `${stray.clientOrderId} orphan`,
      `${strayTarget.clientOrderId} orphan`,
    ]);
    const flat = decideProtection(view({ position: null, openOrders }));
    expect(cancelled(flat.actions)).toHaveLength(2);
  });

  it('takes as many stops as one market order is too small', () => {
    const position = positionOf({ quantity: '250', target: null });
    const first = decideProtection(view({ position }));
    expect(placed(first.actions)).toEqual(['stop/1 120', 'stop/2 120', 'stop/3 10']);
    const orders = [sized(stop('working', 1), '120'), sized(stop('working', 3), '10')];
    expect(placed(decideProtection(view({ position, orders })).actions)).toEqual(['stop/4 120']);
  });

  it('says so when it can do nothing, or when there is nothing', () => {
    const dust = decideProtection(view({ position: positionOf({ quantity: '0.0001' }) }));
    expect(dust.actions).toEqual([{ kind: 'stuck', quantity: '0.0001' }]);
    const refused = stop('rejected', 1, { reason: 'ORDER.REDUCE_ONLY', updatedAt: NOW - 100 });
    expect(decideProtection(view({ orders: [refused, target('working')] })).actions).toEqual([
      { kind: 'reconcile', reason: 'ORDER.REDUCE_ONLY' },
    ]);
  });
});

describe('closing', () => {
  const exit = (status: Order['status'], generation: number, facts: Partial<Order> = {}): Order =>
    orderFor('exit', { status, updatedAt: NOW, ...facts }, generation);
  const close = (orders: readonly Order[], now = NOW, quantity = '10') =>
    decideClose(positionOf({ quantity }), view({ orders, now }), 'max-hold');

  it('closes once, and what came in addition', () => {
    expect(placed(close([]).actions)).toEqual(['exit/1 10 max-hold']);
    for (const status of ['intended', 'sent', 'unknown', 'working'] as const) {
      expect(close([exit(status, 1)])).toEqual({ actions: [], retryAt: null });
    }
    expect(placed(close([exit('sent', 1)], NOW, '12').actions)).toEqual(['exit/2 2 max-hold']);
    expect(placed(close([exit('filled', 1, { filledQuantity: '10' })]).actions)).toEqual([
      'exit/2 10 max-hold',
    ]);
    expect(placed(close([], NOW, '130').actions)).toEqual(['exit/1 120 max-hold', 'exit/2 10 max-hold']);
  });

  it('tries again after ever longer pauses', () => {
    const failed = [exit('rejected', 1), exit('expired', 2)];
    expect(close([failed[0]!])).toEqual({ actions: [], retryAt: NOW + 500 });
    expect(close(failed, NOW + 999)).toEqual({ actions: [], retryAt: NOW + 1_000 });
    expect(placed(close(failed, NOW + 1_000).actions)).toEqual(['exit/3 10 max-hold']);
    const many = Array.from({ length: 30 }, (_, i) => exit('rejected', i + 1));
    expect(close(many).retryAt).toBe(NOW + 30_000);
    const doubtful = close([exit('rejected', 1, { reason: 'ORDER.REDUCE_ONLY: …' })], NOW + 500);
    expect(doubtful.actions[0]).toEqual({ kind: 'reconcile', reason: 'ORDER.REDUCE_ONLY: …' });
  });

  it('calls back an entry that still rests', () => {
    const entry = orderFor('entry', { status: 'partially-filled', filledQuantity: '4' });
    expect(cancelled(close([entry]).actions)).toEqual([`${idOf(entry)} closing`]);
  });
});

/** An exchange of one position: takes orders, loses answers, and is told what happens to the price and the size. */
class SpecExchange {
  orders: Order[] = [];
  size = 0;
  now = NOW;
  unprotectedSince: number | null = null;
  private readonly latent = new Map<string, { order: Order; isLost: boolean }>();
  private count = 0;

  private set(order: Order): void {
    this.orders = [...this.orders.filter((known) => idOf(known) !== idOf(order)), order];
  }

  decide(fate: 'rests' | 'unknown' | 'lost' | 'refused'): readonly ProtectionAction[] {
    const position = this.size === 0 ? null : positionOf({ quantity: thousandths(this.size) });
    const decision = decideProtection(
      view({ position, orders: this.orders, now: this.now, unprotectedSince: this.unprotectedSince }),
    );
    this.unprotectedSince = decision.unprotectedSince;
    for (const action of decision.actions) {
      if (action.kind === 'place') this.place(action, fate);
      if (action.kind === 'cancel') this.cancel(action.order.clientOrderId);
    }
    return decision.actions;
  }

  private place(
    { draft }: ProtectionAction & { kind: 'place' },
    fate: 'rests' | 'unknown' | 'lost' | 'refused',
  ): void {
    const intent = intentOf(draft, { digest: specDigest, fencingToken: 1, now: this.now });
    expect(this.orders.some((order) => order.intent.id === intent.id)).toBe(false);
    const order = applyStep(newOrder(intent), 'send', this.now);
    if (fate === 'refused') return this.set(applyStep(order, 'refused', this.now, 'ORDER.TOO_MANY_OPEN'));
    if (fate === 'rests') return this.arrive(order);
    const unknown = applyStep(order, 'outcome-unknown', this.now);
    this.latent.set(idOf(order), { order: unknown, isLost: fate === 'lost' });
    this.set(unknown);
  }

  /** Triggers rest, market orders fill. */
  private arrive(order: Order): void {
    if (order.intent.role !== 'exit')
      return this.set(applyReport(order, reportOf(order, { updatedAt: this.now })));
    const fillable = Math.min(this.size, Number(order.intent.order.quantity) * 1_000);
    this.size -= fillable;
    const told = { updatedAt: this.now, state: 'expired' as const };
    const filled =
      fillable === 0
        ? order
        : applyFills(order, [fillOf(order, String(++this.count), thousandths(fillable), { at: this.now })]);
    this.set(isFinal(filled.status) ? filled : applyReport(filled, reportOf(filled, told)));
  }

  /** All that was in doubt is found out. */
  ask(): void {
    for (const { order, isLost } of this.latent.values()) {
      const known = this.orders.find((one) => idOf(one) === idOf(order))!;
      if (isLost) this.set(applyStep(known, 'not-found', this.now));
      else this.arrive(known);
    }
    this.latent.clear();
  }

  private cancel(id: string): void {
    const order = this.orders.find((known) => idOf(known) === id)!;
    this.set(applyReport(order, reportOf(order, { state: 'cancelled', updatedAt: this.now })));
  }

  trigger(role: 'stop' | 'target', share: number): void {
    const order = this.orders.find((one) => one.intent.role === role && one.status === 'working');
    if (order === undefined || this.size === 0) return;
    const wanted = Math.round(Number(order.intent.order.quantity) * 1_000);
    const size = Math.max(1, Math.min(this.size, Math.round(wanted * share)));
    this.size -= size;
    const filled = applyFills(order, [
      fillOf(order, String(++this.count), thousandths(size), { at: this.now }),
    ]);
    const rest = reportOf(filled, {
      state: 'expired',
      filledQuantity: filled.filledQuantity,
      updatedAt: this.now,
    });
    this.set(isFinal(filled.status) ? filled : applyReport(filled, rest));
  }

  stops(): Order[] {
    return this.orders.filter((order) => order.intent.role === 'stop' && order.status === 'working');
  }
}

type Happening =
  | { readonly kind: 'grow'; readonly size: number }
  | { readonly kind: 'trigger'; readonly role: 'stop' | 'target'; readonly share: number }
  | { readonly kind: 'decide'; readonly fate: 'rests' | 'unknown' | 'lost' | 'refused' }
  | { readonly kind: 'ask' }
  | { readonly kind: 'wait'; readonly ms: number };

const happenings = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('grow' as const), size: fc.integer({ min: 1, max: 3_000 }) }),
    fc.record({
      kind: fc.constant('trigger' as const),
      role: fc.constantFrom('stop' as const, 'target' as const),
      share: fc.constantFrom(0.3, 1),
    }),
    fc.record({
      kind: fc.constant('decide' as const),
      fate: fc.constantFrom(
        'rests' as const,
        'rests' as const,
        'unknown' as const,
        'lost' as const,
        'refused' as const,
      ),
    }),
    fc.constant({ kind: 'ask' as const }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
  ),
  { maxLength: 40 },
);

function happen(exchange: SpecExchange, what: Happening): void {
  switch (what.kind) {
    case 'grow':
      exchange.size += what.size;
      return;
    case 'trigger':
      return exchange.trigger(what.role, what.share);
    case 'decide':
      exchange.decide(what.fate);
      return;
    case 'ask':
      return exchange.ask();
    case 'wait':
      exchange.now += what.ms;
      return;
  }
}

describe('protection, over random happenings', () => {
  const run = (happened: readonly Happening[]): SpecExchange => {
    const exchange = new SpecExchange();
    for (const what of happened) {
      const before = exchange.stops();
      happen(exchange, what);
      // A decision never takes away a stop before another one covers the position.
      if (what.kind === 'decide' && exchange.size > 0 && before.length > 0) {
        expect(exchange.stops().length).toBeGreaterThan(0);
      }
      const underWay = exchange.orders.filter(
        ({ intent, status }) => intent.role === 'stop' && ['sent', 'unknown'].includes(status),
      );
      expect(underWay.length).toBeLessThanOrEqual(3);
    }
    return exchange;
  };

  it('comes to exactly one stop of exactly the size, whatever went before', () => {
    fc.assert(
      fc.property(happenings, (happened) => {
        const exchange = run(happened);
        exchange.ask();
        exchange.unprotectedSince = null;
        for (let i = 0; i < 4; i++) {
          exchange.now += 31_000;
          exchange.unprotectedSince = null;
          exchange.decide('rests');
        }
        expect(exchange.decide('rests')).toEqual([]);
        const resting = exchange.orders.filter((order) => order.status === 'working');
        const sizes = resting.map(({ intent }) => `${intent.role} ${intent.order.quantity}`).toSorted();
        const size = thousandths(exchange.size);
        expect(sizes).toEqual(exchange.size === 0 ? [] : [`stop ${size}`, `target ${size}`]);
      }),
      { numRuns: 300 },
    );
  });

  it('is protected or flat a little more than two seconds later, if the exchange takes market orders at all', () => {
    fc.assert(
      fc.property(happenings, (happened) => {
        const exchange = run(happened);
        exchange.ask();
        exchange.now += 31_000;
        exchange.decide('refused');
        exchange.now += DEFAULT_PROTECTION.unprotectedLimitMs + 1;
        exchange.decide('rests');
        const position = positionOf({ quantity: thousandths(exchange.size) });
        const { orders, now } = exchange;
        expect(exchange.size === 0 || isProtected(position, view({ orders, now }))).toBe(true);
      }),
    );
  });

  it('never sells more than there is, but for a stop that is about to be replaced', () => {
    fc.assert(
      fc.property(happenings, (happened) => {
        const exchange = run(happened);
        const exits = exchange.orders.filter(
          ({ intent, status }) => intent.role === 'exit' && !isFinal(status),
        );
        const size = exits.reduce((sum, order) => sum.plus(order.intent.order.quantity), exact('0'));
        // The position may have shrunk since, by its stop.
        const largest = happened.reduce((sum, what) => sum + (what.kind === 'grow' ? what.size : 0), 0);
        expect(size.lte(thousandths(largest))).toBe(true);
      }),
    );
  });
});
