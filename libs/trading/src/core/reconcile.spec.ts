import fc from 'fast-check';
import type { AccountState, BrokerPosition, Fill, FundingPayment, OrderReport } from './broker';
import { adoptionPlan, isAdoptingFill } from './adoption';
import { exact, plain } from './decimal';
import type { Order } from './order';
import { OrderLedger } from './order-ledger';
import { applyStep, NEVER_ARRIVED } from './order-life';
import { isFinal } from './order-table';
import type { PositionPlan } from './position';
import { PositionBook } from './position-book';
import { type Correction, type ExchangeSide, isClean, reconcile, type ReconcileContext } from './reconcile';
import {
  FILTERS,
  fillOf,
  intentFor,
  orderFor,
  POSITION_ID,
  positionOf,
  reportOf,
  thousandths,
} from './spec-orders';

const NOW = 60_000;

const accountOf = (facts: Partial<AccountState> = {}): AccountState => ({
  at: NOW,
  walletBalance: '1000',
  equity: '1000',
  availableBalance: '1000',
  maintenanceMargin: '0',
  positions: [],
  openOrders: [],
  ...facts,
});
const held = (quantity: string, facts: Partial<BrokerPosition> = {}): BrokerPosition => ({
  symbol: 'BTCUSDT',
  quantity,
  entryPrice: '100',
  markPrice: '101',
  unrealizedPnl: '0',
  liquidationPrice: '0',
  maintenanceMargin: '0',
  initialMargin: '0',
  ...facts,
});

/** A journal that carries out what it is told. */
class SpecJournal {
  readonly ledger = new OrderLedger();
  readonly plans = new Map<string, PositionPlan>([[POSITION_ID, positionOf()]]);
  orders = new Map<string, Order>();
  fills: Fill[] = [];
  readonly cancelled: string[] = [];
  readonly book = new PositionBook({
    intentOf: (id) => this.orders.get(id)?.intent,
    planOf: (id) => this.plans.get(id),
  });

  constructor(...orders: Order[]) {
    for (const order of orders) this.orders.set(order.intent.order.clientOrderId, order);
  }

  addFill(fill: Fill): void {
    if (this.book.addFill(fill).isNew) this.fills.push(fill);
  }

  look(exchange: Partial<ExchangeSide>, context: Partial<ReconcileContext> = {}): readonly Correction[] {
    return reconcile(
      {
        orders: [...this.orders.values()],
        fillsOf: (id) => this.fills.filter((fill) => fill.clientOrderId === id),
        hasFill: (fill) => this.book.hasFill(fill),
        hasFunding: (payment) => this.book.hasFunding(payment),
        positions: this.book.positions(),
        planOf: (id) => this.plans.get(id),
      },
      { account: accountOf(), fills: [], fundings: [], answers: new Map(), askedAt: NOW, ...exchange },
      { filtersOf: () => FILTERS, previous: [], ...context },
    );
  }

  carryOut(corrections: readonly Correction[]): void {
    for (const correction of corrections) {
      if (correction.kind === 'book-fill' || correction.kind === 'adopt-quantity')
        this.addFill(correction.fill);
      if (correction.kind === 'book-funding') this.book.addFunding(correction.payment);
      if (correction.kind === 'adopt-position') this.plans.set(correction.plan.id, correction.plan);
      if (correction.kind === 'cancel-stray') this.cancelled.push(correction.order.clientOrderId);
      if (correction.kind === 'advance-order') {
        this.orders.set(correction.order.intent.order.clientOrderId, correction.order);
      }
    }
  }
}

const sent = (role: 'entry' | 'stop' = 'entry'): Order => applyStep(orderFor(role), 'send', 1_100);
const entered: Order = {
  ...sent(),
  status: 'filled',
  filledQuantity: '10',
  averagePrice: '100',
  orderId: '8389765',
  updatedAt: 2_000,
};
const kinds = (corrections: readonly Correction[]): string[] =>
  corrections.map((correction) => correction.kind);

describe('reconcile', () => {
  it('has nothing to say about what agrees', () => {
    const stop = { ...sent('stop'), status: 'working' as const, updatedAt: 2_000 };
    const journal = new SpecJournal(entered, stop);
    journal.addFill(fillOf(sent(), '1', '10'));
    const account = accountOf({ positions: [held('10')], openOrders: [reportOf(stop)] });
    expect(journal.look({ account, fills: journal.fills })).toEqual([]);
    expect(isClean([])).toBe(true);
  });

  it('books what was missed, and moves the order along with it', () => {
    const journal = new SpecJournal(sent());
    const fill = fillOf(sent(), '1', '10');
    const payment: FundingPayment = { symbol: 'BTCUSDT', id: 'f', amount: '-0.1', at: 3_000 };
    const exchange = {
      account: accountOf({ positions: [held('10')] }),
      fills: [fill, fill],
      fundings: [payment],
      answers: new Map([[fill.clientOrderId, reportOf(sent(), { state: 'filled', filledQuantity: '10' })]]),
    };
    const corrections = journal.look(exchange);
    expect(kinds(corrections)).toEqual(['book-fill', 'book-funding', 'advance-order']);
    expect(corrections[2]).toMatchObject({ order: { status: 'filled', averagePrice: '100' } });
    journal.carryOut(corrections);
    expect(journal.look(exchange)).toEqual([]);
  });

  it('moves an order along with fills that were booked before the crash', () => {
    const journal = new SpecJournal({ ...sent(), status: 'unknown' });
    journal.addFill(fillOf(sent(), '1', '10'));
    const account = accountOf({ positions: [held('10')] });
    expect(journal.look({ account })).toMatchObject([{ kind: 'advance-order', order: { status: 'filled' } }]);
  });

  it('asks for an order until it can no longer arrive', () => {
    const intended = orderFor('entry');
    const id = intended.intent.order.clientOrderId;
    const unasked = new SpecJournal(intended).look({});
    expect(unasked).toMatchObject([
      { kind: 'ask-order', at: NOW, order: { clientOrderId: id, kind: 'market' } },
    ]);
    const answers = new Map([[id, null]]);
    // This process began at 58 s: the one before may have sent it until then, and it may arrive until 64 s.
    const early = new SpecJournal(intended).look({ answers }, { startedAt: 58_000 });
    expect(early).toMatchObject([{ kind: 'ask-order', at: 64_000 }]);
    expect(isClean(early)).toBe(false);
    const late = new SpecJournal(intended).look({ answers, askedAt: 64_000 }, { startedAt: 58_000 });
    expect(late).toMatchObject([
      { kind: 'advance-order', order: { status: 'rejected', reason: NEVER_ARRIVED } },
    ]);
  });

  it('believes the list of open orders, also about what was given up', () => {
    const gone = applyStep(sent('stop'), 'not-found', 9_000);
    const corrections = new SpecJournal(gone).look({ account: accountOf({ openOrders: [reportOf(gone)] }) });
    expect(corrections).toMatchObject([{ kind: 'advance-order', order: { status: 'working' } }]);
  });

  it('looks twice before it takes over what no fill explains, and then protects it', () => {
    const journal = new SpecJournal();
    const account = accountOf({ positions: [held('-3', { entryPrice: '100', markPrice: '98' })] });
    const first = journal.look({ account });
    expect(first).toEqual([{ kind: 'position-differs', symbol: 'BTCUSDT', journal: '0', exchange: '-3' }]);
    const second = journal.look({ account }, { previous: first });
    expect(second).toMatchObject([
      { kind: 'adopt-quantity', fill: { side: 'sell', quantity: '3', price: '100', fee: '0', at: NOW } },
    ]);
    journal.carryOut(second);
    const third = journal.look({ account }, { previous: second });
    const plan = {
      id: `adopted:BTCUSDT:${NOW}`,
      direction: 'short',
      stop: '100',
      target: null,
      entry: '100',
    };
    expect(third).toMatchObject([{ kind: 'adopt-position', plan }]); // 98 * 1.02 = 99.96, up to the tick
    journal.carryOut(third);
    expect(journal.look({ account })).toEqual([]);
    expect(journal.fills.every(isAdoptingFill)).toBe(true);
  });

  it('does not take over a difference that changes from look to look', () => {
    const journal = new SpecJournal();
    const first = journal.look({ account: accountOf({ positions: [held('3')] }) });
    const second = journal.look({ account: accountOf({ positions: [held('4')] }) }, { previous: first });
    expect(kinds(second)).toEqual(['position-differs']);
  });

  it('ends a position that is gone, whatever took it', () => {
    const journal = new SpecJournal(entered);
    journal.addFill(fillOf(sent(), '1', '10'));
    const first = journal.look({});
    const second = journal.look({}, { previous: first });
    expect(second).toMatchObject([{ kind: 'adopt-quantity', fill: { side: 'sell', quantity: '10' } }]);
    journal.carryOut(second);
    expect(journal.book.trades()).toMatchObject([{ exitReason: 'external', realizedPnl: '0' }]);
    expect(journal.look({})).toEqual([]);
  });

  it('plans for a position opened by hand', () => {
    const journal = new SpecJournal();
    const byHand = { ...fillOf(sent(), '1', '2'), clientOrderId: 'web_1' };
    const exchange = { account: accountOf({ positions: [held('2')] }), fills: [byHand] };
    journal.carryOut(journal.look(exchange));
    const corrections = journal.look(exchange);
    // 101 * 0.98 = 98.98, down to the tick
    expect(corrections).toMatchObject([
      { kind: 'adopt-position', plan: { id: 'adopted:BTCUSDT:2000', stop: '98.9' } },
    ]);
  });

  it('stays unclean while it cannot protect', () => {
    const journal = new SpecJournal();
    journal.addFill({ ...fillOf(sent(), '1', '2'), clientOrderId: 'web_1' });
    const account = accountOf({ positions: [held('2')] });
    expect(kinds(journal.look({ account }, { filtersOf: () => undefined }))).toEqual(['position-differs']);
  });

  it('cancels strays of ours but a stop that may be the only one, and tells foreign ones', () => {
    const stop = reportOf(sent('stop'));
    const entry = reportOf(orderFor('entry', {}, 7), { kind: 'limit' });
    const foreign: OrderReport = { ...entry, clientOrderId: 'web_2' };
    const openOrders = [stop, entry, foreign];
    const flat = new SpecJournal().look({ account: accountOf({ openOrders }) });
    expect(kinds(flat)).toEqual(['cancel-stray', 'cancel-stray', 'foreign-order']);
    const journal = new SpecJournal(entered);
    journal.addFill(fillOf(sent(), '1', '10'));
    const corrections = journal.look({ account: accountOf({ positions: [held('10')], openOrders }) });
    expect(corrections).toMatchObject([
      { kind: 'cancel-stray', order: { clientOrderId: entry.clientOrderId } },
      { kind: 'foreign-order' },
    ]);
    expect(isClean(corrections.slice(1))).toBe(true);
  });
});

describe('adoption', () => {
  it.each([
    ['2', '100', '0', '98'], // 100 * 0.98
    ['-2', '100', '0', '102'],
    ['2', '100', '99', '99.5'], // halfway to the liquidation at 99
    ['-2', '100', '101.1', '100.6'], // 100.55, up to the tick
    ['2', '100', '90', '98'],
    ['2', '0', '0', '98'], // no mark price: from the entry
  ])('of %s at %s with liquidation at %s stops at %s', (quantity, markPrice, liquidationPrice, expected) => {
    const position = held(quantity, { markPrice, liquidationPrice });
    expect(adoptionPlan('x', position, FILTERS, 0).stop).toBe(expected);
  });
});

/** The truth at the exchange after a crash: each order arrived or not, was filled in parts or not, is open or not. */
const fates = fc.array(
  fc.record({
    known: fc.constantFrom('intended' as const, 'sent' as const, 'unknown' as const, 'working' as const),
    fate: fc.constantFrom('lost' as const, 'open' as const, 'cancelled' as const, 'filled' as const),
    parts: fc.array(fc.integer({ min: 1, max: 2_500 }), { maxLength: 3 }),
    booked: fc.nat(3),
  }),
  { maxLength: 6 },
);

describe('reconcile, after random crashes', () => {
  it('comes to rest with a journal that equals the exchange', () => {
    fc.assert(
      fc.property(fates, fc.integer({ min: -2_000, max: 2_000 }), (orders, unexplained) => {
        const journal = new SpecJournal();
        const fills: Fill[] = [];
        const answers = new Map<string, OrderReport | null>();
        const openOrders: OrderReport[] = [];
        let size = unexplained;
        for (const [i, { known, fate, parts, booked }] of orders.entries()) {
          const intent = intentFor('entry', i + 1);
          const id = intent.order.clientOrderId;
          const order: Order = { ...orderFor('entry'), intent, status: known };
          journal.orders.set(id, order);
          const isThere = fate !== 'lost' || known === 'working';
          const sizes = isThere
            ? fate === 'filled'
              ? [...parts, 10_000 - parts.reduce((a, b) => a + b, 0)]
              : parts
            : [];
          const own = sizes.map((part, j) => {
            return fillOf(order, String(i * 10 + j), thousandths(part), { at: 2_000 + i * 10 + j });
          });
          fills.push(...own);
          for (const fill of own.slice(0, booked)) journal.addFill(fill);
          const total = sizes.reduce((a, b) => a + b, 0);
          size += total;
          const state = fate === 'filled' ? 'filled' : fate === 'open' ? 'resting' : 'cancelled';
          const report = reportOf(order, { state, filledQuantity: thousandths(total), averagePrice: '100' });
          if (isThere && fate === 'open') openOrders.push(report);
          answers.set(id, isThere && fate !== 'lost' ? report : null);
        }
        const positions = size === 0 ? [] : [held(thousandths(size))];
        const exchange = { account: accountOf({ positions, openOrders }), fills, answers };
        let previous: readonly Correction[] = [];
        let looks = 0;
        do {
          previous = journal.look(exchange, { previous });
          journal.carryOut(previous);
        } while (!isClean(previous) && ++looks < 10);
        expect(looks).toBeLessThan(10);
        expect(exact(journal.book.signedQuantity('BTCUSDT')).eq(thousandths(size))).toBe(true);
        for (const order of journal.orders.values()) {
          const report = openOrders.find((one) => one.clientOrderId === order.intent.order.clientOrderId);
          expect(isFinal(order.status)).toBe(report === undefined);
          const booked = journal.fills.filter(
            (fill) => fill.clientOrderId === order.intent.order.clientOrderId,
          );
          const sum = booked.reduce((total, fill) => total.plus(fill.quantity), exact('0'));
          expect(plain(sum)).toBe(order.filledQuantity);
        }
        for (const position of journal.book.positions())
          expect(journal.plans.has(position.positionId)).toBe(true);
        expect(journal.cancelled).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
