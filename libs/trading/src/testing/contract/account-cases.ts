/** Contract: account, fills, fundings and the heartbeat. */
import Big from 'big.js';
import type { ContractTrader } from './contract-trader';
import { expectSameMoney, sum } from './contract-trader';

export function describeAccount(trader: () => ContractTrader): void {
  describe('account', () => {
    it('begins with its balance and nothing else', async () => {
      const { broker, harness } = trader();
      const account = await broker.account();
      expectSameMoney(account.walletBalance, harness.initialBalance);
      expectSameMoney(account.equity, harness.initialBalance);
      expectSameMoney(account.availableBalance, harness.initialBalance);
      expect(account).toMatchObject({ positions: [], openOrders: [] });
    });

    it('is the sum of its bookings after any to and fro', () => isSumOfBookings(trader()));
    it('values positions at the mark price', () => valuesPositions(trader()));
    it('lists fills by symbol and time, ascending, from the instant on', () => listsFills(trader()));

    it('may be prepared again with the same leverage, and with another', async () => {
      const t = trader();
      await t.broker.prepare(t.symbol, 20);
      await t.broker.prepare(t.symbol, 5);
      await t.market('buy', await t.quantity(500));
      const { positions } = await t.broker.account();
      const { initialMargin, quantity, markPrice } = positions[0]!;
      // quantity × mark ÷ leverage
      const expected = new Big(quantity).times(markPrice).div(5).toNumber();
      expect(Number(initialMargin) / expected).toBeCloseTo(1, 2);
    });

    it('tells of funding, where the market can be made to pay it', () => tellsFunding(trader()), 60_000);
  });

  describe('heartbeat', () => {
    it('cancels open plain orders when it is not repeated, and no stops', () =>
      cancelsUnlessRepeated(trader()));

    it('stops with 0', async () => {
      const t = trader();
      const resting = await t.limit('buy', await t.quantity(300), await t.priceTimes(0.95));
      await t.broker.cancelAllUnlessRepeated([t.symbol], t.harness.spanMs);
      await t.broker.cancelAllUnlessRepeated([t.symbol], 0);
      const since = await t.now();
      await t.eventually(async () => (await t.now()) > since + t.harness.spanMs);
      expect(await t.broker.find(resting)).toMatchObject({ state: 'resting' });
    });
  });
}

async function isSumOfBookings(t: ContractTrader): Promise<void> {
  const quantity = await t.quantity(600);
  const third = new Big(quantity).div(3).div(t.instrument.filters.stepSize).round(0, 0);
  const part = third.times(t.instrument.filters.stepSize).toFixed();
  await t.market('buy', quantity);
  await t.harness.movePrice(t.symbol, (await t.price()) * 1.01);
  await t.market('sell', part);
  await t.harness.movePrice(t.symbol, (await t.price()) * 0.97);
  await t.market('sell', quantity);
  await t.market('buy', part);
  const signed = (fill: { side: string; quantity: string }): Big =>
    new Big(fill.quantity).times(fill.side === 'buy' ? 1 : -1);
  await t.eventually(async () => {
    const [account, fills] = [await t.broker.account(), await t.broker.fills(undefined, 0)];
    const held = account.positions.find(({ symbol }) => symbol === t.symbol)?.quantity ?? '0';
    if (!sum(fills.map(signed)).eq(held)) throw new Error(`${held} is held, not the sum of the fills`);
    const bookings = sum(fills.map((fill) => new Big(fill.realizedPnl).minus(fill.fee)));
    expectSameMoney(account.walletBalance, bookings.plus(t.harness.initialBalance));
    // The events told of the same fills.
    expect(t.fills().length).toBe(fills.length);
  });
}

async function valuesPositions(t: ContractTrader): Promise<void> {
  await t.market('sell', await t.quantity(2_000));
  await t.harness.movePrice(t.symbol, (await t.price()) * 0.98);
  await t.eventually(async () => {
    const account = await t.broker.account();
    const position = account.positions[0]!;
    const { quantity, markPrice, entryPrice, unrealizedPnl } = position;
    const expected = new Big(markPrice).minus(entryPrice).times(quantity);
    expect(expected.toNumber()).toBeGreaterThan(0);
    expect(Number(unrealizedPnl) / expected.toNumber()).toBeCloseTo(1, 2);
    expectSameMoney(account.equity, new Big(account.walletBalance).plus(unrealizedPnl));
    expect(Number(account.maintenanceMargin)).toBeGreaterThan(0);
    expect(Number(position.initialMargin)).toBeGreaterThan(Number(position.maintenanceMargin));
    expect(Number(account.availableBalance)).toBeLessThan(Number(account.equity));
  });
}

async function listsFills(t: ContractTrader): Promise<void> {
  const other = t.harness.nonAscii;
  await t.market('buy', await t.quantity(300));
  await t.market('buy', await t.quantity(300, other), { symbol: other.symbol });
  const last = await t.market('sell', await t.quantity(300));
  await t.untilFilled(last.clientOrderId, last.filledQuantity);
  const all = await t.broker.fills(undefined, 0);
  const times = all.map((fill) => fill.at);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const ours = await t.broker.fills(t.symbol, 0);
  expect(ours).toEqual(all.filter((fill) => fill.symbol === t.symbol));
  const since = ours.at(-1)!.at;
  expect(await t.broker.fills(t.symbol, since)).toEqual(ours.filter((fill) => fill.at >= since));
  expect(await t.broker.fills(t.symbol, since + 1)).toEqual([]);
  const keyOf = (fill: { symbol: string; tradeId: string }): string => `${fill.symbol} ${fill.tradeId}`;
  expect(t.fills().map(keyOf).sort()).toEqual(all.map(keyOf).sort());
}

async function tellsFunding(t: ContractTrader): Promise<void> {
  if (t.harness.payFunding === undefined) return;
  const quantity = await t.quantity(2_000);
  await t.market('buy', quantity);
  const before = await t.broker.account();
  await t.harness.payFunding(t.symbol, 0.001);
  const payments = await t.eventually(async () => {
    const found = await t.broker.fundings(0);
    if (found.length === 0) throw new Error('no funding was booked');
    return found;
  });
  expect(payments).toHaveLength(1);
  const { amount, symbol } = payments[0]!;
  expect(symbol).toBe(t.symbol);
  // A long pays a positive rate: − notional × rate.
  const expected = -Number(quantity) * (await t.price()) * 0.001;
  expect(Number(amount) / expected).toBeCloseTo(1, 1);
  await t.eventually(() => t.fundings().length > 0);
  expect(t.fundings()[0]).toMatchObject({ amount, symbol });
  const after = await t.broker.account();
  expectSameMoney(after.walletBalance, new Big(before.walletBalance).plus(amount));
}

async function cancelsUnlessRepeated(t: ContractTrader): Promise<void> {
  const quantity = await t.quantity(300);
  await t.market('buy', quantity);
  const resting = await t.limit('buy', quantity, await t.priceTimes(0.95));
  const triggerPrice = await t.priceTimes(0.9);
  const stop = await t.trigger({ kind: 'stop', side: 'sell', quantity, triggerPrice });
  await t.broker.cancelAllUnlessRepeated([t.symbol], 10 * t.harness.spanMs);
  expect(await t.broker.find(resting)).toMatchObject({ state: 'resting' });
  await t.broker.cancelAllUnlessRepeated([t.symbol], 1_000);
  await t.untilState(resting, 'cancelled');
  await t.eventually(() => t.reportsOf(resting).at(-1)?.state === 'cancelled');
  expect(await t.broker.find(stop)).toMatchObject({ state: 'resting' });
  await t.untilPosition(quantity);
}
