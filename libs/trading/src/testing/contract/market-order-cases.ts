/** Contract: market orders, reduce-only, and what they make of the position. */
import Big from 'big.js';
import type { ContractTrader } from './contract-trader';
import { expectSameMoney, newClientId, sum } from './contract-trader';

export function describeMarketOrders(trader: () => ContractTrader): void {
  describe('market orders', () => {
    it('are filled wholly, and every account of it agrees', async () => {
      const t = trader();
      const price = await t.price();
      const quantity = await t.quantity(1_000);
      const report = await t.market('buy', quantity);
      expect(report).toMatchObject({ symbol: t.symbol, side: 'buy', kind: 'market', state: 'filled' });
      expect(new Big(report.filledQuantity).eq(quantity)).toBe(true);
      const fills = await t.untilFilled(report.clientOrderId, quantity);
      const notional = sum(fills.map((fill) => new Big(fill.price).times(fill.quantity)));
      const average = notional.div(quantity).toNumber();
      expect(Number(report.averagePrice)).toBeCloseTo(average, 6);
      expect(Math.abs(average / price - 1)).toBeLessThan(0.01);
      for (const fill of fills) {
        expect(fill).toMatchObject({
          side: 'buy',
          feeAsset: 'USDT',
          isMaker: false,
          orderId: report.orderId,
        });
        expect(Number(fill.fee)).toBeGreaterThan(0);
        expect(Number(fill.realizedPnl)).toBe(0);
      }
      await t.untilPosition(quantity);
      const { positions } = await t.broker.account();
      expect(positions).toHaveLength(1);
      expect(Number(positions[0]!.entryPrice) / average).toBeCloseTo(1, 6);
    });

    it('pay a fee on their notional and realise nothing while the position grows', async () => {
      const t = trader();
      const quantity = await t.quantity(500);
      for (const side of ['sell', 'sell'] as const) await t.market(side, quantity);
      await t.untilPosition(new Big(quantity).times(-2));
      const fills = await t.broker.fills(t.symbol, 0);
      const fees = sum(fills.map((fill) => fill.fee));
      const notional = sum(fills.map((fill) => new Big(fill.price).times(fill.quantity)));
      // The taker's fee of an ordinary account is 0.05 %.
      expect(fees.div(notional).toNumber()).toBeCloseTo(0.0005, 6);
      const { walletBalance } = await t.broker.account();
      expectSameMoney(walletBalance, new Big(t.harness.initialBalance).minus(fees));
    });

    it('realise the difference of prices when they close', async () => {
      const t = trader();
      const quantity = await t.quantity(1_000);
      const opened = await t.market('buy', quantity);
      await t.harness.movePrice(t.symbol, (await t.price()) * 1.03);
      const closed = await t.market('sell', quantity);
      const fills = await t.untilFilled(closed.clientOrderId, quantity);
      const realized = sum(fills.map((fill) => fill.realizedPnl));
      const expected = new Big(closed.averagePrice).minus(opened.averagePrice).times(quantity);
      expect(realized.toNumber()).toBeGreaterThan(0);
      expect(realized.div(expected).toNumber()).toBeCloseTo(1, 4);
      await t.untilPosition('0');
      expect((await t.broker.account()).positions).toEqual([]);
    });

    it('turn a position over in one order', async () => {
      const t = trader();
      const quantity = await t.quantity(500);
      await t.market('buy', quantity);
      await t.market('sell', new Big(quantity).times(3).toFixed());
      await t.untilPosition(new Big(quantity).times(-2));
    });

    it('tell their events: accepted or filled first, filled last', async () => {
      const t = trader();
      const quantity = await t.quantity(200);
      const { clientOrderId } = await t.market('buy', quantity);
      const last = await t.eventually(() => {
        const report = t.reportsOf({ clientOrderId }).at(-1);
        if (report?.state !== 'filled') throw new Error(`the last event says ${report?.state}`);
        return report;
      });
      expect(new Big(last.filledQuantity).eq(quantity)).toBe(true);
    });

    it('never overturn a position when they are reduce-only', async () => {
      const t = trader();
      const quantity = await t.quantity(500);
      await t.market('buy', quantity);
      const more = new Big(quantity).times(2).toFixed();
      const report = await t.market('sell', more, { reduceOnly: true });
      expect(['filled', 'expired']).toContain(report.state);
      expect(new Big(report.filledQuantity).eq(quantity)).toBe(true);
      expect(report.reduceOnly).toBe(true);
      await t.untilPosition('0');
    });

    it('trade a symbol that is not ASCII', async () => {
      const t = trader();
      const { nonAscii } = t.harness;
      const { symbol } = nonAscii;
      expect(symbol).toMatch(/[^\u0000-\u007f]/u); // eslint-disable-line no-control-regex
      const quantity = await t.quantity(300, nonAscii);
      const report = await t.market('buy', quantity, { symbol });
      expect(report).toMatchObject({ symbol, state: 'filled' });
      await t.untilPosition(quantity, symbol);
      const fills = await t.broker.fills(symbol, 0);
      expect(sum(fills.map((fill) => fill.quantity)).eq(quantity)).toBe(true);
      expect(fills.every((fill) => fill.symbol === symbol)).toBe(true);
    });

    it('take client order ids of 36 characters, of every kind that is allowed', async () => {
      const t = trader();
      const clientOrderId = `A.b:C/d_E-${newClientId()}`.padEnd(36, '9');
      expect(clientOrderId).toHaveLength(36);
      const quantity = await t.quantity(200);
      const report = await t.market('buy', quantity, { clientOrderId });
      expect(report.clientOrderId).toBe(clientOrderId);
      await t.untilFilled(clientOrderId, quantity);
    });

    it('have ids that are text, and trades of their own', async () => {
      const t = trader();
      const quantity = await t.quantity(200);
      const reports = [await t.market('buy', quantity), await t.market('sell', quantity)];
      const fills = await t.broker.fills(undefined, 0);
      for (const { orderId } of reports) expect(orderId).toMatch(/^\d+$/);
      expect(new Set(reports.map(({ orderId }) => orderId)).size).toBe(2);
      for (const fill of fills)
        expect([typeof fill.tradeId, typeof fill.orderId]).toEqual(['string', 'string']);
      expect(new Set(fills.map((fill) => `${fill.symbol} ${fill.tradeId}`)).size).toBe(fills.length);
    });
  });
}
