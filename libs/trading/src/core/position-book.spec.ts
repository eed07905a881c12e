import fc from 'fast-check';
import { MINUTE_MS } from '@slt/domain';
import type { Fill, FundingPayment } from './broker';
import { exact, plain, sumOf, ZERO } from './decimal';
import type { OrderIntent } from './order';
import type { PositionPlan } from './position';
import { plannedPosition, PositionBook } from './position-book';
import { intentFor, POSITION_ID, positionOf, thousandths } from './spec-orders';
import type { BookContext, ClosedTrade } from './trade-book';

const entry = intentFor('entry');
const stop = intentFor('stop');
const target = intentFor('target');
const exit: OrderIntent = { ...intentFor('exit'), exitReason: 'max-hold' };
const intents = new Map([entry, stop, target, exit].map((intent) => [intent.order.clientOrderId, intent]));
const plan: PositionPlan = positionOf();
const context: BookContext = {
  intentOf: (id) => intents.get(id),
  planOf: (id) => (id === POSITION_ID ? plan : undefined),
};

let count = 0;
const fill = (
  by: OrderIntent | string,
  side: 'buy' | 'sell',
  quantity: string,
  told: Partial<Fill> = {},
): Fill => ({
  symbol: 'BTCUSDT',
  tradeId: String(++count),
  orderId: '1',
  clientOrderId: typeof by === 'string' ? by : by.order.clientOrderId,
  side,
  quantity,
  price: '100',
  fee: '0',
  feeAsset: 'USDT',
  realizedPnl: '0',
  isMaker: false,
  at: 10_000 + count,
  ...told,
});
const payment = (id: string, amount: string, at: number): FundingPayment => ({
  symbol: 'BTCUSDT',
  id,
  amount,
  at,
});

const bookOf = (...fills: readonly Fill[]): PositionBook => {
  const book = new PositionBook(context);
  for (const one of fills) book.addFill(one);
  return book;
};

describe('position book', () => {
  it('counts entries by average, exits as reported', () => {
    const book = bookOf(
      fill(entry, 'buy', '4', { price: '100', fee: '0.2' }),
      fill(entry, 'buy', '6', { price: '101', fee: '0.3' }),
      fill(target, 'sell', '3', { price: '110', fee: '0.1', realizedPnl: '28.2' }),
    );
    expect(book.position('BTCUSDT')).toMatchObject({
      positionId: POSITION_ID,
      direction: 'long',
      quantity: '7',
      signedQuantity: '7',
      entryPrice: '100.6', // (4 * 100 + 6 * 101) / 10; the exit leaves it
      realizedPnl: '28.2', // 3 * (110 - 100.6)
      fees: '0.6',
    });
    book.addFill(fill(entry, 'buy', '7', { price: '103.4' }));
    expect(book.position('BTCUSDT')!.entryPrice).toBe('102'); // (7 * 100.6 + 7 * 103.4) / 14
  });

  it('makes a trade of what became flat', () => {
    const book = bookOf(fill(entry, 'buy', '4', { price: '100', fee: '0.2', at: 20_000 }));
    book.addFunding(payment('f', '-0.04', 25_000));
    const { trades, position } = book.addFill(
      fill(stop, 'sell', '4', { price: '95', fee: '0.19', realizedPnl: '-20', at: 30_000 }),
    );
    expect(position).toBeNull();
    expect(trades).toEqual<ClosedTrade[]>([
      {
        positionId: POSITION_ID,
        symbol: 'BTCUSDT',
        setup: 'block-retest',
        direction: 'long',
        quantity: '4',
        entryTime: 20_000,
        entryPrice: '100',
        exitTime: 30_000,
        exitPrice: '95',
        exitReason: 'stop',
        realizedPnl: '-20', // 4 * (95 - 100)
        fees: '0.39', // 0.2 + 0.19
        funding: '-0.04',
        netPnl: '-20.43', // -20 - 0.39 - 0.04
        r: -1.0215, // -20.43 / (4 * (100 - 95))
        confidence: 0.7,
        otherFees: {},
      },
    ]);
  });

  it('names the exit by the order that made it flat', () => {
    const reasonAfter = (...closing: Fill[]): string =>
      bookOf(fill(entry, 'buy', '4', { at: 0 }), ...closing).trades()[0]!.exitReason;
    expect(reasonAfter(fill(target, 'sell', '3'), fill(stop, 'sell', '1'))).toBe('stop');
    expect(reasonAfter(fill(target, 'sell', '4'))).toBe('target');
    expect(reasonAfter(fill(exit, 'sell', '4'))).toBe('max-hold');
    expect(reasonAfter(fill('autoclose-1761', 'sell', '4'))).toBe('liquidation');
    expect(reasonAfter(fill('by hand', 'sell', '4'))).toBe('external');
  });

  it('splits a fill through zero: two positions, one fee', () => {
    const book = bookOf(
      fill('by hand', 'buy', '3', { at: 20_000 }),
      fill('by hand', 'sell', '5', { at: 21_000, price: '101', fee: '1', realizedPnl: '3' }),
    );
    // 1 * 3 / 5 belongs to what was closed
    expect(book.trades()).toMatchObject([
      { quantity: '3', realizedPnl: '3', fees: '0.6', direction: 'long' },
    ]);
    expect(book.position('BTCUSDT')).toMatchObject({
      positionId: 'adopted:BTCUSDT:21000',
      direction: 'short',
      signedQuantity: '-2',
      entryPrice: '101',
      realizedPnl: '0',
      fees: '0.4',
    });
    expect(book.totals()).toEqual({ realizedPnl: '3', fees: '1', otherFees: {}, funding: '0' });
  });

  it('keeps fees in another asset apart', () => {
    const book = bookOf(
      fill(entry, 'buy', '1', { fee: '0.001', feeAsset: 'BNB' }),
      fill(exit, 'sell', '1', { fee: '0.05', realizedPnl: '0' }),
    );
    expect(book.trades()[0]).toMatchObject({ fees: '0.05', netPnl: '-0.05', otherFees: { BNB: '0.001' } });
    expect(book.totals().otherFees).toEqual({ BNB: '0.001' });
  });

  it('gives funding to the position that was held when it fell due', () => {
    const book = bookOf(
      fill(entry, 'buy', '1', { at: 1_000_000 }),
      fill(exit, 'sell', '1', { at: 2_000_000 }),
      fill('by hand', 'sell', '1', { at: 2_000_000 }),
    );
    book.addFunding(payment('a', '1', 1_500_000));
    book.addFunding(payment('b', '2', 2_000_000)); // the first one was held until then
    book.addFunding(payment('c', '4', 2_000_001));
    book.addFunding(payment('d', '8', 1_000_000)); // nothing was held before
    book.addFunding(payment('a', '1', 1_500_000));
    expect(book.trades()[0]!.funding).toBe('3');
    expect(book.position('BTCUSDT')!.funding).toBe('4');
    expect(book.totals().funding).toBe('15');
    const late = bookOf(fill(entry, 'buy', '1', { at: 0 }), fill(exit, 'sell', '1', { at: 1_000 }));
    late.addFunding(payment('a', '1', 1_000 + MINUTE_MS));
    late.addFunding(payment('b', '2', 1_001 + MINUTE_MS));
    expect(late.trades()[0]!.funding).toBe('1');
  });

  it('takes back a trade that a late fill undoes', () => {
    const first = fill(entry, 'buy', '1', { at: 1 });
    const late = fill(entry, 'buy', '1', { at: 2 });
    const last = fill(exit, 'sell', '1', { at: 3 });
    const book = bookOf(first, last);
    const change = book.addFill(late);
    expect(change).toMatchObject({ isNew: true, trades: [], position: { quantity: '1' } });
    expect(change.retracted).toHaveLength(1);
    expect(book.addFill(late)).toMatchObject({ isNew: false, retracted: [], trades: [] });
  });

  it('breaks when one trade id means two things', () => {
    const one = fill(entry, 'buy', '1.0');
    const book = bookOf(one);
    expect(book.addFill({ ...one, quantity: '1' }).isNew).toBe(false);
    expect(() => book.addFill({ ...one, quantity: '2' })).toThrow(
      expect.objectContaining({ code: 'FILL.CONTRADICTS' }),
    );
    expect(() => book.addFill(fill(entry, 'buy', '-1'))).toThrow(
      expect.objectContaining({ code: 'FILL.BAD_QUANTITY' }),
    );
  });

  it('expects what was reported and not booked yet', () => {
    const held = bookOf(fill(entry, 'buy', '4')).position('BTCUSDT');
    expect(plannedPosition(plan, held, exact('-4'))).toBeNull();
    expect(plannedPosition(plan, held, exact('2'))).toMatchObject({ quantity: '6', stop: '95' });
    expect(plannedPosition(plan, null, exact('2'))).toMatchObject({ quantity: '2', entryPrice: '100' });
    expect(plannedPosition(plan, null, ZERO)).toBeNull();
  });
});

/** Fills as an exchange would make them: its own average, its own profit. */
const histories = fc
  .array(
    fc.record({
      symbol: fc.constantFrom('BTCUSDT', '币安人生USDT'),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      size: fc.integer({ min: 1, max: 5_000 }),
      price: fc.integer({ min: 90_000, max: 110_000 }),
      pause: fc.integer({ min: 0, max: 3 }),
      by: fc.constantFrom(entry, stop, target, exit, 'by hand'),
      isBnb: fc.boolean(),
      funding: fc.option(fc.integer({ min: -100, max: 100 }), { freq: 4 }),
    }),
    { maxLength: 30 },
  )
  .map((steps) => {
    const fills: Fill[] = [];
    const payments: FundingPayment[] = [];
    const held = new Map<string, { size: number; cost: number }>();
    let at = 1_000;
    for (const [i, step] of steps.entries()) {
      at += step.pause;
      const before = held.get(step.symbol) ?? { size: 0, cost: 0 };
      const signed = step.side === 'buy' ? step.size : -step.size;
      const isClosing = before.size !== 0 && Math.sign(signed) !== Math.sign(before.size);
      const closed = isClosing ? Math.min(step.size, Math.abs(before.size)) * Math.sign(before.size) : 0;
      const average = before.size === 0 ? 0 : before.cost / before.size;
      const size = before.size + signed;
      const opened = signed + closed;
      const cost = size === 0 ? 0 : before.cost - average * closed + opened * step.price;
      held.set(step.symbol, { size, cost });
      const realized = Math.round(closed * (step.price - average)); // in millionths
      const realizedPnl = plain(exact(String(realized)).div(1_000_000));
      const money = {
        price: thousandths(step.price),
        fee: thousandths(i),
        feeAsset: step.isBnb ? 'BNB' : 'USDT',
      };
      const quantity = thousandths(step.size);
      const { symbol, side } = step;
      fills.push({ ...fill(step.by, side, quantity), symbol, tradeId: String(i), ...money, realizedPnl, at });
      if (step.funding !== null) {
        payments.push({ symbol, id: String(i), amount: thousandths(step.funding), at: at + 1 });
      }
    }
    return { fills, payments, held };
  });

const stateOf = (book: PositionBook): unknown => ({
  positions: book.positions().toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)),
  trades: ['BTCUSDT', '币安人生USDT'].map((symbol) => book.trades(symbol)),
  totals: book.totals(),
});

const filled = (messages: readonly (Fill | FundingPayment)[]): PositionBook => {
  const book = new PositionBook(context);
  for (const message of messages) {
    if ('tradeId' in message) book.addFill(message);
    else book.addFunding(message);
  }
  return book;
};

describe('position book, over random histories', () => {
  it('depends on which fills came, not on how', () => {
    const shuffled = histories.chain((history) => {
      const all = [...history.fills, ...history.payments];
      const twice = [...all, ...all];
      return fc.tuple(fc.constant(all), fc.shuffledSubarray(twice, { minLength: twice.length }));
    });
    fc.assert(
      fc.property(shuffled, ([all, messages]) => {
        expect(stateOf(filled(messages))).toEqual(stateOf(filled(all)));
      }),
      { numRuns: 200 },
    );
  });

  it('holds the sum of its fills, and loses no cent between positions and trades', () => {
    fc.assert(
      fc.property(histories, ({ fills, payments, held }) => {
        const book = filled([...fills, ...payments]);
        const parts = [...book.trades(), ...book.positions()];
        for (const [symbol, { size }] of held) {
          expect(exact(book.signedQuantity(symbol)).eq(thousandths(size))).toBe(true);
        }
        const totals = book.totals();
        expect(plain(sumOf(fills.map((one) => one.realizedPnl)))).toBe(totals.realizedPnl);
        expect(plain(sumOf(parts.map((part) => part.realizedPnl)))).toBe(totals.realizedPnl);
        expect(plain(sumOf(parts.map((part) => part.fees)))).toBe(totals.fees);
        expect(plain(sumOf(parts.map((part) => part.otherFees['BNB'] ?? '0')))).toBe(
          totals.otherFees['BNB'] ?? '0',
        );
        expect(plain(sumOf(payments.map((one) => one.amount)))).toBe(totals.funding);
      }),
    );
  });

  it('averages and realises as the exchange does', () => {
    fc.assert(
      fc.property(histories, ({ fills, held }) => {
        const book = filled(fills);
        for (const position of book.positions()) {
          const { size, cost } = held.get(position.symbol)!;
          expect(Number(position.entryPrice)).toBeCloseTo(cost / size / 1_000, 6);
        }
        for (const trade of book.trades()) {
          const sign = trade.direction === 'long' ? 1 : -1;
          const gross = exact(trade.exitPrice).minus(trade.entryPrice).times(trade.quantity).times(sign);
          expect(Number(gross.minus(trade.realizedPnl))).toBeCloseTo(0, 4); // rounded to millionths a fill
        }
      }),
    );
  });

  it('lets go of what is over without changing what is held or was earned', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1_000, max: 1_060 }), ({ fills, payments }, to) => {
        const messages = [...fills, ...payments];
        const book = filled(messages);
        const before = {
          positions: book.positions().map(({ funding: _, ...rest }) => rest),
          totals: book.totals(),
        };
        book.prune(to);
        for (const message of messages) {
          if ('tradeId' in message) expect(book.addFill(message).isNew).toBe(false);
          else expect(book.addFunding(message).isNew).toBe(false);
        }
        expect(book.positions().map(({ funding: _, ...rest }) => rest)).toEqual(before.positions);
        expect(book.totals()).toEqual(before.totals);
        expect(fills.every((one) => book.hasFill(one)) && payments.every((one) => book.hasFunding(one))).toBe(
          true,
        );
      }),
    );
  });
});
