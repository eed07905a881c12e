/** Whatever is ordered and wherever prices go: the account's books agree, and a restart changes nothing. */
import * as fc from 'fast-check';
import { BTC, LIFE } from '../../testing/instruments';
import { SpecAccount, T0 } from '../../testing/spec-account';
import type { BrokerEvent, NewOrder, OrderReport } from '../broker';
import { exact, sumOf, ZERO } from '../decimal';
import type { PaperSettings } from './paper-settings';
import type { Quote } from './quote';

type Step =
  | { readonly do: 'place'; readonly order: OrderPlan }
  | { readonly do: 'cancel'; readonly pick: number }
  | { readonly do: 'move'; readonly symbol: 0 | 1; readonly by: number; readonly gapMs: number }
  | { readonly do: 'fund'; readonly symbol: 0 | 1; readonly rate: number; readonly lateMs: number }
  | { readonly do: 'beat'; readonly withinMs: number };

interface OrderPlan {
  readonly symbol: 0 | 1;
  readonly kind: NewOrder['kind'];
  readonly side: 'buy' | 'sell';
  readonly size: number;
  readonly away: number;
  readonly reduceOnly: boolean;
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK' | 'GTX';
  readonly workingType: 'contract' | 'mark';
}

const INSTRUMENTS = [BTC, LIFE] as const;
const symbolIndex = fc.constantFrom<0 | 1>(0, 1);

const orderPlan: fc.Arbitrary<OrderPlan> = fc.record({
  symbol: symbolIndex,
  kind: fc.constantFrom<NewOrder['kind'][]>('market', 'limit', 'stop', 'take-profit'),
  side: fc.constantFrom<('buy' | 'sell')[]>('buy', 'sell'),
  /** USDT, up to a position that is liquidated soon. */
  size: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 150_000 })),
  away: fc.integer({ min: -300, max: 300 }),
  reduceOnly: fc.boolean(),
  timeInForce: fc.constantFrom<('GTC' | 'IOC' | 'FOK' | 'GTX')[]>('GTC', 'GTC', 'IOC', 'FOK', 'GTX'),
  workingType: fc.constantFrom<('contract' | 'mark')[]>('contract', 'mark'),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('place' as const), order: orderPlan }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick: fc.nat(50) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      symbol: symbolIndex,
      by: fc.integer({ min: -400, max: 400 }),
      gapMs: fc.integer({ min: 0, max: 5_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fund' as const),
      symbol: symbolIndex,
      rate: fc.integer({ min: -200, max: 200 }).map((points) => points / 100_000),
      lateMs: fc.nat(4_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('beat' as const), withinMs: fc.nat(3_000) }) },
);

/** Both ways of meeting the market: by quotes, and by candles that a move becomes. */
class Driver {
  readonly spec: SpecAccount;
  private now = T0;
  private readonly ticks: [number, number] = [500_000, 1_400];
  private orders: NewOrder[] = [];

  constructor(private readonly matching: PaperSettings['matching']) {
    this.spec = new SpecAccount({ matching });
    this.spec.account.prepare(LIFE.symbol, 50);
  }

  run(step: Step): void {
    const { account } = this.spec;
    switch (step.do) {
      case 'place':
        return this.place(this.orderOf(step.order), step.order.symbol);
      case 'cancel': {
        const order = this.orders.at(-1 - (step.pick % Math.max(1, this.orders.length)));
        if (order !== undefined) account.cancel(order, this.now);
        return;
      }
      case 'move':
        return this.move(step.symbol, step.by, step.gapMs);
      case 'fund': {
        const markPrice = this.priceOf(step.symbol);
        const at = Math.max(T0, this.now - step.lateMs);
        return account.onFunding(INSTRUMENTS[step.symbol].symbol, { rate: step.rate, markPrice, at });
      }
      case 'beat': {
        account.cancelAllUnlessRepeated([BTC.symbol], step.withinMs, this.now);
        return;
      }
    }
  }

  private place(order: NewOrder, index: 0 | 1): void {
    this.orders.push(order);
    try {
      this.spec.account.place(order, this.now, this.quote(index));
    } catch (error) {
      expect(error).toMatchObject({ kind: 'rejected' });
    }
  }

  private move(index: 0 | 1, by: number, gapMs: number): void {
    const { symbol } = INSTRUMENTS[index];
    const from = this.priceOf(index);
    this.now += gapMs;
    this.ticks[index] = Math.max(10, Math.round(this.ticks[index] * (1 + by / 10_000)));
    const to = this.priceOf(index);
    if (this.matching === 'quotes') this.spec.account.onQuote(symbol, this.quote(index));
    else {
      const [high, low] = [Math.max(from, to) * 1.002, Math.min(from, to) * 0.998];
      const openTime = this.now;
      this.now += 60_000;
      this.spec.account.onCandle(symbol, {
        open: from,
        high,
        low,
        close: to,
        openTime,
        closeTime: this.now - 1,
      });
    }
    this.spec.account.onTime(this.now);
  }

  private quote(index: 0 | 1): Quote {
    const ticks = this.ticks[index];
    const price = (count: number): number => this.priceOf(index, count);
    const last = price(ticks);
    return { bid: price(ticks - 1), ask: price(ticks + 1), last, mark: last, at: this.now };
  }

  private priceOf(index: 0 | 1, ticks = this.ticks[index]): number {
    return Number((ticks * Number(INSTRUMENTS[index].filters.tickSize)).toFixed(6));
  }

  private orderOf(plan: OrderPlan): NewOrder {
    const { filters, symbol } = INSTRUMENTS[plan.symbol];
    const { kind, side, reduceOnly, timeInForce, workingType } = plan;
    const level = exact(String(Math.max(1, Math.round(this.ticks[plan.symbol] * (1 + plan.away / 10_000)))))
      .times(filters.tickSize)
      .toFixed();
    const steps = Math.max(1, Math.round(plan.size / this.priceOf(plan.symbol) / Number(filters.stepSize)));
    const quantity = exact(String(steps)).times(filters.stepSize).toFixed();
    const base = { symbol, clientOrderId: `p${this.orders.length}`, side, quantity, reduceOnly };
    if (kind === 'market') return { ...base, kind };
    if (kind === 'limit') return { ...base, kind, price: level, timeInForce };
    return { ...base, kind, triggerPrice: level, workingType };
  }
}

/** What must hold after any step. */
function expectBooksAgree({ account, events }: SpecAccount): void {
  const state = account.account(T0);
  const fills = account.fills(undefined, 0);
  const fundings = account.fundings(0);
  const told = events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));
  expect([...told].sort((a, b) => a.at - b.at)).toEqual(fills);
  // Position = sum of its fills.
  for (const { symbol } of INSTRUMENTS) {
    const signed = fills
      .filter((fill) => fill.symbol === symbol)
      .map((fill) => exact(fill.quantity).times(fill.side === 'buy' ? 1 : -1));
    const held = state.positions.find((position) => position.symbol === symbol)?.quantity ?? '0';
    expect(sumOf(signed).toFixed()).toBe(exact(held).toFixed());
  }
  // Wallet = initial + realised − fees + funding, and realised + what is open = what was sold − what was bought.
  const realized = sumOf(fills.map((fill) => fill.realizedPnl));
  const fees = sumOf(fills.map((fill) => fill.fee));
  const funding = sumOf(fundings.map((payment) => payment.amount));
  const wallet = exact('10000').plus(realized).minus(fees).plus(funding);
  expect(wallet.toFixed()).toBe(exact(state.walletBalance).toFixed());
  const cashFlow = sumOf(
    fills.map((fill) =>
      exact(fill.price)
        .times(fill.quantity)
        .times(fill.side === 'buy' ? -1 : 1),
    ),
  );
  const worthOfOpen = state.positions.reduce((sum, { quantity, markPrice, unrealizedPnl }) => {
    return sum.plus(exact(quantity).times(markPrice)).minus(unrealizedPnl);
  }, ZERO);
  expect(realized.minus(cashFlow).minus(worthOfOpen).toFixed()).toBe('0');
  expect(
    sumOf(state.positions.map(({ unrealizedPnl }) => unrealizedPnl))
      .plus(wallet)
      .toFixed(),
  ).toBe(exact(state.equity).toFixed());
  expectOrdersAgree(state.openOrders, events);
}

function expectOrdersAgree(open: readonly OrderReport[], events: readonly BrokerEvent[]): void {
  const newest = new Map<string, OrderReport>();
  const filled = new Map<string, string[]>();
  for (const event of events) {
    if (event.kind === 'order') newest.set(event.report.clientOrderId, event.report);
    if (event.kind === 'fill') {
      const { clientOrderId, quantity } = event.fill;
      filled.set(clientOrderId, [...(filled.get(clientOrderId) ?? []), quantity]);
    }
  }
  const unfinished = [...newest.values()].filter(({ state }) => state === 'resting' || state === 'triggered');
  expect(open).toEqual(unfinished);
  for (const report of newest.values()) {
    const sum = sumOf(filled.get(report.clientOrderId) ?? []);
    expect(sum.toFixed()).toBe(exact(report.filledQuantity).toFixed());
    expect(sum.lte(report.quantity)).toBe(true);
    if (report.state === 'filled') expect(sum.eq(report.quantity)).toBe(true);
    expect(report.state).not.toBe('triggered');
  }
}

/** A fill of a reduce-only order takes from the position, never beyond nothing. */
function expectReduceOnlyHolds(events: readonly BrokerEvent[], reduceOnly: ReadonlySet<string>): void {
  const held = new Map<string, ReturnType<typeof exact>>();
  for (const event of events) {
    if (event.kind !== 'fill') continue;
    const { symbol, quantity, side, clientOrderId } = event.fill;
    const before = held.get(symbol) ?? ZERO;
    const after = before.plus(side === 'buy' ? quantity : `-${quantity}`);
    held.set(symbol, after);
    if (!reduceOnly.has(clientOrderId)) continue;
    expect(after.abs().lt(before.abs())).toBe(true);
    expect(after.times(before).gte(0)).toBe(true);
  }
}

describe.each(['quotes', 'candles'] as const)('PaperAccount by %s, whatever happens', (matching) => {
  it('keeps its books', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const driver = new Driver(matching);
        for (const each of steps) driver.run(each);
        expectBooksAgree(driver.spec);
        const reports = driver.spec.reports();
        const reducing = reports.filter((report) => report.reduceOnly).map((report) => report.clientOrderId);
        expectReduceOnlyHolds(driver.spec.events, new Set(reducing));
      }),
      { numRuns: 300 },
    );
  });

  it('goes on after a restart as if there had been none', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(60), (steps, at) => {
        const [through, restarted] = [new Driver(matching), new Driver(matching)];
        steps.forEach((each, i) => {
          if (i === at) restarted.spec.restore();
          through.run(each);
          restarted.run(each);
        });
        expect(restarted.spec.events).toEqual(through.spec.events);
        expect(restarted.spec.account.account(T0)).toEqual(through.spec.account.account(T0));
        expect(restarted.spec.account.fills(undefined, 0)).toEqual(through.spec.account.fills(undefined, 0));
      }),
      { numRuns: 200 },
    );
  });

  it('never lets an account that can pay go on with less than its maintenance margin', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const driver = new Driver(matching);
        for (const each of steps) {
          driver.run(each);
          if (each.do !== 'move') continue;
          const { equity, maintenanceMargin, positions } = driver.spec.account.account(T0);
          if (positions.length > 0 && matching === 'quotes') {
            expect(exact(equity).gt(maintenanceMargin)).toBe(true);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
