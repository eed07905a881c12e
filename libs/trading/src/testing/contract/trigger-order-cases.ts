/** Contract: stops and take-profits, from their resting to the fill of what they become. */
import Big from 'big.js';
import type { OrderReport, OrderSide, TriggerOrder } from '../../core/broker';
import type { ContractTrader } from './contract-trader';
import { opposite, sum } from './contract-trader';

interface Protection {
  readonly entry: OrderSide;
  readonly kind: TriggerOrder['kind'];
  readonly workingType: TriggerOrder['workingType'];
  /** Trigger over price. */
  readonly at: number;
  /** Where the price goes then. */
  readonly to: number;
}

const PROTECTIONS: readonly Protection[] = [
  { entry: 'buy', kind: 'stop', workingType: 'contract', at: 0.98, to: 0.97 },
  { entry: 'sell', kind: 'stop', workingType: 'mark', at: 1.02, to: 1.03 },
  { entry: 'buy', kind: 'take-profit', workingType: 'mark', at: 1.02, to: 1.03 },
  { entry: 'sell', kind: 'take-profit', workingType: 'contract', at: 0.98, to: 0.97 },
];

export function describeTriggerOrders(trader: () => ContractTrader): void {
  describe('trigger orders', () => {
    it.each(PROTECTIONS)('$kind of a $entry, by $workingType price: rests, triggers, fills', (protection) =>
      livesItsLife(trader(), protection),
    );

    it('do nothing before their price', async () => {
      const t = trader();
      const quantity = await t.quantity(300);
      await t.market('buy', quantity);
      const price = await t.price();
      const stop = await placeTrigger(t, {
        entry: 'buy',
        kind: 'stop',
        workingType: 'contract',
        at: 0.97,
        to: 0,
      });
      await t.harness.movePrice(t.symbol, price * 0.99);
      expect(await t.broker.find(stop)).toMatchObject({ state: 'resting' });
      await t.untilPosition(quantity);
    });

    it('are cancelled like others, and told so', async () => {
      const t = trader();
      await t.market('buy', await t.quantity(300));
      const stop = await placeTrigger(t, PROTECTIONS[0]!);
      expect(await t.broker.cancel(stop)).toMatchObject({ kind: 'stop', state: 'cancelled' });
      expect(await t.broker.cancel(stop)).toMatchObject({ state: 'cancelled' });
      expect(await t.broker.find(stop)).toMatchObject({ state: 'cancelled' });
      expect(await t.openIds()).toEqual([]);
      await t.eventually(() => t.reportsOf(stop).at(-1)?.state === 'cancelled');
    });

    it('close no more than there is', async () => {
      const t = trader();
      const quantity = await t.quantity(600);
      await t.market('buy', quantity);
      const stop = await placeTrigger(t, PROTECTIONS[0]!, new Big(quantity).times(2).toFixed());
      await t.harness.movePrice(t.symbol, (await t.price()) * 0.97);
      const report = await t.untilFinal(stop);
      expect(new Big(report.filledQuantity).eq(quantity)).toBe(true);
      await t.untilPosition('0');
    });

    it('stand beside one another, a stop and a target, until one is cancelled', async () => {
      const t = trader();
      await t.market('buy', await t.quantity(300));
      const stop = await placeTrigger(t, PROTECTIONS[0]!);
      const target = await placeTrigger(t, PROTECTIONS[2]!);
      expect((await t.openIds()).sort()).toEqual([stop.clientOrderId, target.clientOrderId].sort());
      await t.broker.cancel(target);
      expect(await t.openIds()).toEqual([stop.clientOrderId]);
    });
  });
}

async function placeTrigger(
  t: ContractTrader,
  { entry, kind, workingType, at }: Protection,
  quantity?: string,
) {
  const triggerPrice = await t.priceTimes(at);
  const held = new Big(await t.position()).abs().toFixed();
  const side = opposite(entry);
  return t.trigger({ kind, side, workingType, triggerPrice, quantity: quantity ?? held });
}

async function livesItsLife(t: ContractTrader, protection: Protection): Promise<void> {
  const quantity = await t.quantity(500);
  await t.market(protection.entry, quantity);
  const price = await t.price();
  const placed = await placeTrigger(t, protection);
  expectResting(placed, protection);
  expectResting(await t.broker.find(placed), protection);
  expect(await t.openIds()).toEqual([placed.clientOrderId]);
  await t.harness.movePrice(t.symbol, price * protection.to);
  const filled = await t.untilState(placed, 'filled');
  expect(filled.algoId).toBe(placed.algoId);
  expect(filled.orderId).toMatch(/^\d+$/);
  expect(new Big(filled.filledQuantity).eq(quantity)).toBe(true);
  const fills = await t.untilFilled(placed.clientOrderId, quantity);
  expect(fills.every((fill) => fill.side === opposite(protection.entry) && !fill.isMaker)).toBe(true);
  const isLoss = protection.kind === 'stop';
  expect(sum(fills.map((fill) => fill.realizedPnl)).lt(0)).toBe(isLoss);
  await t.untilPosition('0');
  expect(await t.openIds()).toEqual([]);
  await t.eventually(() => t.reportsOf(placed).at(-1)?.state === 'filled');
  expect(t.reportsOf(placed).map(({ kind }) => kind)).not.toContain('market');
}

function expectResting(report: OrderReport | undefined, { kind }: Protection): void {
  expect(report).toMatchObject({ kind, state: 'resting', reduceOnly: true });
  expect(report!.algoId).toMatch(/^\d+$/);
  expect(Number(report!.triggerPrice)).toBeGreaterThan(0);
}
