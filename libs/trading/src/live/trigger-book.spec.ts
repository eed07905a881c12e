import fc from 'fast-check';
import type { AlgoOrder, PlainOrder } from '@slt/exchange';
import type { OrderReport, TriggerOrder } from '../core/broker';
import { TriggerBook } from './trigger-book';

const ORDER: TriggerOrder = {
  kind: 'stop',
  symbol: 'BTCUSDT',
  clientOrderId: 'p-1/stop/1',
  side: 'sell',
  quantity: '5',
  reduceOnly: true,
  triggerPrice: '99',
  workingType: 'mark',
};

function algo(status: AlgoOrder['status'], updatedAt: number, filled?: string): AlgoOrder {
  const { symbol, clientOrderId, side, quantity, triggerPrice, reduceOnly } = ORDER;
  return {
    ...{ symbol, clientOrderId, side, quantity, triggerPrice, reduceOnly, updatedAt },
    ...{ algoId: '1000000033225453', type: 'STOP_MARKET', status, reason: undefined },
    child: filled === undefined ? undefined : { orderId: '77', filledQuantity: filled, averagePrice: '98' },
  };
}

/** The type it had is not told: its client order id alone says whose it is. */
function child(status: PlainOrder['status'], updatedAt: number, filledQuantity: string): PlainOrder {
  const { symbol, clientOrderId, side, quantity, reduceOnly } = ORDER;
  return {
    ...{ symbol, clientOrderId, side, quantity, reduceOnly, updatedAt, status, filledQuantity },
    ...{ orderId: '77', type: 'MARKET', originalType: 'MARKET', averagePrice: '98' },
  };
}

type Told = { readonly algo: AlgoOrder } | { readonly child: PlainOrder };

const FILLED: readonly Told[] = [
  { algo: algo('new', 1) },
  { algo: algo('triggering', 2) },
  { child: child('new', 3, '0') },
  { child: child('partially-filled', 3, '2') },
  { child: child('filled', 4, '5') },
  { algo: algo('triggered', 3, '0') },
  { algo: algo('finished', 5, '5') },
];

/** A reduce-only stop that was larger than the position. */
const CUT: readonly Told[] = [
  { algo: algo('new', 1) },
  { child: child('new', 3, '0') },
  { child: child('partially-filled', 3, '2') },
  { child: child('expired', 4, '2') },
  { algo: algo('triggered', 3, '0') },
  { algo: algo('finished', 5, '2') },
];

const UNTRIGGERED: readonly Told[] = [{ algo: algo('new', 1) }, { algo: algo('cancelled', 2) }];

const FINAL = ['filled', 'cancelled', 'expired', 'rejected'];

function tell(book: TriggerBook, told: Told): OrderReport {
  return 'algo' in told ? book.report(told.algo) : book.childReport(told.child)!;
}

describe('TriggerBook', () => {
  it.each([
    ['filled', FILLED, '5'],
    ['expired', CUT, '2'],
    ['cancelled', UNTRIGGERED, '0'],
  ] as const)(
    'ends as %s whatever comes first, twice or late, and never goes back',
    (state, story, filled) => {
      const order = fc.shuffledSubarray([...story, ...story], { minLength: 2 * story.length });
      fc.assert(
        fc.property(order, (events) => {
          const book = new TriggerBook();
          book.expect(ORDER);
          const reports = events.map((told) => tell(book, told));
          expect(reports.at(-1)).toMatchObject({
            kind: 'stop',
            clientOrderId: ORDER.clientOrderId,
            state,
            filledQuantity: filled,
            quantity: '5',
            triggerPrice: '99',
            algoId: '1000000033225453',
            reduceOnly: true,
          });
          reports.slice(1).forEach((report, i) => {
            const before = reports[i]!;
            expect(Number(report.filledQuantity)).toBeGreaterThanOrEqual(Number(before.filledQuantity));
            if (FINAL.includes(before.state)) expect(FINAL).toContain(report.state);
            if (before.state === 'triggered') expect(report.state).not.toBe('resting');
          });
        }),
      );
    },
  );

  it('tells what it knows when the child is heard of before the answer to the order', () => {
    const book = new TriggerBook();
    book.expect(ORDER);
    const report = book.childReport(child('filled', 4, '5'))!;
    expect(report).toMatchObject({ kind: 'stop', state: 'filled', orderId: '77', averagePrice: '98' });
    expect(report.algoId).toBeUndefined();
    // The answer was on its way all the while.
    expect(book.report(algo('new', 1))).toMatchObject({ state: 'filled', algoId: '1000000033225453' });
  });

  it('knows a child that nobody has told it of by the type it had', () => {
    const orphan = { ...child('partially-filled', 4, '2'), originalType: 'TAKE_PROFIT_MARKET' };
    expect(new TriggerBook().childReport(orphan)).toMatchObject({ kind: 'take-profit', state: 'triggered' });
    expect(new TriggerBook().childReport(child('filled', 4, '5'))).toBeUndefined();
  });

  it('tells why it was refused when its price came', () => {
    const book = new TriggerBook();
    book.report(algo('triggering', 2));
    const refused = { ...algo('rejected', 3), reason: 'Margin is insufficient.' };
    expect(book.report(refused)).toMatchObject({ state: 'rejected', reason: 'Margin is insufficient.' });
  });
});
