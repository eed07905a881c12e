/** What of an order was reported and not booked: since when, and until it is forgiven. */
import { OrderLedger } from './order-ledger';
import { fillOf, intentFor, orderFor, reportOf } from './spec-orders';

describe('the order ledger', () => {
  const REPORTED = 2_000;
  let ledger: OrderLedger;

  beforeEach(() => {
    ledger = new OrderLedger();
  });

  const isMissing = (before = REPORTED + 1): boolean => ledger.hasMissingFills(before);
  const reported = (filledQuantity: string) => {
    const order = ledger.add(intentFor('entry'));
    ledger.report(reportOf(order, { filledQuantity, averagePrice: '100', updatedAt: REPORTED }));
    return order;
  };

  it('misses fills of what was reported, from the report on until the last has come', () => {
    const order = reported('10');
    expect(isMissing(REPORTED)).toBe(false);
    expect(isMissing()).toBe(true);
    ledger.fill(fillOf(order, '1', '9'));
    expect(isMissing()).toBe(true);
    ledger.fill(fillOf(order, '2', '1'));
    expect(isMissing()).toBe(false);
  });

  it('misses none of a fill that came before its report', () => {
    const order = ledger.add(intentFor('entry'));
    ledger.fill(fillOf(order, '1', '4'));
    ledger.report(reportOf(order, { filledQuantity: '4', averagePrice: '100' }));
    expect(isMissing(Infinity)).toBe(false);
  });

  it('misses what the journal lacks of an order', () => {
    const order = ledger.restore(orderFor('entry', { filledQuantity: '4', updatedAt: REPORTED }));
    expect(isMissing()).toBe(true);
    ledger.fill(fillOf(order, '1', '4'));
    expect(isMissing()).toBe(false);
  });

  it('forgives what was reported before then, until it hears of the order again', () => {
    const order = reported('4');
    ledger.forgiveMissingFills(REPORTED);
    expect(isMissing()).toBe(true);
    ledger.forgiveMissingFills(REPORTED + 1);
    expect(isMissing()).toBe(false);
    ledger.report(reportOf(order, { filledQuantity: '6', averagePrice: '100', updatedAt: 3_000 }));
    expect(isMissing(3_001)).toBe(true);
  });

  it('misses nothing of an order that it let go', () => {
    const order = ledger.add(intentFor('entry'));
    ledger.report(reportOf(order, { state: 'filled', filledQuantity: '10', averagePrice: '100' }));
    expect(isMissing()).toBe(true);
    ledger.prune(() => false);
    expect(isMissing(Infinity)).toBe(false);
  });
});
