/** Contract: limit orders that rest, that do not, that are cancelled and asked for. */
import Big from 'big.js';
import type { Decimal, OrderReport } from '../../core/broker';
import type { ContractTrader } from './contract-trader';
import { newClientId, sum } from './contract-trader';

export function describeRestingOrders(trader: () => ContractTrader): void {
  describe('limit orders', () => {
    it('rest, are seen, and fill at their price when the market comes', () => restsThenFills(trader()));
    it('that cross fill at once, at no worse a price', () => crosses(trader()));
    it('IOC take what there is up to their price, and no more', () => takesWhatThereIs(trader()), 60_000);
    it('FOK that cannot be filled wholly fill nothing', () => fillsAllOrNothing(trader()));
    it('GTX that would take are refused', () => postOnlyRefused(trader()));

    it('GTX that would not take rest', async () => {
      const t = trader();
      const price = await t.priceTimes(0.98);
      const placed = await t.limit('buy', await t.quantity(300), price, { timeInForce: 'GTX' });
      expect(Number((await t.untilState(placed, 'resting')).filledQuantity)).toBe(0);
    });
  });
  describeCancels(trader);
}

function describeCancels(trader: () => ContractTrader): void {
  describe('cancelling and asking', () => {
    it('cancels once, tells the same again, and leaves nothing open', async () => {
      const t = trader();
      const placed = await t.limit('buy', await t.quantity(300), await t.priceTimes(0.97));
      const cancelled = await t.broker.cancel(placed);
      expect(cancelled).toMatchObject({ clientOrderId: placed.clientOrderId, state: 'cancelled' });
      expect(await t.broker.cancel(placed)).toMatchObject({ state: 'cancelled' });
      expect(await t.broker.find(placed)).toMatchObject({ state: 'cancelled' });
      expect(await t.openIds()).toEqual([]);
      await t.eventually(() => t.reportsOf(placed).at(-1)?.state === 'cancelled');
    });

    it('answers a cancel that came too late with how the order ended', async () => {
      const t = trader();
      const filled = await t.market('buy', await t.quantity(300));
      expect(await t.broker.cancel(filled)).toMatchObject({ state: 'filled' });
    });

    it('knows nothing of orders that never were, in either service', async () => {
      const t = trader();
      for (const kind of ['market', 'limit', 'stop', 'take-profit'] as const) {
        const ref = { symbol: t.symbol, clientOrderId: newClientId(), kind };
        expect(await t.broker.find(ref)).toBeUndefined();
        expect(await t.broker.cancel(ref)).toBeUndefined();
      }
    });

    it('keeps the fills of an order that is cancelled or asked for by its id alone', async () => {
      const t = trader();
      const quantity = await t.quantity(300);
      const { clientOrderId, symbol } = await t.limit('buy', quantity, await t.priceTimes(1.02));
      const found = await t.untilFinal({ clientOrderId, symbol, kind: 'limit' });
      expect(found).toMatchObject({ state: 'filled', side: 'buy', reduceOnly: false });
      expect(new Big(found.quantity).eq(quantity)).toBe(true);
    });
  });
}

async function restsThenFills(t: ContractTrader): Promise<void> {
  const quantity = await t.quantity(300);
  const price = await t.priceTimes(0.98);
  const placed = await t.limit('buy', quantity, price);
  expect(placed).toMatchObject({ state: 'resting', kind: 'limit' });
  expect(await t.broker.find(placed)).toMatchObject({ state: 'resting' });
  expect(await t.openIds()).toEqual([placed.clientOrderId]);
  await t.harness.movePrice(t.symbol, Number(price) * 0.97);
  const filled = await t.untilState(placed, 'filled');
  expect(new Big(filled.averagePrice).lte(price)).toBe(true);
  const fills = await t.untilFilled(placed.clientOrderId, quantity);
  expect(fills.every((fill) => new Big(fill.price).lte(price))).toBe(true);
  await t.untilPosition(quantity);
  expect(await t.openIds()).toEqual([]);
}

async function crosses(t: ContractTrader): Promise<void> {
  const quantity = await t.quantity(300);
  const price = await t.priceTimes(0.99);
  const filled = await t.untilState(await t.limit('sell', quantity, price), 'filled');
  expect(new Big(filled.averagePrice).gte(price)).toBe(true);
  const fills = await t.untilFilled(filled.clientOrderId, quantity);
  expect(fills.every((fill) => !fill.isMaker)).toBe(true);
}

/** More than the best price holds: five times the balance. */
async function tooMuch(t: ContractTrader): Promise<Decimal> {
  return t.quantity(Number(t.harness.initialBalance) * 5);
}

async function takesWhatThereIs(t: ContractTrader): Promise<void> {
  const quantity = await tooMuch(t);
  // The best price may move away before the order is there.
  const taken = await t.eventually(async () => {
    const { ask } = await t.harness.book(t.symbol);
    const placed = await t.limit('buy', quantity, new Big(ask).toFixed(), { timeInForce: 'IOC' });
    const report = await t.untilFinal(placed);
    if (report.state === 'filled') await sellAgain(t, report);
    expect(report.state).toBe('expired');
    if (Number(report.filledQuantity) === 0) throw new Error('nothing was taken');
    return { report, ask };
  });
  const { report, ask } = taken;
  expect(new Big(report.filledQuantity).lt(quantity)).toBe(true);
  const fills = await t.untilFilled(report.clientOrderId, report.filledQuantity);
  expect(fills.every((fill) => new Big(fill.price).lte(ask))).toBe(true);
  expect(await t.openIds()).toEqual([]);
}

async function fillsAllOrNothing(t: ContractTrader): Promise<void> {
  const quantity = await tooMuch(t);
  await t.eventually(async () => {
    const clientOrderId = newClientId();
    const { ask } = await t.harness.book(t.symbol);
    const price = new Big(ask).toFixed();
    const end = await endOf(t, () => t.limit('buy', quantity, price, { timeInForce: 'FOK', clientOrderId }));
    if (end?.state === 'filled') await sellAgain(t, end);
    expectUnfilled(end);
    expect(t.fills(clientOrderId)).toEqual([]);
  });
  expect(await t.position()).toBe('0');
}

/** The market fell before the order was there, and there was enough. */
async function sellAgain(t: ContractTrader, { filledQuantity }: OrderReport): Promise<void> {
  await t.market('sell', filledQuantity, { reduceOnly: true });
}

async function postOnlyRefused(t: ContractTrader): Promise<void> {
  const price = await t.priceTimes(1.02);
  const quantity = await t.quantity(300);
  const clientOrderId = newClientId();
  expectUnfilled(
    await endOf(t, () => t.limit('buy', quantity, price, { timeInForce: 'GTX', clientOrderId })),
  );
  expect(sum(t.fills(clientOrderId).map((fill) => fill.quantity)).eq(0)).toBe(true);
  expect(await t.openIds()).toEqual([]);
}

/** The exchange refuses at once, which is told as undefined, or accepts the order and lets it end. */
async function endOf(t: ContractTrader, place: () => Promise<OrderReport>): Promise<OrderReport | undefined> {
  let placed: OrderReport;
  try {
    placed = await place();
  } catch (error) {
    expect(error).toMatchObject({ kind: 'rejected' });
    return undefined;
  }
  return t.untilFinal(placed);
}

function expectUnfilled(end: OrderReport | undefined): void {
  if (end === undefined) return;
  expect(['expired', 'rejected']).toContain(end.state);
  expect(Number(end.filledQuantity)).toBe(0);
}
