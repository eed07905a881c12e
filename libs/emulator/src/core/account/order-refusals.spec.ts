import { AccountBench, codeOf, type Fields } from './testing/account-bench';

const MARKET: Fields = { side: 'BUY', type: 'MARKET', quantity: '0.01' };
const LIMIT: Fields = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '49000' };

const refusal = (fields: Fields, prepare: (bench: AccountBench) => void = () => {}): number | 'accepted' => {
  const bench = new AccountBench();
  prepare(bench);
  return codeOf(() => bench.place(fields));
};

describe('an order is refused', () => {
  it.each<[string, number, Fields]>([
    ['without symbol', -1102, { ...MARKET, symbol: undefined }],
    ['for an unknown symbol', -1121, { ...MARKET, symbol: 'NOPE' }],
    ['without side', -1102, { ...MARKET, side: undefined }],
    ['for an unknown side', -1117, { ...MARKET, side: 'LEFT' }],
    ['for an unknown type', -1116, { ...MARKET, type: 'ICEBERG' }],
    ['for an unknown time in force', -1115, { ...LIMIT, timeInForce: 'SOON' }],
    ['without quantity', -1102, { ...MARKET, quantity: undefined }],
    ['without price', -1102, { ...LIMIT, price: undefined }],
    ['without time in force', -1102, { ...LIMIT, timeInForce: undefined }],
    ['at market with a price', -1106, { ...MARKET, price: '50000' }],
    ['at market with a time in force', -1106, { ...MARKET, timeInForce: 'GTC' }],
    ['for words where numbers belong', -1100, { ...MARKET, quantity: 'much' }],
    ['for an exponent', -1100, { ...MARKET, quantity: '1e-2' }],
    ['for a quantity of 0', -4003, { ...MARKET, quantity: '0' }],
    ['for a quantity below 0', -4003, { ...MARKET, quantity: '-1' }],
    ['for too many decimals of quantity', -1111, { ...MARKET, quantity: '0.0101' }],
    ['above the greatest quantity of limit orders', -4005, { ...LIMIT, quantity: '1000.001' }],
    ['above the greatest quantity of market orders', -4005, { ...MARKET, quantity: '120.001' }],
    ['for a price below the least', -4013, { ...LIMIT, price: '99.9' }],
    ['for a negative price', -4001, { ...LIMIT, price: '-5' }],
    ['for a price above the greatest', -4002, { ...LIMIT, price: '1000000.1' }],
    ['for too many decimals of price', -1111, { ...LIMIT, price: '49000.111' }],
    ['for a price off the tick', -4014, { ...LIMIT, price: '49000.15' }],
    // mark 50000 × 1.05 = 52500; × 0.95 = 47500
    ['for a buy above the cap', -4016, { ...LIMIT, price: '52500.1' }],
    ['for a sell below the floor', -4024, { ...LIMIT, side: 'SELL', price: '47499.9' }],
    // 0.002 × 49000 = 98 < 100; 0.001 × 50000 = 50 < 100
    ['for a small limit order', -4164, { ...LIMIT, quantity: '0.002' }],
    ['for a small market order', -4164, { ...MARKET, quantity: '0.001' }],
    // 4.1 × 50000 / 20 = 10250 > 10000
    ['without the margin', -2019, { ...MARKET, quantity: '4.1' }],
    ['for reduceOnly without position', -2022, { ...MARKET, reduceOnly: true }],
    ['for LONG in one-way mode', -4061, { ...MARKET, positionSide: 'LONG' }],
    ['for an unknown position side', -4060, { ...MARKET, positionSide: 'UP' }],
    ['for a client id of 37', -4015, { ...MARKET, newClientOrderId: 'x'.repeat(37) }],
    ['for blanks in a client id', -1100, { ...MARKET, newClientOrderId: 'a b' }],
    ['for an empty client id', -1105, { ...MARKET, newClientOrderId: '' }],
    ['for GTD without a date', -1102, { ...LIMIT, timeInForce: 'GTD' }],
    ['for a post-only order that would trade', -5022, { ...LIMIT, timeInForce: 'GTX', price: '50000.1' }],
    // Asks up to 50001.0 are ten levels of 1.
    ['for FOK beyond the book', -5021, { ...LIMIT, timeInForce: 'FOK', price: '50000.1', quantity: '1.001' }],
    ['for both price and priceMatch', -1106, { ...LIMIT, priceMatch: 'QUEUE' }],
    ['for an unknown response type', -1136, { ...MARKET, newOrderRespType: 'FULL' }],
  ])('%s: %p', (_, code, fields) => expect(refusal(fields)).toBe(code));

  it.each(['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'])(
    'as %s: those belong to the algo service',
    (type) => expect(refusal({ ...MARKET, type, stopPrice: '40000' })).toBe(-4120),
  );

  it('below the least quantity', () => {
    const bench = new AccountBench({ facts: { minQty: '0.01', marketMinQty: '0.02' } });
    expect(codeOf(() => bench.place({ ...LIMIT, quantity: '0.009' }))).toBe(-4004);
    expect(codeOf(() => bench.place({ ...MARKET, quantity: '0.019' }))).toBe(-4004);
  });

  it('off the step', () => {
    const bench = new AccountBench({ facts: { stepSize: '0.005', marketStepSize: '0.01' } });
    expect(codeOf(() => bench.place({ ...LIMIT, quantity: '0.012' }))).toBe(-4023);
    expect(codeOf(() => bench.place({ ...MARKET, quantity: '0.015' }))).toBe(-4023);
  });

  it('when the symbol does not trade yet, or no more', () => {
    const pending = refusal(MARKET, ({ market }) => (market.status = () => 'PENDING_TRADING'));
    const settling = refusal(MARKET, ({ market }) => (market.status = () => 'SETTLING'));
    const gone = refusal(MARKET, ({ market }) => (market.status = () => 'CLOSE'));
    expect([pending, settling, gone]).toEqual([-4140, -4141, -1121]);
  });

  it('when 200 orders are open', () => {
    const bench = new AccountBench({}, { initialBalance: '1000000' });
    for (let i = 0; i < 200; i++) bench.place(LIMIT);
    expect(codeOf(() => bench.place(LIMIT))).toBe(-2025);
  });

  it('when the best price on the other side is out of reach', () => {
    expect(refusal(MARKET, ({ market }) => (market.markOffset = -3000))).toBe(-4131); // 47000 × 1.05 < 50000.1
  });

  it('above the notional that the leverage allows', () => {
    const bench = new AccountBench({}, { initialBalance: '10000000' });
    bench.setting('setLeverage', { leverage: 125 });
    expect(codeOf(() => bench.place({ ...MARKET, quantity: '0.999' }))).toBe('accepted');
    expect(codeOf(() => bench.place({ ...MARKET, quantity: '0.002' }))).toBe(-2027); // 50050 > 50000
  });

  it('in the margin of an asset that the account does not have', () => {
    const bench = new AccountBench({ facts: { marginAsset: 'USDC' } });
    expect(codeOf(() => bench.place(MARKET))).toBe(-2019);
  });

  it('for a client id that an open order has, not for one of a filled order', () => {
    const bench = new AccountBench();
    bench.place({ ...MARKET, newClientOrderId: 'twice' });
    expect(codeOf(() => bench.place({ ...MARKET, newClientOrderId: 'twice' }))).toBe('accepted');
    bench.place({ ...LIMIT, newClientOrderId: 'open' });
    expect(codeOf(() => bench.place({ ...LIMIT, newClientOrderId: 'open' }))).toBe(-4116);
  });

  it('before anything happened to the account', () => {
    const bench = new AccountBench();
    codeOf(() => bench.place({ ...MARKET, quantity: '4.1' }));
    expect(bench.events).toEqual([]);
    expect(bench.engine.ledger(bench.now).orders).toEqual([]);
  });
});

describe('in hedge mode', () => {
  const hedged = (fields: Fields): number | 'accepted' => refusal(fields, (bench) => bench.hedge());

  it('a side must be named', () => expect(hedged(MARKET)).toBe(-4061));
  it('reduceOnly may not be sent', () =>
    expect(hedged({ ...MARKET, positionSide: 'LONG', reduceOnly: true })).toBe(-1106));
  it('there must be a position to close', () =>
    expect(hedged({ ...MARKET, side: 'SELL', positionSide: 'LONG' })).toBe(-2022));

  it('no more can be closed than is held', () => {
    const bench = new AccountBench();
    bench.hedge();
    bench.place({ ...MARKET, positionSide: 'LONG' });
    const close = { ...MARKET, side: 'SELL', positionSide: 'LONG' };
    expect(codeOf(() => bench.place({ ...close, quantity: '0.011' }))).toBe(-2022);
    expect(codeOf(() => bench.place(close))).toBe('accepted');
  });
});

describe('what is exempt', () => {
  it('closing may be small', () => {
    const bench = new AccountBench();
    bench.place(MARKET);
    const small = { ...MARKET, side: 'SELL', quantity: '0.001' };
    expect(codeOf(() => bench.place(small))).toBe(-4164);
    expect(codeOf(() => bench.place({ ...small, reduceOnly: true }))).toBe('accepted');
  });

  it('an id of 36 is not too long', () =>
    expect(refusal({ ...MARKET, newClientOrderId: '.A:/z9_-'.padEnd(36, 'k') })).toBe('accepted'));

  it('a test has no effect, and refuses alike', () => {
    const bench = new AccountBench();
    const test = (fields: Fields): number | 'accepted' =>
      codeOf(() =>
        bench.engine.orders.test((name) => ({ symbol: 'BTCUSDT', ...fields })[name]?.toString(), bench.now),
      );
    expect([test(MARKET), test({ ...MARKET, quantity: '4.1' })]).toEqual(['accepted', -2019]);
    expect(bench.engine.ledger(bench.now).orders).toEqual([]);
  });
});
