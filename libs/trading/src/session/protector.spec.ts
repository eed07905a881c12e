/** Every position has its stop, of its size, at once and for as long as it is held. */
import type { NewOrder } from '../core/broker';
import type { Order } from '../core/order';
import { FILTERS } from '../core/spec-orders';
import { Protector } from './protector';
import { DeskBench, SYMBOL } from './testing/desk-bench';
import { failing, filledReport, restingReport } from './testing/stub-broker';
import { clock, passes, settles, useVirtualTime } from './testing/virtual-time';

describe('Protector', () => {
  let bench: DeskBench;
  let protector: Protector;
  let doubts: string[];
  let warnings: string[];
  let mayManage: boolean;
  let filters: typeof FILTERS | undefined;
  let price: number | undefined;

  useVirtualTime();
  beforeEach(() => {
    bench = new DeskBench();
    [doubts, warnings, mayManage, filters, price] = [[], [], true, FILTERS, undefined];
    protector = new Protector({
      book: bench.book,
      desk: bench.desk,
      clock,
      reach: () => undefined,
      mayManage: () => mayManage,
      filtersOf: () => filters,
      priceOf: () => price,
      doubt: (reason) => doubts.push(reason),
      warn: (message) => warnings.push(message),
      broke: (error) => bench.broken.push(error),
    });
    bench.onChanged = (symbol) => queueMicrotask(() => protector.check(symbol));
    setInterval(() => protector.tick(), 100);
    bench.broker.onPlace = accept;
    bench.broker.onCancel = (ref) => restingReport(orderOf(ref.clientOrderId), { state: 'cancelled' });
  });

  const accept = (order: NewOrder) => (order.kind === 'limit' ? filledReport(order) : restingReport(order));
  const orderOf = (id: string): NewOrder => bench.book.orders.get(id)!.intent.order;
  const resting = (): string[] =>
    bench.book.orders
      .unfinished()
      .map(({ intent, status }) => `${intent.role} ${intent.order.quantity} ${status}`)
      .sort();
  const sent = (kind: NewOrder['kind']): NewOrder[] =>
    bench.broker.placed.filter((order) => order.kind === kind && order.reduceOnly);
  const entryOf = async (): Promise<Order> => {
    bench.broker.onPlace = (order) => restingReport(order);
    const [entry] = await bench.place('entry');
    bench.broker.onPlace = accept;
    return entry!;
  };
  const opened = async (quantity = '10'): Promise<Order> => {
    const entry = await entryOf();
    bench.fill(entry, quantity);
    await settles();
    return entry;
  };

  it('places stop and target at the first fill, of its size', async () => {
    await opened('4');
    expect(resting()).toEqual(['entry 10 partially-filled', 'stop 4 working', 'target 4 working']);
    expect(bench.broker.placed.slice(1)).toMatchObject([
      { kind: 'stop', side: 'sell', quantity: '4', triggerPrice: '95', reduceOnly: true },
      { kind: 'take-profit', side: 'sell', quantity: '4', triggerPrice: '110', reduceOnly: true },
    ]);
    expect(protector.isProtected(bench.book.position(SYMBOL)!)).toBe(true);
    expect(protector.unprotectedMs()).toBe(0);
  });

  it('grows them with the position: first the new ones, then away with the old', async () => {
    const entry = await opened('4');
    const before = bench.broker.cancelled.length;
    let stopsWhenCancelled = 0;
    bench.broker.onCancel = (ref) => {
      if (ref.kind === 'stop')
        stopsWhenCancelled = resting().filter((each) => each.startsWith('stop')).length;
      return restingReport(orderOf(ref.clientOrderId), { state: 'cancelled' });
    };
    bench.fill(entry, '6');
    await settles();
    expect(resting()).toEqual(['stop 10 working', 'target 10 working']);
    expect(bench.broker.cancelled.length - before).toBe(2);
    expect(stopsWhenCancelled).toBe(2);
  });

  it('clears away what is left when the position is closed', async () => {
    await opened();
    const [stop] = sent('stop');
    bench.book.report(filledReport(stop!, '95'));
    const order = bench.book.orders.get(stop!.clientOrderId)!;
    bench.fill(order, '10', { price: '95', realizedPnl: '-50' });
    await settles();
    expect(resting()).toEqual([]);
    expect(bench.broker.cancelled.map(({ kind }) => kind)).toEqual(['take-profit']);
  });

  it('tries a stop again that was refused, and sells after two seconds without one', async () => {
    bench.broker.onPlace = accept;
    const entry = await entryOf();
    bench.broker.onPlace = (order) =>
      order.kind === 'stop' ? failing('rejected', 'ORDER.NO')() : accept(order);
    bench.fill(entry, '10');
    await passes(1_900);
    expect(sent('stop').length).toBeGreaterThan(1);
    expect(sent('market')).toEqual([]);
    expect(protector.unprotectedMs()).toBe(1_900);
    await passes(300);
    expect(sent('market')).toMatchObject([{ side: 'sell', quantity: '10', reduceOnly: true }]);
    const exit = bench.book.orders.all().find(({ intent }) => intent.role === 'exit');
    expect(exit!.intent.exitReason).toBe('unprotected');
  });

  it('sells at once where the price is beyond the stop before it rests', async () => {
    const entry = await entryOf();
    price = 94.9;
    bench.fill(entry, '10');
    await settles();
    expect(sent('market')).toMatchObject([{ quantity: '10' }]);
    expect(sent('stop')).toEqual([]);
  });

  describe('close', () => {
    it('sells once, keeps the stop until it is flat, and however often it is asked', async () => {
      await opened();
      for (let i = 0; i < 5; i++) {
        protector.close(SYMBOL, 'max-hold');
        await passes(1_000);
      }
      expect(sent('market')).toHaveLength(1);
      expect(resting()).toContain('stop 10 working');
    });

    it('tries again after a failure, later each time, for the reason it began with', async () => {
      await opened();
      bench.broker.onPlace = (order) =>
        order.kind === 'market' ? failing('rejected', 'ORDER.NO')() : accept(order);
      protector.close(SYMBOL, 'stagnation');
      protector.close(SYMBOL, 'max-hold');
      await passes(10_000);
      // At 0, then 0.5, 1, 2, 4 s after the last: 0, 0.5, 1.5, 3.5, 7.5
      expect(sent('market')).toHaveLength(5);
      bench.broker.onPlace = (order) => (order.kind === 'market' ? filledReport(order) : accept(order));
      await passes(10_000);
      const exits = bench.book.orders.all().filter(({ intent }) => intent.role === 'exit');
      expect(new Set(exits.map(({ intent }) => intent.exitReason))).toEqual(new Set(['stagnation']));
      expect(exits.at(-1)!.status).toBe('filled');
    });

    it('says nothing where there is nothing', () => {
      protector.close(SYMBOL, 'flatten');
      expect(bench.broker.placed).toEqual([]);
    });

    it('does not pass on to the next position of the symbol', async () => {
      await opened();
      protector.close(SYMBOL, 'max-hold');
      await settles();
      const exit = bench.book.orders.all().find(({ intent }) => intent.role === 'exit')!;
      bench.fill(exit, '10');
      await settles();
      expect(bench.book.held(SYMBOL)).toBeNull();
      expect(resting()).toEqual([]);
      expect(protector.unprotectedMs()).toBe(0);
    });
  });

  describe('a cancellation', () => {
    it('that cannot be sent is decided anew after a while, and not at once', async () => {
      await opened();
      const [stop] = sent('stop');
      bench.broker.onCancel = failing('transient', 'EXCHANGE.AWAY');
      bench.book.report(filledReport(stop!, '95'));
      bench.fill(bench.book.orders.get(stop!.clientOrderId)!, '10', { price: '95' });
      // Four tries in 1.3 s, then a second of peace: about 13 in 7 s, and never thousands.
      await passes(7_000);
      expect(bench.broker.cancelled).toHaveLength(14);
      bench.broker.onCancel = (ref) => restingReport(orderOf(ref.clientOrderId), { state: 'cancelled' });
      await passes(3_000);
      expect(resting()).toEqual([]);
    });

    it('without the lease ends where it began, and the process lives on', async () => {
      await opened();
      const [stop] = sent('stop');
      bench.maySend = false;
      bench.book.report(filledReport(stop!, '95'));
      bench.fill(bench.book.orders.get(stop!.clientOrderId)!, '10', { price: '95' });
      await passes(10_000);
      expect(bench.broker.cancelled).toEqual([]);
      expect(resting()).toEqual(['target 10 working']);
      bench.maySend = true;
      await passes(2_000);
      expect(resting()).toEqual([]);
    });
  });

  describe('doubts', () => {
    it('come once in five seconds while the exchange says that there is nothing to protect', async () => {
      const entry = await entryOf();
      bench.broker.onPlace = failing('rejected', 'ORDER.REDUCE_ONLY');
      bench.fill(entry, '10');
      await passes(14_900);
      expect(doubts).toEqual(Array.from({ length: 3 }, () => 'BTCUSDT: ORDER.REDUCE_ONLY: as the spec says'));
    });

    it('come for what is held without a plan', async () => {
      await opened();
      bench.book.drop(bench.book.position(SYMBOL)!.id);
      protector.check(SYMBOL);
      protector.check(SYMBOL);
      expect(doubts).toEqual(['BTCUSDT: it is held without a plan']);
    });
  });

  it('leaves what is not ours alone, and says so once', () => {
    const foreign = restingReport({
      kind: 'limit',
      symbol: SYMBOL,
      clientOrderId: 'by-hand',
      side: 'buy',
      quantity: '1',
      reduceOnly: false,
      price: '90',
      timeInForce: 'GTC',
    });
    protector.check(SYMBOL, [foreign]);
    protector.check(SYMBOL, [foreign]);
    expect(warnings).toEqual(['BTCUSDT: order by-hand is not ours']);
    expect(bench.broker.cancelled).toEqual([]);
  });

  it('cancels strays that bear our tag', async () => {
    const stray = restingReport({
      kind: 'take-profit',
      symbol: SYMBOL,
      clientOrderId: `slt-t-${'0'.repeat(28)}`,
      side: 'sell',
      quantity: '1',
      reduceOnly: true,
      triggerPrice: '120',
      workingType: 'contract',
    });
    protector.check(SYMBOL, [stray]);
    await settles();
    expect(bench.broker.cancelled.map(({ clientOrderId }) => clientOrderId)).toEqual([stray.clientOrderId]);
  });

  it('knows what it can do nothing about', async () => {
    await opened();
    filters = { ...FILTERS, marketMinQty: '20' };
    protector.check(SYMBOL);
    expect(protector.isHelpless(SYMBOL)).toBe(true);
    expect(warnings).toEqual(['BTCUSDT: 10 is too small for any order; close it by hand']);
    filters = undefined;
    protector.check(SYMBOL);
    protector.check(SYMBOL);
    expect(protector.isProtected(bench.book.position(SYMBOL)!)).toBe(false);
    expect(warnings.slice(1)).toEqual(['BTCUSDT: it is not listed: nothing can be placed for it']);
  });

  it('does nothing while the account is not ours to manage', async () => {
    mayManage = false;
    await opened();
    protector.close(SYMBOL, 'flatten');
    expect(bench.broker.placed).toHaveLength(1);
    mayManage = true;
    protector.check(SYMBOL);
    await settles();
    expect(resting()).toContain('stop 10 working');
  });

  it('stops trading where a decision cannot be made', async () => {
    await opened();
    filters = { ...FILTERS, marketStepSize: 'no number' };
    expect(() => protector.check(SYMBOL)).not.toThrow();
    expect(bench.broken.map(({ code }) => code)).toEqual(['DECIMAL.MALFORMED']);
  });
});
