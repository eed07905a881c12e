import fc from 'fast-check';
import { adoptingFill } from './adoption';
import { audit, type AuditDifference, type AuditedExchange, type AuditedJournal } from './audit';
import type { BrokerPosition } from './broker';
import { exact } from './decimal';
import type { Order } from './order';
import { FORGOTTEN, NEVER_ARRIVED } from './order-life';
import { fillOf, orderFor, reportOf } from './spec-orders';

const entry = orderFor('entry', { status: 'filled', filledQuantity: '10', updatedAt: 2_000 });
const stop = orderFor('stop', { status: 'working', updatedAt: 2_000 });
const fill = fillOf(entry, '1', '10', { fee: '0.5' });
const position: BrokerPosition = {
  symbol: 'BTCUSDT',
  quantity: '10',
  entryPrice: '100',
  markPrice: '100',
  unrealizedPnl: '0',
  liquidationPrice: '0',
  maintenanceMargin: '0',
  initialMargin: '0',
};
const funding = { symbol: 'BTCUSDT', id: 'f', amount: '-0.1', at: 3_000 };
const stopReport = reportOf(stop, { algoId: '7' });

const journal = (facts: Partial<AuditedJournal> = {}): AuditedJournal => ({
  orders: [entry, stop],
  fills: [fill],
  fundings: [funding],
  positions: new Map([['BTCUSDT', '10']]),
  initialBalance: '1000',
  transfers: ['50', '-20'],
  ...facts,
});
const exchange = (
  facts: Partial<AuditedExchange> = {},
  account: Partial<AuditedExchange['account']> = {},
) => ({
  orders: [reportOf(entry, { state: 'filled', filledQuantity: '10.0', orderId: '1' }), stopReport],
  fills: [fill],
  fundings: [funding],
  account: {
    at: 5_000,
    walletBalance: '1029.4', // 1000 - 0.5 - 0.1 + 50 - 20
    equity: '1029.4',
    availableBalance: '0',
    maintenanceMargin: '0',
    positions: [position],
    openOrders: [stopReport],
    ...account,
  },
  ...facts,
});
const brief = (differences: readonly AuditDifference[]): string[] =>
  differences.map(
    ({ subject, field, journal: ours, exchange: theirs }) => `${subject} ${field}: ${ours} / ${theirs}`,
  );

describe('audit', () => {
  it('finds nothing where both agree, however numbers are written', () => {
    expect(audit(journal(), exchange())).toEqual([]);
    expect(audit(journal(), exchange({ fills: [{ ...fill, quantity: '10.000', price: '100.00' }] }))).toEqual(
      [],
    );
  });

  it('names every difference of an order with both values', () => {
    const told = reportOf(entry, { state: 'cancelled', filledQuantity: '4', orderId: '1' });
    const differences = audit(journal(), exchange({ orders: [told, stopReport] }));
    expect(brief(differences)).toEqual(['order state: filled / cancelled', 'order filledQuantity: 10 / 4']);
    expect(differences[0]).toMatchObject({ symbol: 'BTCUSDT', id: entry.intent.order.clientOrderId });
  });

  it('finds orders that one side does not know, and doubles', () => {
    const unknown = reportOf(orderFor('exit', {}, 9));
    const foreign = { ...unknown, clientOrderId: 'web_1' };
    const first = reportOf(entry, { state: 'filled', filledQuantity: '10', orderId: '1' });
    const orders = [first, { ...first, orderId: '2' }, unknown, foreign];
    expect(brief(audit(journal(), exchange({ orders })))).toEqual([
      'order orderId: 1 / 2',
      'order state: working / null',
      'order state: null / resting',
    ]);
  });

  it('takes a trigger order and the market order it became for one', () => {
    const done: Order = { ...stop, status: 'filled', filledQuantity: '10' };
    const algo = reportOf(done, { state: 'filled', filledQuantity: '10', algoId: '7', orderId: '5' });
    const child = reportOf(done, { state: 'filled', filledQuantity: '10', orderId: '5', kind: 'market' });
    const out = { ...fillOf(stop, '2', '10'), fee: '0' };
    const both = { fills: [fill, out] };
    const there = exchange(
      { ...both, orders: [child, algo, ...exchange().orders.slice(0, 1)] },
      { positions: [], openOrders: [] },
    );
    const here = journal({ ...both, orders: [entry, done], positions: new Map() });
    expect(audit(here, there)).toEqual([]);
  });

  it.each<[Partial<Order>, string[]]>([
    [{ status: 'rejected', filledQuantity: '0', reason: NEVER_ARRIVED }, []],
    [{ status: 'rejected', filledQuantity: '0', reason: 'ORDER.MARGIN_INSUFFICIENT' }, []],
    [{ status: 'expired', filledQuantity: '0', reason: FORGOTTEN }, []],
    [{ status: 'unknown', filledQuantity: '0' }, ['order state: unknown / null']],
    [{ status: 'cancelled', filledQuantity: '0' }, ['order state: cancelled / null']],
    [{ status: 'cancelled', filledQuantity: '0', updatedAt: 999 }, []], // the exchange may have forgotten it
    [{ status: 'cancelled', filledQuantity: '1', updatedAt: 999 }, ['order state: cancelled / null']],
  ])('judges %p, of which the exchange knows nothing', (facts, expected) => {
    const order = { ...orderFor('target'), updatedAt: 2_000, ...facts };
    expect(brief(audit(journal({ orders: [entry, stop, order] }), exchange(), 1_000))).toEqual(expected);
  });

  it('compares fills by symbol and trade id', () => {
    const other = { ...fill, tradeId: '2', quantity: '1' };
    expect(brief(audit(journal(), exchange({ fills: [fill, other] })))).toEqual(['fill quantity: null / 1']);
    const differences = audit(
      journal(),
      exchange({ fills: [{ ...fill, fee: '0.4', realizedPnl: '1', side: 'sell' }] }),
    );
    expect(brief(differences)).toEqual([
      'fill fee: 0.5 / 0.4',
      'fill realizedPnl: 0 / 1',
      'fill side: buy / sell',
    ]);
  });

  it('does not ask the exchange for fills of our own making, but counts them', () => {
    const adopted = adoptingFill('ETHUSDT', exact('3'), '10', 4_000);
    const there = exchange({}, { positions: [position, { ...position, symbol: 'ETHUSDT', quantity: '3' }] });
    const here = journal({
      fills: [fill, adopted],
      positions: new Map([
        ['BTCUSDT', '10'],
        ['ETHUSDT', '3'],
      ]),
    });
    expect(brief(audit(here, there))).toEqual(['stop quantity: 3 / null']);
  });

  it('compares positions, sums of fills and the account', () => {
    const there = exchange({}, { positions: [] });
    expect(brief(audit(journal(), there))).toEqual([
      'position quantity: 10 / 0',
      'position sum of fills: 10 / 0',
      'stop quantity: null / 10', // an orphan
    ]);
  });

  it.each([
    ['none', [], 'stop quantity: 10 / null'],
    ['too small a one', [{ ...stopReport, quantity: '9' }], 'stop quantity: 10 / 9'],
    [
      'two',
      [stopReport, { ...stopReport, clientOrderId: 'slt-s-' + '1'.repeat(28) }],
      'stop quantity: 10 / 20',
    ],
    ['one on the wrong side', [{ ...stopReport, side: 'buy' as const }], 'stop quantity: 10 / null'],
  ])('finds %s where one stop of the size should rest', (_, openOrders, expected) => {
    expect(brief(audit(journal(), exchange({}, { openOrders })))).toEqual([expected]);
  });

  it('checks the balance to the cent', () => {
    expect(audit(journal(), exchange({}, { walletBalance: '1029.4049' }))).toEqual([]);
    expect(brief(audit(journal(), exchange({}, { walletBalance: '1029.405' })))).toEqual([
      'balance walletBalance: 1029.4 / 1029.405',
    ]);
    const bnb = { ...fill, feeAsset: 'BNB' };
    expect(audit(journal({ fills: [bnb] }), exchange({ fills: [bnb] }, { walletBalance: '1029.9' }))).toEqual(
      [],
    );
  });

  it('finds any one change of the ledger', () => {
    const changes = fc.constantFrom<() => AuditedExchange>(
      () => exchange({ fills: [] }),
      () => exchange({ fundings: [] }),
      () => exchange({ fundings: [{ ...funding, amount: '0.1' }] }),
      () => exchange({ orders: [stopReport] }),
      () => exchange({ orders: exchange().orders.slice(0, 1) }),
      () => exchange({ fills: [{ ...fill, clientOrderId: 'x' }] }),
      () => exchange({ fills: [{ ...fill, price: '100.1' }] }),
      () => exchange({}, { positions: [{ ...position, quantity: '-10' }] }),
      () => exchange({}, { walletBalance: '1029.39' }),
    );
    fc.assert(fc.property(changes, (change) => audit(journal(), change()).length > 0));
  });
});
