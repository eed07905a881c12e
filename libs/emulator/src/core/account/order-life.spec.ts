import { paramsOf } from './params';
import { AccountBench, codeOf, START } from './testing/account-bench';
import { RestError } from '../rest-error';

describe('a market order', () => {
  it('walks the book level by level, each a trade', () => {
    const bench = new AccountBench();
    const { ack, result } = bench.place({ side: 'BUY', type: 'MARKET', quantity: '2.5' });
    expect(ack).toMatchObject({ status: 'NEW', executedQty: '0.000', avgPrice: '0' });
    // 1 × 50000.1 + 1 × 50000.2 + 0.5 × 50000.3 = 125000.45; ÷ 2.5 = 50000.18
    expect(result).toMatchObject({
      status: 'FILLED',
      executedQty: '2.500',
      cumQuote: '125000.45000000',
      avgPrice: '50000.18',
    });
    const trades = bench.engine.ledger(bench.now).trades;
    expect(trades.map(({ price, qty, isMaker }) => [price, qty, isMaker])).toEqual([
      ['50000.10', '1.000', false],
      ['50000.20', '1.000', false],
      ['50000.30', '0.500', false],
    ]);
    // 1 × 50000.1 × 0.0005
    expect(trades[0]!.commission).toBe('25.00005000');
  });

  it('is told as NEW, then each trade as TRADE_LITE, ACCOUNT_UPDATE, ORDER_TRADE_UPDATE', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '1.5');
    expect(bench.story()).toEqual([
      'order NEW NEW',
      'trade-lite',
      'account ORDER',
      'order TRADE PARTIALLY_FILLED',
      'trade-lite',
      'account ORDER',
      'order TRADE FILLED',
    ]);
  });

  it('takes what is there once: the book comes back with the next second', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '1');
    expect(bench.trade('BUY', '1').avgPrice).toBe('50000.20');
    bench.pass(1000);
    expect(bench.trade('BUY', '1').avgPrice).toBe('50000.10');
  });

  it('expires with what the book does not have', () => {
    const bench = new AccountBench({ levels: 2 });
    const order = bench.trade('BUY', '3');
    expect(order).toMatchObject({ status: 'EXPIRED', executedQty: '2.000', expiryReason: '9' });
    expect(bench.story().at(-1)).toBe('order EXPIRED EXPIRED');
  });

  it('goes no further than the market bound', () => {
    const bench = new AccountBench({ facts: { marketTakeBound: '0.00001' } }, { initialBalance: '100000' });
    // 50000 × 1.00001 = 50000.5: levels .1 to .5
    expect(bench.trade('BUY', '6').executedQty).toBe('5.000');
  });

  it('reduces only as far as there is a position', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.01');
    const order = bench.trade('SELL', '0.03', { reduceOnly: true });
    expect(order).toMatchObject({ status: 'EXPIRED', executedQty: '0.010', expiryReason: '4' });
    expect(bench.position()).toBeUndefined();
  });
});

describe('a limit order', () => {
  it('takes up to its price and rests with what is left', () => {
    const bench = new AccountBench();
    const order = bench.limit('BUY', '2.5', '50000.2');
    expect(order).toMatchObject({ status: 'PARTIALLY_FILLED', executedQty: '2.000', price: '50000.20' });
    expect(bench.engine.orders.open(paramsOf({}), bench.now)).toHaveLength(1);
  });

  it('IOC expires with what is left', () => {
    const bench = new AccountBench();
    const order = bench.limit('BUY', '2.5', '50000.2', { timeInForce: 'IOC' });
    expect(order).toMatchObject({ status: 'EXPIRED', executedQty: '2.000', expiryReason: '2' });
  });

  it('FOK fills at once when the book has it all', () => {
    const bench = new AccountBench();
    const order = bench.limit('BUY', '2', '50000.2', { timeInForce: 'FOK' });
    expect(order).toMatchObject({ status: 'FILLED', executedQty: '2.000' });
  });

  it('GTX rests when it does not trade', () => {
    const bench = new AccountBench();
    expect(bench.limit('BUY', '1', '50000', { timeInForce: 'GTX' }).status).toBe('NEW');
  });

  it('GTD must last more than ten minutes, and expires on its second', () => {
    const bench = new AccountBench();
    const gtd = (after: number): ReturnType<AccountBench['limit']> =>
      bench.limit('BUY', '0.01', '49000', { timeInForce: 'GTD', goodTillDate: bench.now + after });
    expect(codeOf(() => gtd(600_000))).toBe(-5040);
    const { orderId, goodTillDate } = gtd(600_950);
    expect(goodTillDate).toBe(START + 601_000); // 100 + 600950 = 601050, in whole seconds
    bench.pass(600_899);
    expect(bench.order(orderId).status).toBe('NEW');
    bench.pass(1);
    expect(bench.order(orderId)).toMatchObject({ status: 'EXPIRED', updateTime: START + 601_000 });
  });

  it.each<[string, 'BUY' | 'SELL', string]>([
    ['OPPONENT', 'BUY', '50000.10'],
    ['OPPONENT_5', 'BUY', '50000.50'],
    ['QUEUE', 'BUY', '50000.00'],
    ['QUEUE_20', 'SELL', '50002.00'],
  ])('priceMatch %s of a %s is at %s', (priceMatch, side, price) => {
    const bench = new AccountBench();
    const order = bench.place({ side, type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', priceMatch });
    expect(order.ack).toMatchObject({ price, priceMatch });
  });
});

describe('own orders on both sides', () => {
  const resting = (bench: AccountBench): bigint => {
    const { orderId } = bench.limit('SELL', '1', '50000.5');
    bench.market.trade(bench.now + 1, 50_000.5);
    bench.now += 2;
    return orderId;
  };

  it('EXPIRE_MAKER, the default: the one that rests goes', () => {
    const bench = new AccountBench();
    const maker = resting(bench);
    expect(bench.trade('BUY', '0.1').status).toBe('FILLED');
    expect(bench.order(maker)).toMatchObject({ status: 'EXPIRED_IN_MATCH', expiryReason: '1' });
  });

  it('EXPIRE_TAKER: the one that comes goes', () => {
    const bench = new AccountBench();
    const maker = resting(bench);
    const taker = bench.trade('BUY', '0.1', { selfTradePreventionMode: 'EXPIRE_TAKER' });
    expect([taker.status, bench.order(maker).status]).toEqual(['EXPIRED_IN_MATCH', 'NEW']);
  });

  it('EXPIRE_BOTH: both go', () => {
    const bench = new AccountBench();
    const maker = resting(bench);
    const taker = bench.trade('BUY', '0.1', { selfTradePreventionMode: 'EXPIRE_BOTH' });
    expect([taker.status, bench.order(maker).status]).toEqual(['EXPIRED_IN_MATCH', 'EXPIRED_IN_MATCH']);
  });
});

describe('a resting order', () => {
  it('is filled at its price, as maker, when the price goes through it', () => {
    const bench = new AccountBench();
    const { orderId } = bench.limit('BUY', '0.5', '49999');
    bench.move(49_990);
    expect(bench.order(orderId)).toMatchObject({ status: 'FILLED', avgPrice: '49999.00' });
    const { trades } = bench.engine.ledger(bench.now);
    // 0.5 × 49999 × 0.0002 = 4.9999, however many trades it took
    const commission = trades.reduce((total, trade) => total + Number(trade.commission), 0);
    expect(commission).toBeCloseTo(4.9999, 8);
    expect(trades.every(({ isMaker }) => isMaker)).toBe(true);
  });

  it('is filled also where the price came back within the second', () => {
    const bench = new AccountBench();
    const { orderId } = bench.limit('BUY', '0.5', '49999');
    bench.market.trade(bench.now + 200, 49_998, 5);
    bench.market.trade(bench.now + 300, 50_010, 1);
    bench.pass(1000);
    expect(bench.order(orderId).status).toBe('FILLED');
  });

  it('gets no more than was traded where the price came back', () => {
    const bench = new AccountBench();
    const { orderId } = bench.limit('BUY', '1', '49999');
    bench.market.trade(bench.now + 200, 49_998, 0.25);
    bench.market.trade(bench.now + 300, 50_010, 0.05);
    bench.pass(1000);
    expect(bench.order(orderId)).toMatchObject({ status: 'PARTIALLY_FILLED', executedQty: '0.300' });
  });

  it('waits in line at its price: what is traded there serves the line first', () => {
    const bench = new AccountBench();
    // The level at 49999 shows 1: that much is ahead.
    const { orderId } = bench.limit('BUY', '1', '49999');
    bench.move(49_999, 1000, 1);
    expect(bench.order(orderId).executedQty).toBe('0.000');
    bench.move(49_999, 1000, 100);
    const executed = Number(bench.order(orderId).executedQty);
    expect(executed).toBeGreaterThan(0);
  });

  it('is not touched by prices from before it was placed', () => {
    const bench = new AccountBench();
    bench.limit('SELL', '0.01', '51000'); // makes the account look at prices
    bench.market.trade(bench.now + 100, 49_900, 5);
    bench.market.trade(bench.now + 200, 50_000, 5);
    bench.now += 300;
    const { orderId } = bench.limit('BUY', '0.5', '49950');
    bench.pass(1000);
    expect(bench.order(orderId).status).toBe('NEW');
  });

  it('that only reduces goes when the position is gone', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.01');
    const { orderId } = bench.limit('SELL', '0.01', '51000', { reduceOnly: true });
    bench.trade('SELL', '0.01');
    expect(bench.order(orderId)).toMatchObject({ status: 'EXPIRED', expiryReason: '4' });
  });

  it('that only reduces cannot be doubled', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.01');
    const reduce = (quantity: string): unknown =>
      bench.limit('SELL', quantity, '51000', { reduceOnly: true });
    expect([codeOf(() => reduce('0.01')), codeOf(() => reduce('0.01'))]).toEqual(['accepted', -2022]);
  });

  it('never makes more of a position than it may reduce', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.02');
    const { orderId } = bench.limit('SELL', '0.02', '50010', { reduceOnly: true });
    bench.trade('SELL', '0.01', { selfTradePreventionMode: 'NONE' });
    bench.move(50_100);
    expect(bench.order(orderId)).toMatchObject({ status: 'EXPIRED', executedQty: '0.010' });
    expect(bench.position()).toBeUndefined();
  });
});

describe('amending', () => {
  const amend = (bench: AccountBench, fields: Record<string, unknown>): ReturnType<AccountBench['order']> =>
    bench.engine.orders.amend(paramsOf({ symbol: 'BTCUSDT', side: 'BUY', ...fields }), bench.now);

  it('changes price and quantity, and tells so', () => {
    const bench = new AccountBench();
    const { orderId } = bench.limit('BUY', '0.01', '49000');
    const change = { orderId, quantity: '0.02', price: '49100', modifyId: '77' };
    expect(amend(bench, change)).toMatchObject({ origQty: '0.020', price: '49100.00', status: 'NEW' });
    const last = bench.events.at(-1)!;
    expect(last).toMatchObject({ execution: 'AMENDMENT', order: { modifyId: '77' } });
  });

  it('refuses what changes nothing, unknown and finished orders, the other side, market orders', () => {
    const bench = new AccountBench();
    const { orderId } = bench.limit('BUY', '0.01', '49000', { newClientOrderId: 'mine' });
    const code = (fields: Record<string, unknown>): unknown => codeOf(() => amend(bench, fields));
    const same = { origClientOrderId: 'mine', quantity: '0.01', price: '49000' };
    expect(code(same)).toBe(-5027);
    expect(code({ ...same, origClientOrderId: 'other' })).toBe(-2013);
    expect(code({ quantity: '0.01', price: '49000' })).toBe(-1102);
    expect(code({ orderId, price: '49100' })).toBe(-1102);
    expect(code({ orderId, quantity: '0.01', price: '49100', side: 'SELL' })).toBe(-2013);
    expect(code({ orderId, quantity: '0.01', price: '49100.15' })).toBe(-4014);
    expect(code({ orderId, quantity: '9', price: '49100' })).toBe(-2019); // 9 × 49100 ÷ 20 > 10000
  });

  it('trades at once where the new price crosses, as taker', () => {
    const bench = new AccountBench();
    const { orderId } = bench.limit('BUY', '0.01', '49000');
    expect(amend(bench, { orderId, quantity: '0.01', price: '50001' }).status).toBe('FILLED');
    expect(bench.engine.ledger(bench.now).trades[0]).toMatchObject({ isMaker: false, price: '50000.10' });
  });

  it('cancels where the quantity is filled already, or post-only would trade', () => {
    const bench = new AccountBench();
    const half = bench.limit('BUY', '2', '50000.1');
    expect(half.executedQty).toBe('1.000');
    expect(amend(bench, { orderId: half.orderId, quantity: '1', price: '50000' }).status).toBe('CANCELED');
    const post = bench.limit('BUY', '0.01', '49000', { timeInForce: 'GTX' });
    const change = { orderId: post.orderId, quantity: '0.01', price: '50001' };
    expect(amend(bench, change).status).toBe('CANCELED');
  });
});

describe('cancelling and asking', () => {
  const call = (
    bench: AccountBench,
    fields: Record<string, unknown>,
  ): [ReturnType<typeof paramsOf>, number] => [paramsOf({ symbol: 'BTCUSDT', ...fields }), bench.now];

  it('by either id; what is not open is unknown', () => {
    const bench = new AccountBench();
    const { orders } = bench.engine;
    const first = bench.limit('BUY', '0.01', '49000', { newClientOrderId: 'a' });
    bench.limit('BUY', '0.01', '49000', { newClientOrderId: 'b' });
    expect(orders.cancel(...call(bench, { orderId: first.orderId })).status).toBe('CANCELED');
    expect(orders.cancel(...call(bench, { origClientOrderId: 'b' })).status).toBe('CANCELED');
    expect(codeOf(() => orders.cancel(...call(bench, { origClientOrderId: 'b' })))).toBe(-2011);
    expect(codeOf(() => orders.cancel(...call(bench, {})))).toBe(-1102);
    expect(codeOf(() => orders.find(...call(bench, { orderId: 5 })))).toBe(-2013);
    expect(codeOf(() => orders.findOpen(...call(bench, { orderId: first.orderId })))).toBe(-2013);
    expect(orders.find(...call(bench, { orderId: first.orderId })).status).toBe('CANCELED');
    expect(orders.all(...call(bench, {})).map(({ clientOrderId }) => clientOrderId)).toEqual(['a', 'b']);
    expect(orders.all(...call(bench, { limit: 1 })).map(({ clientOrderId }) => clientOrderId)).toEqual(['b']);
  });

  it('forgets cancelled orders after three days, filled ones after ninety', () => {
    const bench = new AccountBench();
    const { orders } = bench.engine;
    const cancelled = bench.limit('BUY', '0.01', '49000');
    orders.cancel(...call(bench, { orderId: cancelled.orderId }));
    const filled = bench.trade('BUY', '0.01');
    bench.trade('SELL', '0.01');
    bench.pass(3 * 86_400_000 + 1);
    expect(codeOf(() => bench.order(cancelled.orderId))).toBe(-2013);
    expect(bench.order(filled.orderId).status).toBe('FILLED');
    bench.pass(87 * 86_400_000);
    expect(codeOf(() => bench.order(filled.orderId))).toBe(-2013);
  });

  it('in a batch, each for itself', () => {
    const bench = new AccountBench();
    const { orders } = bench.engine;
    const limit = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: 49_000 };
    const placed = orders.placeBatch(
      [paramsOf({ ...limit, quantity: 0.01 }), paramsOf({ ...limit, quantity: '0.0001' })],
      bench.now,
    );
    expect(placed[0]).toMatchObject({ ack: { status: 'NEW' } });
    expect(placed[1]).toMatchObject({ code: -1111 });
    expect(
      codeOf(() =>
        orders.placeBatch(
          Array.from({ length: 6 }, () => paramsOf(limit)),
          bench.now,
        ),
      ),
    ).toBe(-4082);
    const { orderId } = orders.open(...call(bench, {}))[0]!;
    const cancelled = orders.cancelBatch(...call(bench, { orderIdList: `[${orderId},9007199254740993]` }));
    expect(cancelled[0]).toMatchObject({ status: 'CANCELED' });
    expect(cancelled[1]).toBeInstanceOf(RestError);
    const eleven = JSON.stringify(Array.from({ length: 11 }, (_, i) => `id${i}`));
    expect(codeOf(() => orders.cancelBatch(...call(bench, { origClientOrderIdList: eleven })))).toBe(-4032);
  });

  it('cancels all of a symbol, algo orders aside', () => {
    const bench = new AccountBench();
    bench.limit('BUY', '0.01', '49000');
    bench.limit('BUY', '0.01', '48000');
    bench.algo({ side: 'BUY', type: 'STOP_MARKET', triggerPrice: '51000', quantity: '0.01' });
    bench.engine.orders.cancelAll(...call(bench, {}));
    expect(bench.engine.orders.open(...call(bench, {}))).toEqual([]);
    expect(bench.engine.algoOrders.open(paramsOf({}), bench.now)).toHaveLength(1);
  });

  it('cancels all unless the countdown is set again', () => {
    const bench = new AccountBench();
    const count = (countdownTime: number): unknown =>
      bench.engine.orders.countdownCancelAll(...call(bench, { countdownTime }));
    const { orderId } = bench.limit('BUY', '0.01', '49000');
    expect(count(5000)).toEqual({ symbol: 'BTCUSDT', countdownTime: '5000' });
    bench.pass(4000);
    count(5000);
    bench.pass(4999);
    expect(bench.order(orderId).status).toBe('NEW');
    bench.pass(1);
    expect(bench.order(orderId)).toMatchObject({ status: 'CANCELED', updateTime: bench.now });
    const later = bench.limit('BUY', '0.01', '49000');
    count(1000);
    count(0);
    bench.pass(2000);
    expect(bench.order(later.orderId).status).toBe('NEW');
  });
});
