/** Contract: an account outlives the broker that trades it. */
import type { ContractTrader } from './contract-trader';
import { newClientId } from './contract-trader';

export function describeRestart(trader: () => ContractTrader): void {
  describe('link and restart', () => {
    it('tells that the link is up', async () => {
      const t = trader();
      await t.eventually(() => t.events.some((event) => event.kind === 'link' && event.isUp));
    });

    it('keeps position, orders, fills and balance', () => keepsEverything(trader()), 60_000);
    it('goes on where it was: orders fill and are cancelled', () => goesOn(trader()), 60_000);
  });
}

async function keepsEverything(t: ContractTrader): Promise<void> {
  const quantity = await t.quantity(500);
  const filled = await t.market('buy', quantity);
  const resting = await t.limit('buy', quantity, await t.priceTimes(0.95));
  const triggerPrice = await t.priceTimes(0.93);
  const stop = await t.trigger({ kind: 'stop', side: 'sell', quantity, triggerPrice });
  const cancelled = await t.limit('buy', quantity, await t.priceTimes(0.94));
  await t.broker.cancel(cancelled);
  await t.untilFilled(filled.clientOrderId, quantity);
  const [account, fills] = [await t.broker.account(), await t.broker.fills(undefined, 0)];
  await t.restart();
  const after = await t.broker.account();
  expect(after.walletBalance).toBe(account.walletBalance);
  const held = ({ symbol, quantity, entryPrice }: (typeof after.positions)[number]) => ({
    symbol,
    quantity,
    entryPrice,
  });
  expect(after.positions.map(held)).toEqual(account.positions.map(held));
  const ids = [resting.clientOrderId, stop.clientOrderId].sort();
  expect(after.openOrders.map((order) => order.clientOrderId).sort()).toEqual(ids);
  expect(await t.broker.fills(undefined, 0)).toEqual(fills);
  expect(await t.broker.find(filled)).toMatchObject({ state: 'filled', orderId: filled.orderId });
  expect(await t.broker.find(resting)).toMatchObject({ state: 'resting', orderId: resting.orderId });
  expect(await t.broker.find(stop)).toMatchObject({ state: 'resting', algoId: stop.algoId });
  expect(await t.broker.find(cancelled)).toMatchObject({ state: 'cancelled' });
  const unknown = { symbol: t.symbol, clientOrderId: newClientId(), kind: 'limit' } as const;
  expect(await t.broker.find(unknown)).toBeUndefined();
}

async function goesOn(t: ContractTrader): Promise<void> {
  const quantity = await t.quantity(500);
  await t.market('buy', quantity);
  const price = await t.price();
  const resting = await t.limit('buy', quantity, await t.priceTimes(0.9));
  const triggerPrice = await t.priceTimes(0.98);
  const stop = await t.trigger({ kind: 'stop', side: 'sell', quantity, triggerPrice });
  await t.restart();
  expect(await t.broker.cancel(resting)).toMatchObject({ state: 'cancelled' });
  await t.harness.movePrice(t.symbol, price * 0.97);
  await t.untilState(stop, 'filled');
  await t.untilFilled(stop.clientOrderId, quantity);
  await t.untilPosition('0');
  // New ids are not those of before.
  const fills = await t.broker.fills(t.symbol, 0);
  expect(new Set(fills.map((fill) => fill.tradeId)).size).toBe(fills.length);
}
