/** Contract: what is refused is `rejected`, leaves no order, and changes nothing. */
import Big from 'big.js';
import type { LimitOrder, NewOrder } from '../../core/broker';
import type { ContractTrader } from './contract-trader';
import { newClientId } from './contract-trader';

type Fault = (good: LimitOrder, t: ContractTrader) => NewOrder | Promise<NewOrder>;

/** A good order with one thing wrong. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'an unknown symbol': (good) => ({ ...good, symbol: 'NOSUCHUSDT' }),
  'a quantity of zero': (good) => ({ ...good, quantity: '0' }),
  'a quantity off the step': (good, t) => ({
    ...good,
    quantity: new Big(good.quantity).plus(new Big(t.instrument.filters.stepSize).div(10)).toFixed(),
  }),
  'a price off the tick': (good, t) => ({
    ...good,
    price: new Big(good.price).plus(new Big(t.instrument.filters.tickSize).div(10)).toFixed(),
  }),
  'less than the least notional': (good, t) => ({
    ...good,
    quantity: t.instrument.filters.minQty,
    price: cheap(t),
  }),
  'more than the margin allows': async (good, t) => ({
    ...good,
    quantity: await t.quantity(Number(t.harness.initialBalance) * 25),
  }),
  'a client order id of 37 characters': (good) => ({ ...good, clientOrderId: newClientId().padEnd(37, 'x') }),
  'a client order id with a blank': (good) => ({ ...good, clientOrderId: `${newClientId()} x` }),
  'reduce-only without a position': (good) => ({ ...good, reduceOnly: true }),
  'a stop that would trigger at once': async (good, t) => ({
    kind: 'stop',
    symbol: good.symbol,
    clientOrderId: good.clientOrderId,
    side: 'sell',
    quantity: good.quantity,
    reduceOnly: true,
    triggerPrice: await t.priceTimes(1.02),
    workingType: 'contract',
  }),
};

/** A price at which the least quantity is worth less than the least notional, however dear the market is. */
function cheap({ instrument }: ContractTrader): string {
  const { minNotional, minQty, tickSize } = instrument.filters;
  return new Big(minNotional)
    .div(minQty)
    .times(0.5)
    .div(tickSize)
    .round(0, Big.roundDown)
    .times(tickSize)
    .toFixed();
}

export function describeRejections(trader: () => ContractTrader): void {
  describe('rejections', () => {
    it.each(Object.keys(FAULTS))('%s', async (name) => {
      const t = trader();
      const good: LimitOrder = {
        kind: 'limit',
        symbol: t.symbol,
        clientOrderId: newClientId(),
        side: 'buy',
        quantity: await t.quantity(300),
        price: await t.priceTimes(0.98),
        timeInForce: 'GTC',
        reduceOnly: false,
      };
      const before = await t.broker.account();
      const order = await FAULTS[name]!(good, t);
      const error = await t.refusalOf(() => t.broker.place(order));
      expect(error).toMatchObject({ kind: 'rejected' });
      expect(error.code).toMatch(/^[A-Z]+\.[A-Z_]+$/);
      const after = await t.broker.account();
      expect(after.openOrders).toEqual([]);
      expect(after.walletBalance).toBe(before.walletBalance);
      if (order.symbol === t.symbol && /^\S{1,36}$/.test(order.clientOrderId)) {
        expect(await t.broker.find(order)).toBeUndefined();
      }
    });

    it('a client order id that another open order has; the other one stays', async () => {
      const t = trader();
      const quantity = await t.quantity(300);
      const price = await t.priceTimes(0.97);
      const first = await t.limit('buy', quantity, price);
      const { clientOrderId } = first;
      const error = await t.refusalOf(() => t.limit('buy', quantity, price, { clientOrderId }));
      expect(error.kind).toBe('rejected');
      expect(await t.broker.find(first)).toMatchObject({ state: 'resting', orderId: first.orderId });
      expect(await t.openIds()).toEqual([clientOrderId]);
    });

    it('a client order id that another resting stop has', async () => {
      const t = trader();
      const quantity = await t.quantity(300);
      await t.market('buy', quantity);
      const stop = { kind: 'stop', side: 'sell', quantity, triggerPrice: await t.priceTimes(0.95) } as const;
      const { clientOrderId } = await t.trigger(stop);
      const error = await t.refusalOf(() => t.trigger({ ...stop, clientOrderId }));
      expect(error.kind).toBe('rejected');
      expect(await t.openIds()).toEqual([clientOrderId]);
    });

    it('reduce-only on the side that would add', async () => {
      const t = trader();
      const quantity = await t.quantity(300);
      await t.market('buy', quantity);
      const error = await t.refusalOf(() => t.market('buy', quantity, { reduceOnly: true }));
      expect(error.kind).toBe('rejected');
      await t.untilPosition(quantity);
    });
  });
}
