/** The judge of the crash matrix is judged: each kind of loss, planted, is found; and what is whole is called so. */
import type { AlgoSnapshot, LedgerReport, OrderSnapshot } from '@slt/emulator';
import { flawsBetween } from './flaws';
import type { JournalRows } from './journal-rows';

const ENTRY = 'slt-e-aaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const STOP = 'slt-s-aaaaaaaaaaaaaaaaaaaaaaaaaaaa';

const order = (facts: Partial<OrderSnapshot> = {}) =>
  ({
    ...{
      symbol: 'BTCUSDT',
      orderId: 7n,
      clientOrderId: ENTRY,
      side: 'BUY',
      status: 'FILLED',
      executedQty: '2',
    },
    ...facts,
  }) as OrderSnapshot;
const algo = (facts: Partial<AlgoSnapshot> = {}) =>
  ({
    ...{ symbol: 'BTCUSDT', algoId: 9n, clientAlgoId: STOP, side: 'SELL', orderType: 'STOP_MARKET' },
    ...{ quantity: '2', algoStatus: 'NEW', ...facts },
  }) as AlgoSnapshot;
const trade = {
  ...{
    symbol: 'BTCUSDT',
    tradeId: 1,
    orderId: 7n,
    clientOrderId: ENTRY,
    side: 'BUY',
    qty: '2',
    price: '100',
  },
  ...{ realizedPnl: '0', commission: '0.1' },
};

/** 1000 - 0.1 - 0.02 = 999.88 */
const ledgerOf = (facts: object = {}) =>
  ({
    ...{ walletBalance: '999.88000000', orders: [order()], algoOrders: [algo()], trades: [trade] },
    income: [{ incomeType: 'FUNDING_FEE', symbol: 'BTCUSDT', tranId: 5, income: '-0.02' }],
    positions: [{ symbol: 'BTCUSDT', positionAmt: '2' }],
    openOrders: [],
    openAlgoOrders: [algo()],
    ...facts,
  }) as unknown as LedgerReport;

const entryRow = {
  ...{ intentId: 'p/entry/1', positionId: 'p', role: 'entry', clientOrderId: ENTRY, symbol: 'BTCUSDT' },
  ...{ side: 'buy', kind: 'limit', quantity: '2', status: 'filled', filledQuantity: '2', reason: null },
};
const stopRow = {
  ...{ intentId: 'p/stop/1', positionId: 'p', role: 'stop', clientOrderId: STOP, symbol: 'BTCUSDT' },
  ...{ side: 'sell', kind: 'stop', quantity: '2', status: 'working', filledQuantity: '0', reason: null },
};
const fillRow = {
  ...{ symbol: 'BTCUSDT', tradeId: '1', positionId: 'p', clientOrderId: ENTRY, orderId: '7', side: 'buy' },
  ...{ quantity: '2.0', price: '100.00', fee: '0.1', realizedPnl: '0' },
};
const planRow = { id: 'p', symbol: 'BTCUSDT', direction: 'long', setup: 'block-retest', state: 'open' };
const journalOf = (facts: Partial<JournalRows> = {}): JournalRows => ({
  initialBalance: '1000',
  orders: [entryRow, stopRow],
  fills: [fillRow],
  fundings: [{ symbol: 'BTCUSDT', id: '5', amount: '-0.02' }],
  plans: [planRow],
  trades: [],
  ...facts,
});

const classes = (journal: JournalRows, ledger: LedgerReport): string[] =>
  flawsBetween(journal, ledger).map((flaw) => flaw.split(':')[0]!);

describe('flaws between journal and ledger', () => {
  it('are none where both say the same, however numbers are written', () => {
    expect(flawsBetween(journalOf(), ledgerOf())).toEqual([]);
  });

  it('are none after a trigger order became a market order under its own name', () => {
    const child = order({ orderId: 8n, clientOrderId: STOP, side: 'SELL' });
    const exit = { ...trade, tradeId: 2, orderId: 8n, clientOrderId: STOP, side: 'SELL', realizedPnl: '-4' };
    const exitRow = {
      ...fillRow,
      tradeId: '2',
      orderId: '8',
      clientOrderId: STOP,
      side: 'sell',
      realizedPnl: '-4',
    };
    const done = { positionId: 'p', symbol: 'BTCUSDT', quantity: '2', realizedPnl: '-4', fees: '0.2' };
    const journal = journalOf({
      orders: [entryRow, { ...stopRow, status: 'filled', filledQuantity: '2' }],
      fills: [fillRow, exitRow],
      plans: [{ ...planRow, state: 'closed' }],
      trades: [{ ...done, funding: '-0.02', netPnl: '-4.22' }],
    });
    const ledger = ledgerOf({
      walletBalance: '995.78', // 999.88 - 4 - 0.1
      orders: [order(), child],
      algoOrders: [algo({ algoStatus: 'FINISHED', actualOrderId: 8n })],
      trades: [trade, exit],
      positions: [],
      openAlgoOrders: [],
    });
    expect(flawsBetween(journal, ledger)).toEqual([]);
    expect(classes({ ...journal, trades: [] }, ledger)).toEqual(['trade']);
    expect(classes({ ...journal, plans: [planRow] }, ledger)).toEqual(['position']);
  });

  it.each<[string, JournalRows, LedgerReport, string[]]>([
    ['an order nobody wrote down', journalOf({ orders: [entryRow] }), ledgerOf(), ['lost']],
    [
      'an order sent twice',
      journalOf(),
      ledgerOf({ orders: [order(), order({ orderId: 8n })] }),
      ['doubled'],
    ],
    [
      'a signal entered twice',
      journalOf({
        orders: [entryRow, stopRow, { ...entryRow, intentId: 'p/entry/2', clientOrderId: `${ENTRY}2` }],
      }),
      ledgerOf({ orders: [order(), order({ orderId: 8n, clientOrderId: `${ENTRY}2` })] }),
      ['doubled'],
    ],
    [
      'an order whose end was not heard of',
      journalOf({ orders: [{ ...entryRow, status: 'unknown', filledQuantity: '0' }, stopRow] }),
      ledgerOf(),
      ['order', 'order'],
    ],
    ['a fill that is missing', journalOf({ fills: [] }), ledgerOf(), ['fill', 'position', 'balance']],
    ['a fill that never was', journalOf(), ledgerOf({ trades: [], walletBalance: '999.88' }), ['fill']],
    [
      'a fee that differs in its last digit',
      journalOf({ fills: [{ ...fillRow, fee: '0.10000001' }] }),
      ledgerOf(),
      ['fill', 'balance'],
    ],
    ['a payment that is missing', journalOf({ fundings: [] }), ledgerOf(), ['funding', 'balance']],
    ['a position without a stop', journalOf(), ledgerOf({ openAlgoOrders: [] }), ['unprotected']],
    [
      'a stop that is too small',
      journalOf(),
      ledgerOf({ openAlgoOrders: [algo({ quantity: '1.999' })] }),
      ['unprotected'],
    ],
    [
      'a stop on the wrong side',
      journalOf(),
      ledgerOf({ openAlgoOrders: [algo({ side: 'BUY' })] }),
      ['unprotected'],
    ],
    [
      'an orphan',
      journalOf(),
      ledgerOf({ openOrders: [order({ symbol: 'ETHUSDT', status: 'NEW' })] }),
      ['orphan'],
    ],
    ['a position without its plan', journalOf({ plans: [] }), ledgerOf(), ['position', 'trade']],
    [
      'a position taken over',
      journalOf({ plans: [{ ...planRow, setup: 'adopted' }] }),
      ledgerOf(),
      ['forgotten'],
    ],
    ['money that nobody booked', journalOf(), ledgerOf({ walletBalance: '999.88000001' }), ['balance']],
  ])('tell %s', (_, journal, ledger, expected) => {
    expect(classes(journal, ledger)).toEqual(expected);
  });
});
