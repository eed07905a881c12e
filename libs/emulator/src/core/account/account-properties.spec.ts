import fc from 'fast-check';
import { MINUTE_MS, SECOND_MS } from '@slt/domain';
import { type Decimal, decimal, sum, ZERO } from './money';
import { paramsOf } from './params';
import type { TradeRecord } from './order';
import type { AccountLedger } from './report-desk';
import { type Act, RandomDay } from './testing/random-day';

const symbol = fc.nat({ max: 2 });
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const order = {
  symbol,
  buy: fc.boolean(),
  worth: fc.oneof(fc.integer({ min: 3, max: 3000 }), fc.integer({ min: 3000, max: 90_000 })),
  offset: fc.integer({ min: -300, max: 300 }),
  flags: fc.nat({ max: 63 }),
};

const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('order' as const), ...order, type: unit }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('algo' as const), ...order, type: fc.nat({ max: 4 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('cancel' as const),
        pick: fc.nat({ max: 20 }),
        way: fc.nat({ max: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('amend' as const),
        pick: fc.nat({ max: 20 }),
        worth: order.worth,
        offset: order.offset,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('setting' as const),
        symbol,
        what: fc.nat({ max: 4 }),
        value: fc.integer({ min: 1, max: 75 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('transfer' as const),
        amount: fc.integer({ min: -3000, max: 3000 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('jump' as const),
        symbol,
        factor: fc.double({ min: 0.75, max: 1.3, noNaN: true }),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('pass' as const),
        ms: fc.oneof(
          fc.integer({ min: 1, max: 3 * SECOND_MS }),
          fc.integer({ min: 1, max: 20 * MINUTE_MS }),
          fc.integer({ min: 1, max: 600 * MINUTE_MS }),
        ),
      }),
    },
  ),
  { minLength: 5, maxLength: 40 },
);

const seed = fc.integer({ min: 1, max: 1_000_000 });
const signed = (trade: TradeRecord): Decimal => decimal(trade.side === 'BUY' ? trade.qty : `-${trade.qty}`);

function booksBalance(ledger: AccountLedger): void {
  const booked = sum(ledger.income.map(({ income }) => decimal(income)));
  expect(decimal(ledger.initialBalance).plus(booked).toFixed(8)).toBe(ledger.walletBalance);
  expect(ledger.income.at(-1)?.balanceAfter ?? ledger.initialBalance).toBe(ledger.walletBalance);
}

function positionsAreSumsOfFills(ledger: AccountLedger): void {
  const held = new Map<string, Decimal>();
  for (const trade of ledger.trades) {
    const key = `${trade.symbol}/${trade.positionSide}`;
    held.set(key, (held.get(key) ?? ZERO).plus(signed(trade)));
  }
  for (const { symbol, positionSide, positionAmt } of ledger.positions) {
    const key = `${symbol}/${positionSide}`;
    expect([key, (held.get(key) ?? ZERO).toFixed()]).toEqual([key, decimal(positionAmt).toFixed()]);
    held.delete(key);
    if (positionSide === 'LONG') expect(Number(positionAmt)).toBeGreaterThan(0);
    if (positionSide === 'SHORT') expect(Number(positionAmt)).toBeLessThan(0);
  }
  for (const [key, amount] of held) expect([key, amount.toFixed()]).toEqual([key, '0']);
}

function ordersAreSumsOfTrades(day: RandomDay, ledger: AccountLedger): void {
  const amended = new Set(
    day.events.map((event) =>
      event.kind === 'order-trade-update' && event.execution === 'AMENDMENT'
        ? event.order.orderId
        : undefined,
    ),
  );
  for (const order of ledger.orders) {
    const trades = ledger.trades.filter((trade) => trade.orderId === order.orderId);
    const executed = sum(trades.map(({ qty }) => decimal(qty)));
    expect(executed.toFixed()).toBe(decimal(order.executedQty).toFixed());
    expect(executed.lte(order.origQty)).toBe(true);
    if (order.status === 'FILLED') expect(executed.eq(order.origQty)).toBe(true);
    if (order.status === 'NEW') expect(executed.eq(ZERO)).toBe(true);
    if (order.status === 'PARTIALLY_FILLED')
      expect(executed.gt(ZERO) && executed.lt(order.origQty)).toBe(true);
    for (const { price, qty } of trades) {
      expect(Number(qty)).toBeGreaterThan(0);
      if (order.type === 'LIMIT' && order.timeInForce === 'FOK') expect(order.status).toBe('FILLED');
      // An amended order's earlier fills were within its earlier price.
      if (order.type === 'LIMIT' && !amended.has(order.orderId)) {
        expect(
          order.side === 'BUY' ? Number(price) <= Number(order.price) : Number(price) >= Number(order.price),
        ).toBe(true);
      }
    }
  }
}

function idsAreUnique(ledger: AccountLedger): void {
  const unique = (ids: readonly unknown[]): void => expect(new Set(ids).size).toBe(ids.length);
  unique(ledger.orders.map(({ orderId }) => orderId));
  unique(ledger.algoOrders.map(({ algoId }) => algoId));
  unique(ledger.income.map(({ tranId }) => tranId));
  unique(ledger.trades.map(({ symbol, tradeId }) => `${symbol}/${tradeId}`));
  const last = new Map<string, number>();
  for (const { symbol, tradeId } of ledger.trades) {
    expect(tradeId).toBeGreaterThan(last.get(symbol) ?? 0);
    last.set(symbol, tradeId);
  }
}

/** Cash from trades with what is held at its price is what was realised and what is not. */
function equityIsConserved(ledger: AccountLedger): void {
  const cash = sum(ledger.trades.map((trade) => signed(trade).times(trade.price).neg()));
  const worth = sum(ledger.positions.map((row) => decimal(row.positionAmt).times(row.markPrice)));
  const realized = sum(ledger.trades.map((trade) => decimal(trade.realizedPnl)));
  const unrealized = sum(ledger.positions.map((row) => decimal(row.unrealizedProfit)));
  const gap = cash.plus(worth).minus(realized).minus(unrealized).abs();
  expect(gap.lte(decimal('0.00000001').times(ledger.trades.length + ledger.positions.length + 1))).toBe(true);
}

function streamTellsTheLedger(day: RandomDay, ledger: AccountLedger): void {
  const told = new Map<bigint, string>();
  const algos = new Map<bigint, string>();
  const trades: number[] = [];
  let [at, wallet] = [0, ledger.initialBalance];
  for (const event of day.events) {
    expect(event.at).toBeGreaterThanOrEqual(at);
    at = event.at;
    if (event.kind === 'order-trade-update') {
      told.set(event.order.orderId, `${event.order.status} ${event.order.executedQty}`);
      if (event.trade !== undefined) trades.push(event.trade.tradeId);
    } else if (event.kind === 'algo-update') algos.set(event.algo.algoId, event.algo.algoStatus);
    else if (event.kind === 'account-update') wallet = event.balance.walletBalance;
  }
  for (const { orderId, status, executedQty } of ledger.orders) {
    expect(told.get(orderId)).toBe(`${status} ${executedQty}`);
  }
  for (const { algoId, algoStatus } of ledger.algoOrders) expect(algos.get(algoId)).toBe(algoStatus);
  expect(trades).toEqual(ledger.trades.map(({ tradeId }) => tradeId));
  expect(wallet).toBe(ledger.walletBalance);
}

function nothingIsLeftBehind(day: RandomDay, ledger: AccountLedger): void {
  const { availableBalance } = day.engine.reports.balance(day.now);
  expect(Number(availableBalance)).toBeGreaterThanOrEqual(0);
  const reducible = (order: { symbol: string; positionSide: string; side: string }): boolean =>
    ledger.positions.some(
      (row) =>
        row.symbol === order.symbol &&
        row.positionSide === order.positionSide &&
        (order.side === 'SELL') === Number(row.positionAmt) > 0,
    );
  for (const order of day.engine.orders.open(paramsOf({}), day.now)) {
    const closes = order.reduceOnly || (order.positionSide === 'LONG') !== (order.side === 'BUY');
    if (order.positionSide !== 'BOTH' ? closes : order.reduceOnly) expect(reducible(order)).toBe(true);
  }
  for (const algo of ledger.algoOrders) {
    if (algo.closePosition && algo.algoStatus === 'NEW') expect(reducible(algo)).toBe(true);
  }
}

describe('whatever is done with an account', () => {
  it('its books balance, and its stream tells them', () => {
    fc.assert(
      fc.property(seed, fc.boolean(), acts, (of, isHedge, list) => {
        const day = new RandomDay(of, isHedge);
        for (const act of list) {
          day.do(act);
          const ledger = day.engine.ledger(day.now);
          booksBalance(ledger);
          positionsAreSumsOfFills(ledger);
          equityIsConserved(ledger);
        }
        const ledger = day.engine.ledger(day.now);
        ordersAreSumsOfTrades(day, ledger);
        idsAreUnique(ledger);
        streamTellsTheLedger(day, ledger);
        nothingIsLeftBehind(day, ledger);
      }),
      { numRuns: 15 },
    );
  });

  it('comes out the same however time is sliced', () => {
    const slices = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        seed,
        fc.boolean(),
        acts,
        fc.array(slices, { minLength: 1, maxLength: 5 }),
        (of, isHedge, list, cuts) => {
          const run = (cut: (index: number) => readonly number[]): [unknown, AccountLedger] => {
            const day = new RandomDay(of, isHedge);
            list.forEach((act: Act, i) => day.do(act, cut(i)));
            return [day.events, day.engine.ledger(day.now)];
          };
          expect(run((i) => cuts[i % cuts.length]!)).toEqual(run(() => []));
        },
      ),
      { numRuns: 15 },
    );
  });
});
