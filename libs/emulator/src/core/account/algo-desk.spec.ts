import { paramsOf } from './params';
import { AccountBench, codeOf, type Fields } from './testing/account-bench';

const STOP: Fields = { side: 'SELL', type: 'STOP_MARKET', triggerPrice: '49900', quantity: '0.01' };
const CLOSE: Fields = { side: 'SELL', type: 'STOP_MARKET', triggerPrice: '49900', closePosition: true };

describe('an algo order is refused', () => {
  it.each<[string, number, Fields]>([
    ['without algoType', -1102, { ...STOP, algoType: undefined }],
    ['of another algoType', -1130, { ...STOP, algoType: 'TWAP' }],
    ['for a plain type', -1116, { ...STOP, type: 'MARKET' }],
    ['without trigger', -1102, { ...STOP, triggerPrice: undefined }],
    ['for a trigger of 0', -4006, { ...STOP, triggerPrice: '0' }],
    ['for a trigger above the greatest price', -4007, { ...STOP, triggerPrice: '1000001' }],
    ['for too many decimals of trigger', -1111, { ...STOP, triggerPrice: '49900.123' }],
    ['without quantity', -1102, { ...STOP, quantity: undefined }],
    ['above the market lot', -4005, { ...STOP, quantity: '120.001' }],
    ['as a small one that opens', -4164, { ...STOP, quantity: '0.001' }],
    ['as a stop already crossed', -2021, { ...STOP, triggerPrice: '50000' }],
    ['as a stop of a buy already crossed', -2021, { ...STOP, side: 'BUY', triggerPrice: '50000' }],
    [
      'as a take-profit already crossed',
      -2021,
      { ...STOP, type: 'TAKE_PROFIT_MARKET', triggerPrice: '49900' },
    ],
    ['without position for closePosition', -4509, CLOSE],
    ['without position for GTE_GTC', -4509, { ...STOP, timeInForce: 'GTE_GTC' }],
    ['for an unknown working type', -4031, { ...STOP, workingType: 'INDEX' }],
    ['for LONG in one-way mode', -4061, { ...STOP, positionSide: 'LONG' }],
    ['as limit without price', -1102, { ...STOP, type: 'STOP' }],
    // 49900 × 1.05 = 52395; × 0.95 = 47405
    ['as limit far above its trigger', -4183, { ...STOP, type: 'STOP', price: '52395.1' }],
    ['as limit far below its trigger', -4184, { ...STOP, type: 'STOP', price: '47404.9' }],
    ['for a price on a market one', -1106, { ...STOP, price: '49000' }],
    ['for a client id of 37', -4015, { ...STOP, clientAlgoId: 'x'.repeat(37) }],
  ])('%s: %p', (_, code, fields) => {
    const bench = new AccountBench();
    expect(codeOf(() => bench.algo(fields))).toBe(code);
    expect(bench.events).toEqual([]);
  });

  it.each<[number, Fields]>([
    [-4137, { quantity: '0.01' }],
    [-4138, { reduceOnly: false }],
    [-1106, { reduceOnly: true }],
  ])('with %p for closePosition and %p', (code, fields) => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.01');
    expect(codeOf(() => bench.algo({ ...CLOSE, ...fields }))).toBe(code);
  });

  it.each<[number, Fields]>([
    [-1102, { callbackRate: undefined }],
    [-2007, { callbackRate: '0.05' }],
    [-2007, { callbackRate: '20.1' }],
    [-2007, { callbackRate: '1.55' }],
    // A sell's must lie above the price.
    [-2021, { callbackRate: '1', activatePrice: '50000' }],
  ])('with %p for a trailing stop with %p', (code, fields) => {
    const trailing = { side: 'SELL', type: 'TRAILING_STOP_MARKET', quantity: '0.01', ...fields };
    expect(codeOf(() => new AccountBench().algo(trailing))).toBe(code);
  });

  it('as a second stop that closes in the direction, not as a take-profit beside it', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.01');
    bench.algo(CLOSE);
    expect(codeOf(() => bench.algo({ ...CLOSE, triggerPrice: '49800' }))).toBe(-4130);
    const target = { ...CLOSE, type: 'TAKE_PROFIT_MARKET', triggerPrice: '51000' };
    expect(codeOf(() => bench.algo(target))).toBe('accepted');
    expect(codeOf(() => bench.algo(target))).toBe(-4130);
  });

  it('for a client id that a live one has', () => {
    const bench = new AccountBench();
    const placed = bench.algo({ ...STOP, clientAlgoId: 'mine' });
    expect(codeOf(() => bench.algo({ ...STOP, clientAlgoId: 'mine' }))).toBe(-4116);
    bench.engine.algoOrders.cancel(paramsOf({ algoId: placed.algoId }), bench.now);
    expect(codeOf(() => bench.algo({ ...STOP, clientAlgoId: 'mine' }))).toBe('accepted');
  });

  it('when 200 live, over all symbols', () => {
    const bench = new AccountBench();
    for (let i = 0; i < 200; i++) bench.algo(STOP);
    expect(codeOf(() => bench.algo(STOP))).toBe(-4045);
  });

  it('in hedge mode with reduceOnly', () => {
    const bench = new AccountBench();
    bench.hedge();
    const fields = { ...STOP, positionSide: 'LONG', reduceOnly: true };
    expect(codeOf(() => bench.algo(fields))).toBe(-1106);
  });
});

describe('an algo order', () => {
  it('goes from NEW to FINISHED with its child in between', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.01');
    const placed = bench.algo({ ...STOP, reduceOnly: true, clientAlgoId: 'stop-1' });
    expect(placed).toMatchObject({ algoStatus: 'NEW', triggerTime: 0, actualPrice: '0', actualQty: '0' });
    expect(placed.algoId).toBeGreaterThan(10n ** 15n);
    bench.events.length = 0;
    bench.move(49_890);
    bench.pass(1000);
    const done = bench.algoOf(placed.algoId);
    expect(done).toMatchObject({ algoStatus: 'FINISHED', actualQty: '0.010', actualType: 'MARKET' });
    expect(Number(done.actualPrice)).toBe(49_890);
    const child = bench.order(done.actualOrderId!);
    expect(child).toMatchObject({
      clientOrderId: 'stop-1',
      type: 'MARKET',
      origType: 'STOP_MARKET',
      stopPrice: '49900.00',
      status: 'FILLED',
      reduceOnly: true,
    });
    expect(bench.position()).toBeUndefined();
    // about 11 ms from trigger to child, 1 or 2 from the child's end to FINISHED
    expect([9, 10, 11, 12, 13]).toContain(child.time - done.triggerTime);
    expect([1, 2]).toContain(done.updateTime - child.updateTime);
    const told = bench.story().filter((line) => line.startsWith('algo'));
    expect(told).toEqual(['algo TRIGGERING', 'algo TRIGGERED', 'algo FINISHED']);
  });

  it("tells of the child before or after TRIGGERED, by the account's luck", () => {
    const firsts = Array.from({ length: 12 }, (_, seed) => {
      const bench = new AccountBench({}, { seed });
      bench.trade('BUY', '0.01');
      bench.algo(STOP);
      bench.events.length = 0;
      bench.move(49_890);
      bench.pass(1000);
      return bench.story()[1];
    });
    expect(new Set(firsts)).toEqual(new Set(['algo TRIGGERED', 'order NEW NEW']));
  });

  it('is not known to the plain endpoints before it triggers', () => {
    const bench = new AccountBench();
    bench.algo({ ...STOP, clientAlgoId: 'hidden' });
    const ask = paramsOf({ symbol: 'BTCUSDT', origClientOrderId: 'hidden' });
    expect(codeOf(() => bench.engine.orders.find(ask, bench.now))).toBe(-2013);
    expect(codeOf(() => bench.engine.orders.cancel(ask, bench.now))).toBe(-2011);
  });

  it.each<[string, Fields, number]>([
    ['stop of a buy', { ...STOP, side: 'BUY', triggerPrice: '50100' }, 50_100],
    ['take-profit of a sell', { ...STOP, type: 'TAKE_PROFIT_MARKET', triggerPrice: '50100' }, 50_100],
    ['take-profit of a buy', { ...STOP, side: 'BUY', type: 'TAKE_PROFIT_MARKET' }, 49_900],
  ])('%s triggers at its price', (_, fields, price) => {
    const bench = new AccountBench();
    const { algoId } = bench.algo(fields);
    bench.move(price - Math.sign(price - 50_000));
    expect(bench.algoOf(algoId).algoStatus).toBe('NEW');
    bench.move(price);
    bench.pass(1000);
    expect(bench.algoOf(algoId).algoStatus).toBe('FINISHED');
  });

  it('triggers where the price was there for an instant only', () => {
    const bench = new AccountBench();
    const { algoId } = bench.algo(STOP);
    bench.market.trade(bench.now + 100, 49_900);
    bench.market.trade(bench.now + 150, 50_000);
    bench.pass(2000);
    expect(bench.algoOf(algoId).algoStatus).toBe('FINISHED');
  });

  it('of MARK_PRICE looks at the mark price alone', () => {
    const bench = new AccountBench();
    bench.market.markOffset = 200;
    const { algoId } = bench.algo({ ...STOP, workingType: 'MARK_PRICE' });
    bench.move(49_850);
    expect(bench.algoOf(algoId).algoStatus).toBe('NEW'); // mark 50050
    bench.move(49_700);
    bench.pass(1000);
    expect(bench.algoOf(algoId).algoStatus).toBe('FINISHED'); // mark 49900
  });

  it('with priceProtect waits while mark and last price are far apart', () => {
    const bench = new AccountBench();
    const { algoId } = bench.algo({ ...STOP, priceProtect: true });
    bench.market.markOffset = 4_000; // 4000 ÷ 53890 = 7.4 % > 5 %
    bench.move(49_890);
    expect(bench.algoOf(algoId).algoStatus).toBe('NEW');
    bench.market.markOffset = 0;
    bench.pass(2000);
    expect(bench.algoOf(algoId).algoStatus).toBe('FINISHED');
  });

  it('of type STOP leaves a limit order, and finishes with it', () => {
    const bench = new AccountBench();
    const { algoId } = bench.algo({ ...STOP, type: 'STOP', price: '49950' });
    bench.move(49_890);
    bench.pass(1000);
    const triggered = bench.algoOf(algoId);
    expect(triggered).toMatchObject({ algoStatus: 'TRIGGERED', actualType: 'LIMIT', actualQty: '0' });
    const ask = paramsOf({ symbol: 'BTCUSDT', orderId: triggered.actualOrderId });
    expect(bench.engine.orders.cancel(ask, bench.now)).toMatchObject({ type: 'LIMIT', price: '49950.00' });
    bench.pass(10);
    expect(bench.algoOf(algoId)).toMatchObject({ algoStatus: 'FINISHED', actualQty: '0' });
  });

  it('is checked for margin only when it triggers', () => {
    const bench = new AccountBench();
    const { algoId } = bench.algo({ ...STOP, quantity: '5' }); // 5 × 49900 ÷ 20 > 10000
    bench.move(49_890);
    bench.pass(1000);
    expect(bench.algoOf(algoId)).toMatchObject({
      algoStatus: 'REJECTED',
      failReason: 'Margin is insufficient.',
    });
    expect(bench.engine.ledger(bench.now).orders).toEqual([]);
  });

  it('that reduces is rejected when there is no position any more', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.01');
    const { algoId } = bench.algo({ ...STOP, reduceOnly: true });
    bench.trade('SELL', '0.01');
    expect(bench.algoOf(algoId).algoStatus).toBe('NEW');
    bench.move(49_890);
    bench.pass(1000);
    expect(bench.algoOf(algoId)).toMatchObject({
      algoStatus: 'REJECTED',
      failReason: 'ReduceOnly Order is rejected.',
    });
  });

  it('that closes the position closes all of it, shown as GTE_GTC and reduce-only', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.01');
    const stop = bench.algo(CLOSE);
    expect(stop).toMatchObject({ timeInForce: 'GTE_GTC', reduceOnly: true, quantity: '0' });
    bench.trade('BUY', '0.02');
    bench.move(49_890);
    bench.pass(1000);
    expect(bench.algoOf(stop.algoId)).toMatchObject({ algoStatus: 'FINISHED', actualQty: '0.030' });
    expect(bench.position()).toBeUndefined();
  });

  it('that closes the position expires with it', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.01');
    const { algoId } = bench.algo(CLOSE);
    const target = bench.algo({ ...CLOSE, type: 'TAKE_PROFIT_MARKET', triggerPrice: '51000' });
    bench.trade('SELL', '0.01');
    const statuses = [algoId, target.algoId].map((id) => bench.algoOf(id).algoStatus);
    expect(statuses).toEqual(['EXPIRED', 'EXPIRED']);
  });

  it('of GTD expires on its second', () => {
    const bench = new AccountBench();
    const { algoId } = bench.algo({ ...STOP, timeInForce: 'GTD', goodTillDate: bench.now + 700_000 });
    bench.pass(700_000);
    expect(bench.algoOf(algoId).algoStatus).toBe('EXPIRED');
  });

  it('that is stuck stays in TRIGGERING until it is cancelled', () => {
    const bench = new AccountBench({}, { isStuck: () => true });
    const { algoId } = bench.algo(STOP);
    bench.move(49_890);
    bench.pass(60_000);
    expect(bench.algoOf(algoId).algoStatus).toBe('TRIGGERING');
    const cancelled = bench.engine.algoOrders.cancel(paramsOf({ algoId }), bench.now);
    expect(cancelled.algoStatus).toBe('CANCELED');
  });
});

describe('a trailing stop', () => {
  it('follows the price up and triggers when it turns', () => {
    const bench = new AccountBench();
    bench.trade('BUY', '0.01');
    const { algoId } = bench.algo({
      side: 'SELL',
      type: 'TRAILING_STOP_MARKET',
      quantity: '0.01',
      callbackRate: '1',
      activatePrice: '50500',
      reduceOnly: true,
    });
    bench.move(50_400);
    bench.move(49_500); // not active yet
    expect(bench.algoOf(algoId)).toMatchObject({ algoStatus: 'NEW', isActivated: false });
    bench.move(51_000);
    expect(bench.algoOf(algoId)).toMatchObject({ algoStatus: 'NEW', isActivated: true });
    bench.move(50_490.1); // above 51000 × 0.99 = 50490
    expect(bench.algoOf(algoId).algoStatus).toBe('NEW');
    bench.move(50_490);
    bench.pass(1000);
    expect(bench.algoOf(algoId).algoStatus).toBe('FINISHED');
  });

  it('of a buy follows the price down, at once without activatePrice', () => {
    const bench = new AccountBench();
    const { algoId } = bench.algo({
      side: 'BUY',
      type: 'TRAILING_STOP_MARKET',
      quantity: '0.01',
      callbackRate: '2',
    });
    bench.move(49_000);
    bench.move(49_979.9); // below 49000 × 1.02 = 49980
    expect(bench.algoOf(algoId).algoStatus).toBe('NEW');
    bench.move(49_980);
    bench.pass(1000);
    expect(bench.algoOf(algoId).algoStatus).toBe('FINISHED');
  });
});

describe('cancelling and asking for algo orders', () => {
  it('by either id; a second time it is unknown', () => {
    const bench = new AccountBench();
    const { algoOrders } = bench.engine;
    const first = bench.algo(STOP);
    bench.algo({ ...STOP, clientAlgoId: 'second' });
    const cancel = (fields: Fields): unknown => codeOf(() => algoOrders.cancel(paramsOf(fields), bench.now));
    expect(cancel({ algoId: String(first.algoId) })).toBe('accepted');
    expect(cancel({ clientAlgoId: 'second' })).toBe('accepted');
    expect(cancel({ clientAlgoId: 'second' })).toBe(-2011);
    expect(cancel({ algoId: '1' })).toBe(-2011);
    expect(cancel({})).toBe(-1102);
    expect(codeOf(() => algoOrders.find(paramsOf({ algoId: '1' }), bench.now))).toBe(-2013);
    const all = algoOrders.all(paramsOf({ symbol: 'BTCUSDT' }), bench.now);
    expect(all.map(({ algoStatus }) => algoStatus)).toEqual(['CANCELED', 'CANCELED']);
  });

  it('not while its child is under way', () => {
    const bench = new AccountBench();
    const { algoId } = bench.algo(STOP);
    bench.market.trade(bench.now + 1, 49_890);
    bench.pass(900); // to the whole second
    const cancel = (): unknown =>
      codeOf(() => bench.engine.algoOrders.cancel(paramsOf({ algoId }), bench.now));
    expect([bench.algoOf(algoId).algoStatus, cancel()]).toEqual(['TRIGGERING', -4117]);
  });

  it('all of a symbol', () => {
    const bench = new AccountBench();
    bench.algo(STOP);
    bench.algo(STOP);
    bench.engine.algoOrders.cancelAll(paramsOf({ symbol: 'BTCUSDT' }), bench.now);
    expect(bench.engine.algoOrders.open(paramsOf({}), bench.now)).toEqual([]);
  });
});
