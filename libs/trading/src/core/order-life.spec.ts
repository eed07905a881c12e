import fc from 'fast-check';
import type { Fill, OrderReport } from './broker';
import { exact } from './decimal';
import type { Order } from './order';
import { OrderLedger } from './order-ledger';
import {
  applyFills,
  applyNotFound,
  applyReport,
  applyStep,
  ARRIVAL_LIMIT_MS,
  FORGOTTEN,
  isInferredEnd,
  isUnchanged,
  NEVER_ARRIVED,
} from './order-life';
import { isFinal } from './order-table';
import { fillOf, intentFor, orderFor, reportOf, sized, thousandths } from './spec-orders';

const sent = (role: 'entry' | 'stop' = 'entry'): Order => applyStep(orderFor(role), 'send', 1_100);

describe('order life', () => {
  it('goes from intent to filled, by answer and fills', () => {
    let order = applyReport(sent(), reportOf(sent(), { orderId: '8389765' }));
    expect(order).toMatchObject({ status: 'working', orderId: '8389765', updatedAt: 2_000 });
    const first = fillOf(order, '1', '4', { price: '100' });
    order = applyFills(order, [first]);
    expect(order).toMatchObject({ status: 'partially-filled', filledQuantity: '4', averagePrice: '100' });
    order = applyFills(order, [first, fillOf(order, '2', '6', { price: '101', at: 2_050 })]);
    // (4 * 100 + 6 * 101) / 10 = 100.6
    expect(order).toMatchObject({
      status: 'filled',
      filledQuantity: '10',
      averagePrice: '100.6',
      updatedAt: 2_050,
    });
  });

  it('sees no difference in how a number is written', () => {
    const order = orderFor('entry', { filledQuantity: '1.50' });
    expect(isUnchanged(order, { ...order, filledQuantity: '1.5' })).toBe(true);
    expect(isUnchanged(order, { ...order, filledQuantity: '1.51' })).toBe(false);
  });

  it('says nothing new twice: the same object comes back', () => {
    const report = reportOf(sent(), {
      orderId: '1',
      state: 'resting',
      filledQuantity: '4',
      averagePrice: '100.5',
    });
    const order = applyReport(sent(), report);
    expect(applyReport(order, report)).toBe(order);
    expect(applyReport(order, reportOf(order, { updatedAt: 1_500 }))).toBe(order);
    expect(applyFills(order, [fillOf(order, '1', '3', { orderId: '1' })])).toBe(order);
  });

  it('learns the average price when an answer told the quantity alone', () => {
    const order = applyReport(sent(), reportOf(sent(), { state: 'filled', filledQuantity: '10' }));
    expect(order.averagePrice).toBe('0');
    const priced = applyReport(
      order,
      reportOf(order, { state: 'filled', filledQuantity: '10', averagePrice: '99.5' }),
    );
    expect(priced.averagePrice).toBe('99.5');
  });

  it('takes a cancellation that comes after all was filled for what it is', () => {
    const filled = applyFills(sent(), [fillOf(sent(), '1', '10')]);
    expect(applyReport(filled, reportOf(filled, { state: 'cancelled', filledQuantity: '4' }))).toBe(filled);
  });

  it('counts what was filled before a cancellation, whenever it is heard', () => {
    const cancelled = applyReport(sent(), reportOf(sent(), { state: 'cancelled', filledQuantity: '0' }));
    const order = applyFills(cancelled, [fillOf(sent(), '1', '4')]);
    expect(order).toMatchObject({ status: 'cancelled', filledQuantity: '4' });
  });

  it('holds the market order of a trigger for a part of it', () => {
    const stop = applyReport(sent('stop'), reportOf(sent('stop'), { state: 'triggered', algoId: '77' }));
    const child = reportOf(stop, { state: 'resting', filledQuantity: '3', averagePrice: '94', orderId: '5' });
    expect(applyReport(stop, child)).toMatchObject({
      status: 'triggered',
      filledQuantity: '3',
      orderId: '5',
    });
    // The child's word may come before the trigger's.
    const early = applyFills(sent('stop'), [fillOf(stop, '1', '10')]);
    expect(applyReport(early, reportOf(stop, { state: 'triggered' })).status).toBe('filled');
  });

  it('asks again until the order can no longer arrive, then says that it never did', () => {
    const unknown = applyStep(sent(), 'outcome-unknown', 1_200);
    expect(applyNotFound(unknown, 1_200 + ARRIVAL_LIMIT_MS - 1)).toBe(unknown);
    const gone = applyNotFound(unknown, 1_200 + ARRIVAL_LIMIT_MS);
    expect(gone).toMatchObject({ status: 'rejected', reason: NEVER_ARRIVED });
    expect(applyNotFound(unknown, 1_200 + ARRIVAL_LIMIT_MS, 50_000)).toBe(unknown);
  });

  it('takes back an end that it only concluded', () => {
    const gone = applyStep(applyStep(sent(), 'outcome-unknown', 1_200), 'not-found', 9_000);
    const back = applyReport(gone, reportOf(gone, { updatedAt: 8_999 }));
    expect(back).toMatchObject({ status: 'working' });
    expect('reason' in back).toBe(false);
    const forgotten = applyStep(back, 'not-found', 20_000);
    expect(forgotten).toMatchObject({ status: 'expired', reason: FORGOTTEN });
    expect(isInferredEnd(applyFills(forgotten, [fillOf(gone, '1', '10')]))).toBe(false);
  });

  it('stays forgotten when a fill of it comes late, but counts it', () => {
    const working = applyReport(sent(), reportOf(sent(), { filledQuantity: '3', averagePrice: '100' }));
    const forgotten = applyStep(working, 'not-found', 9_000);
    const fills = [fillOf(working, '1', '3', { orderId: '1' }), fillOf(working, '2', '1', { orderId: '1' })];
    const late = applyFills(forgotten, fills);
    expect(late).toMatchObject({ status: 'expired', reason: FORGOTTEN, filledQuantity: '4' });
    expect(applyFills(late, fills)).toBe(late);
  });

  it('may be sent again only when it was surely not sent', () => {
    const again = applyStep(applyStep(sent(), 'not-sent', 1_200), 'send', 1_300);
    expect(again.status).toBe('sent');
    const unknown = applyStep(again, 'outcome-unknown', 1_400);
    expect(() => applyStep(unknown, 'send', 1_500)).toThrow(
      expect.objectContaining({ code: 'ORDER.ILLEGAL_MOVE', kind: 'broken-invariant' }),
    );
  });

  it.each<[string, string, (order: Order) => Order]>([
    ['another order', 'ORDER.MISTAKEN', (o) => applyReport(o, reportOf(o, { clientOrderId: 'x' }))],
    ['the other side', 'ORDER.MISTAKEN', (o) => applyReport(o, reportOf(o, { side: 'sell' }))],
    [
      'more than it has',
      'ORDER.OVERFILLED',
      (o) => applyReport(o, reportOf(o, { filledQuantity: '10.001' })),
    ],
    ['fills beyond it', 'ORDER.OVERFILLED', (o) => applyFills(o, [fillOf(o, '1', '6'), fillOf(o, '2', '5')])],
    [
      'a trigger it has not',
      'ORDER.ILLEGAL_MOVE',
      (o) => applyReport(o, reportOf(o, { state: 'triggered' })),
    ],
    [
      'a second order of its name',
      'ORDER.DOUBLED',
      (o) => applyReport(applyReport(o, reportOf(o, { orderId: '1' })), reportOf(o, { orderId: '2' })),
    ],
  ])('breaks on %s', (_, code, move) => {
    expect(() => move(sent())).toThrow(expect.objectContaining({ code, kind: 'broken-invariant' }));
  });
});

/** An order's true history at the exchange: fills in thousandths, then perhaps an end; told in reports and fills. */
interface History {
  readonly messages: readonly (OrderReport | Fill)[];
  readonly filled: number;
  readonly end: 'filled' | 'cancelled' | 'expired' | 'working';
}

const histories = fc
  .record({
    parts: fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 6 }),
    end: fc.constantFrom('cancelled' as const, 'expired' as const, 'working' as const, 'filled' as const),
  })
  .map(({ parts, end }): History => {
    const order = sent();
    const told = parts.reduce((a, b) => a + b, 0);
    if (told > 10_000 || (told === 10_000 && end !== 'filled'))
      return { messages: [], filled: 0, end: 'working' };
    const last = end === 'filled' ? 10_000 - told : 0;
    const messages: (OrderReport | Fill)[] = [reportOf(order, { orderId: '8389765', updatedAt: 2_000 })];
    let cumulated = 0;
    for (const [i, part] of [...parts, ...(last > 0 ? [last] : [])].entries()) {
      cumulated += part;
      const at = 2_001 + i;
      const state = cumulated === 10_000 ? 'filled' : 'resting';
      messages.push(fillOf(order, String(i), thousandths(part), { at }));
      messages.push(
        reportOf(order, {
          state,
          filledQuantity: thousandths(cumulated),
          averagePrice: '100',
          updatedAt: at,
        }),
      );
    }
    if (end === 'cancelled' || end === 'expired') {
      const filledQuantity = thousandths(cumulated);
      messages.push(reportOf(order, { state: end, filledQuantity, averagePrice: '100', updatedAt: 3_000 }));
    }
    return { messages, filled: cumulated, end: cumulated === 10_000 ? 'filled' : end };
  });

describe('order life, told by several sources', () => {
  it('comes to the same end whatever is late, twice or out of order', () => {
    const shuffled = histories.chain((history) =>
      fc.tuple(
        fc.constant(history),
        fc.shuffledSubarray([...history.messages, ...history.messages], {
          minLength: history.messages.length * 2,
        }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([history, messages]) => {
        const ledger = new OrderLedger();
        const intent = intentFor('entry');
        const id = intent.order.clientOrderId;
        ledger.add(intent);
        ledger.step(id, 'send', 1_100);
        let before = ledger.get(id)!;
        for (const message of messages) {
          if ('state' in message) ledger.report(message);
          else ledger.fill(message);
          const order = ledger.get(id)!;
          expect(exact(order.filledQuantity).gte(before.filledQuantity)).toBe(true);
          expect(exact(order.filledQuantity).lte(intent.order.quantity)).toBe(true);
          if (isFinal(before.status) && before.status !== order.status) expect(order.status).toBe('filled');
          before = order;
        }
        if (history.messages.length === 0) return;
        const open = history.filled > 0 ? 'partially-filled' : 'working';
        expect(before).toMatchObject({
          status: history.end === 'working' ? open : history.end,
          filledQuantity: thousandths(history.filled),
          averagePrice: history.filled > 0 ? '100' : '0',
          orderId: '8389765',
        });
        expect(ledger.unbooked('BTCUSDT').eq(0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('knows of fills that were reported and have not come', () => {
    const ledger = new OrderLedger();
    const entry = ledger.add(intentFor('entry'));
    ledger.report(reportOf(entry, { filledQuantity: '7', averagePrice: '100' }));
    ledger.fill(fillOf(entry, '1', '4'));
    const stop = ledger.restore(sized(orderFor('stop'), '5'));
    ledger.report(reportOf(stop, { state: 'triggered', filledQuantity: '2' }));
    expect(ledger.unbooked('BTCUSDT').toFixed()).toBe('1'); // (7 - 4) bought - 2 sold
  });

  it('has one order for one intent, and forgets what is over', () => {
    const ledger = new OrderLedger();
    const entry = ledger.add(intentFor('entry'));
    expect(() => ledger.add(entry.intent)).toThrow(
      expect.objectContaining({ code: 'ORDER.DUPLICATE_INTENT' }),
    );
    expect(ledger.nextGeneration('BTCUSDT', entry.intent.positionId, 'entry')).toBe(2);
    ledger.prune(() => false);
    expect(ledger.all()).toHaveLength(1);
    ledger.fill(fillOf(entry, '1', '10'));
    ledger.prune((id) => id === entry.intent.positionId);
    expect(ledger.all()).toHaveLength(1);
    ledger.prune(() => false);
    expect(ledger.ofSymbol('BTCUSDT')).toEqual([]);
    expect(ledger.report(reportOf(entry))).toBeUndefined();
  });
});
