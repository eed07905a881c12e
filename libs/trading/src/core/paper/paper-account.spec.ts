import { isAppError } from '@slt/domain';
import { quoteAt, SpecAccount, SYMBOL, T0 } from '../../testing/spec-account';

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return isAppError(error) ? `${error.kind} ${error.code}` : String(error);
  }
};

describe('PaperAccount by quotes', () => {
  it('fills at the opposite quote, takes the fee, and keeps the wallet to the last digit', () => {
    const t = new SpecAccount();
    t.account.place(t.market('buy', '0.3'), T0, quoteAt(50_000));
    t.account.place(t.market('sell', '0.1'), T0 + 1, quoteAt(51_000, T0 + 1));
    expect(t.fills()).toMatchObject([
      // 0.3 × 50000.1 = 15000.03; × 0.0005 = 7.500015
      { price: '50000.1', quantity: '0.3', fee: '7.500015', realizedPnl: '0', isMaker: false },
      // 0.1 × 50999.9 = 5099.99; × 0.0005 = 2.549995; realised 5099.99 − 5000.01 = 99.98
      { price: '50999.9', quantity: '0.1', fee: '2.549995', realizedPnl: '99.98' },
    ]);
    const account = t.account.account(T0 + 1);
    // 10000 − 7.500015 + 99.98 − 2.549995
    expect(account.walletBalance).toBe('10089.92999');
    // 0.2 × (51000 − 50000.1)
    expect(account.positions[0]).toMatchObject({
      quantity: '0.2',
      entryPrice: '50000.1',
      unrealizedPnl: '199.98',
    });
    expect(account.equity).toBe('10289.90999');
    // 0.2 × 51000 ÷ 20; 0.2 × 51000 × 0.004
    expect(account.positions[0]).toMatchObject({ initialMargin: '510', maintenanceMargin: '40.8' });
    expect(account.availableBalance).toBe('9779.90999');
  });

  it('realises exactly what sales brought less what purchases cost, though averages do not divide', () => {
    const t = new SpecAccount();
    const trades = [
      ['buy', '0.003', 50_000],
      ['buy', '0.007', 50_333.3],
      ['sell', '0.004', 50_111.1],
      ['buy', '0.002', 49_777.7],
      ['sell', '0.008', 50_999.9],
    ] as const;
    trades.forEach(([side, quantity, price], i) => {
      t.account.place(t.market(side, quantity), T0 + i, quoteAt(price, T0 + i));
    });
    // Sales: 0.004 × 50111 + 0.008 × 50999.8 = 608.4424; purchases: 0.003 × 50000.1 + 0.007 × 50333.4 + 0.002 × 49777.8
    // = 601.8897; the difference is 6.5527. Fees: (608.4424 + 601.8897) × 0.0005 = 0.60516605.
    expect(t.account.account(T0).walletBalance).toBe('10005.94753395');
    expect(t.position()).toBe('0');
  });

  it('pays more the larger the order: the touch first, then by the square root', () => {
    const t = new SpecAccount({
      impact: { touchNotional: 5_000.01, bpsAtMinuteVolume: 10, minuteVolume: 45_000, maxBps: 1_000 },
    });
    // 0.1 at the best price; 0.9 × 50000.1 = 45000.09 is about a minute's trade: 10 bps, 50050.1001, up to the tick.
    t.account.place(t.market('buy', '1'), T0, quoteAt(50_000));
    expect(t.fills().map(({ quantity, price }) => [quantity, price])).toEqual([
      ['0.1', '50000.1'],
      ['0.9', '50050.2'],
    ]);
    expect(t.reports().map(({ state, filledQuantity }) => [state, filledQuantity])).toEqual([
      ['resting', '0'],
      ['resting', '0.1'],
      ['filled', '1'],
    ]);
  });

  it('lets a limit order rest until the market comes, and fills it as maker', () => {
    const t = new SpecAccount();
    const order = t.limit('buy', '0.1', '49900.0');
    expect(t.account.place(order, T0, quoteAt(50_000)).state).toBe('resting');
    t.account.onQuote(SYMBOL, quoteAt(49_900, T0 + 1)); // touched, not passed; the ask stands at 49900.1
    expect(t.account.find(order)?.state).toBe('resting');
    t.account.onQuote(SYMBOL, quoteAt(49_899.9, T0 + 2));
    // 0.1 × 49900 × 0.0002
    expect(t.fills()).toMatchObject([{ price: '49900', isMaker: true, fee: '0.998' }]);
    expect(t.account.find(order)).toMatchObject({ state: 'filled', averagePrice: '49900' });
  });

  it('takes with IOC what the limit allows, and lets the rest expire', () => {
    const t = new SpecAccount({
      impact: { touchNotional: 5_000.01, bpsAtMinuteVolume: 10, minuteVolume: 45_000, maxBps: 1_000 },
    });
    const order = t.limit('buy', '1', '50000.1', { timeInForce: 'IOC' });
    expect(t.account.place(order, T0, quoteAt(50_000))).toMatchObject({
      state: 'expired',
      filledQuantity: '0.1',
    });
    expect(codeOf(() => t.account.place({ ...order, timeInForce: 'FOK' }, T0 + 1))).toBe(
      'rejected ORDER.NOT_FILLABLE',
    );
  });

  it('triggers a stop by last or mark price, and tells its life in order', () => {
    const t = new SpecAccount();
    t.account.place(t.market('buy', '0.1'), T0, quoteAt(50_000));
    const byMark = t.trigger('stop', 'sell', '0.1', '49500', { workingType: 'mark' });
    t.account.place(byMark, T0);
    t.account.onQuote(SYMBOL, quoteAt(49_000, T0 + 1, { mark: 49_600 }));
    expect(t.account.find(byMark)?.state).toBe('resting');
    t.events.length = 0;
    t.account.onQuote(SYMBOL, quoteAt(49_000, T0 + 2, { mark: 49_500 }));
    expect(t.events.map((event) => (event.kind === 'order' ? event.report.state : event.kind))).toEqual([
      'triggered',
      'fill',
      'filled',
    ]);
    expect(t.account.find(byMark)).toMatchObject({
      state: 'filled',
      averagePrice: '48999.9',
      algoId: '2',
      orderId: '3',
    });
  });

  it('takes the stop where a gap passes both stop and take-profit of a flipped book', () => {
    const t = new SpecAccount();
    t.account.place(t.market('sell', '0.1'), T0, quoteAt(50_000));
    const target = t.trigger('take-profit', 'buy', '0.1', '49000');
    const stop = t.trigger('stop', 'buy', '0.1', '50500', { workingType: 'mark' });
    t.account.place(target, T0);
    t.account.place(stop, T0);
    t.account.onQuote(SYMBOL, quoteAt(48_000, T0 + 1, { mark: 51_000 }));
    expect(t.account.find(stop)?.state).toBe('filled');
    expect(t.account.find(target)).toMatchObject({ state: 'rejected', reason: 'ORDER.REDUCE_ONLY' });
    expect(t.position()).toBe('0');
  });

  it('clips reduce-only orders to the position and ends resting ones with it', () => {
    const t = new SpecAccount();
    t.account.place(t.market('buy', '0.2'), T0, quoteAt(50_000));
    const target = t.limit('sell', '0.2', '51000', { reduceOnly: true });
    t.account.place(target, T0);
    const close = t.market('sell', '0.5', { reduceOnly: true });
    expect(t.account.place(close, T0 + 1)).toMatchObject({
      state: 'expired',
      filledQuantity: '0.2',
      reason: 'ORDER.REDUCE_ONLY',
    });
    expect(t.account.find(target)).toMatchObject({ state: 'expired', reason: 'ORDER.REDUCE_ONLY' });
    expect(t.account.symbols()).toEqual([]);
  });

  it('refuses post-only orders that would take, also those that reduce', () => {
    const t = new SpecAccount();
    t.account.place(t.market('buy', '0.2'), T0, quoteAt(50_000));
    const order = t.limit('sell', '0.2', '49000', { reduceOnly: true, timeInForce: 'GTX' });
    expect(codeOf(() => t.account.place(order, T0))).toBe('rejected ORDER.WOULD_TAKE');
    expect(t.account.find(order)).toBeUndefined();
  });

  it('refuses in the words of the exchange', () => {
    const t = new SpecAccount();
    const place = (order: Parameters<typeof t.account.place>[0]) =>
      codeOf(() => t.account.place(order, T0, quoteAt(50_000)));
    expect(place(t.market('buy', '0.1', { symbol: 'XUSDT' }))).toBe('rejected EXCHANGE.INVALID_SYMBOL');
    expect(place(t.market('buy', '0.0001'))).toBe('rejected ORDER.BAD_QUANTITY');
    expect(place(t.market('buy', '0.1005'))).toBe('rejected ORDER.BAD_QUANTITY');
    expect(place(t.market('buy', '1e3'))).toBe('rejected ORDER.BAD_QUANTITY');
    expect(place(t.market('buy', '500'))).toBe('rejected ORDER.BAD_QUANTITY'); // above the market lot size
    expect(place(t.limit('buy', '0.1', '49000.05'))).toBe('rejected ORDER.BAD_PRICE');
    expect(place(t.limit('buy', '0.1', '9000000'))).toBe('rejected ORDER.PRICE_OUT_OF_RANGE');
    expect(place(t.limit('buy', '0.001', '4000'))).toBe('rejected ORDER.BELOW_MIN_NOTIONAL'); // 4 < 5
    expect(place(t.limit('buy', '0.1', '50000.1', { timeInForce: 'GTX' }))).toBe('rejected ORDER.WOULD_TAKE');
    expect(place(t.market('sell', '0.1', { reduceOnly: true }))).toBe('rejected ORDER.REDUCE_ONLY');
    expect(place(t.trigger('stop', 'sell', '0.1', '50000'))).toBe('rejected ORDER.WOULD_TRIGGER');
    expect(place(t.trigger('take-profit', 'sell', '0.1', '50000'))).toBe('rejected ORDER.WOULD_TRIGGER');
    expect(place(t.market('buy', '0.1', { clientOrderId: 'ä' }))).toBe('rejected ORDER.BAD_CLIENT_ID');
    // 4 × 50000.1 ÷ 20 = 10000.02, and the fee
    expect(place(t.market('buy', '4'))).toBe('rejected ORDER.MARGIN_INSUFFICIENT');
    expect(place(t.market('buy', '3.9'))).toBeUndefined();
    expect(codeOf(() => t.account.place(t.market('buy', '20', { symbol: '币安人生USDT' }), T0))).toBe(
      'transient PAPER.NO_PRICE',
    );
    expect(codeOf(() => t.account.prepare(SYMBOL, 126))).toBe('rejected ACCOUNT.BAD_LEVERAGE');
  });

  it('counts open orders into the margin, the larger side', () => {
    const t = new SpecAccount();
    t.account.place(t.limit('buy', '1', '49000'), T0, quoteAt(50_000)); // 49000 ÷ 20 = 2450
    t.account.place(t.limit('sell', '0.5', '51000'), T0); // the smaller side: 25500
    expect(t.account.account(T0).availableBalance).toBe('7550');
    t.account.place(t.limit('sell', '1', '51000'), T0); // now the larger one: 76500 ÷ 20 = 3825
    expect(t.account.account(T0).availableBalance).toBe('6175');
  });

  it('books funding once, on what was held just before', () => {
    const t = new SpecAccount();
    t.account.place(t.market('buy', '0.2'), T0, quoteAt(50_000));
    t.account.place(t.market('sell', '0.1'), T0 + 1_000);
    for (const _ of [1, 2]) {
      // Told late: at the settlement 0.2 were held. − 0.2 × 50100 × 0.0001
      t.account.onFunding(SYMBOL, { rate: 0.0001, markPrice: 50_100, at: T0 + 1_000 });
    }
    expect(t.account.fundings(0)).toEqual([
      { symbol: SYMBOL, id: `${SYMBOL}:${T0 + 1_000}`, amount: '-1.002', at: T0 + 1_000 },
    ]);
    t.account.onFunding(SYMBOL, { rate: -0.0001, markPrice: 50_000, at: T0 + 2_000 });
    expect(t.account.fundings(T0 + 2_000)).toMatchObject([{ amount: '0.5' }]);
    t.account.onFunding('ETHUSDT', { rate: 1, markPrice: 1, at: T0 });
    expect(t.account.fundings(0)).toHaveLength(2);
  });

  it('remembers whose fundings are due until a flat symbol was told of', () => {
    const t = new SpecAccount();
    t.account.place(t.market('buy', '0.2'), T0, quoteAt(50_000));
    t.account.fundingsToldUntil(SYMBOL, T0 + 5);
    t.account.place(t.market('sell', '0.2'), T0 + 10);
    expect(t.account.fundingsDue()).toEqual([{ symbol: SYMBOL, after: T0 }]);
    t.account.fundingsToldUntil(SYMBOL, T0 + 9);
    expect(t.account.fundingsDue()).toHaveLength(1);
    t.account.fundingsToldUntil(SYMBOL, T0 + 10);
    expect(t.account.fundingsDue()).toEqual([]);
  });

  it('liquidates when equity at the mark is down to the maintenance margin, where it said it would', () => {
    const t = new SpecAccount();
    t.account.prepare(SYMBOL, 100);
    t.account.place(t.market('buy', '4'), T0, quoteAt(50_000));
    const resting = t.limit('buy', '0.1', '40000');
    t.account.place(resting, T0);
    // wallet 10000 − 200000.4 × 0.0005 = 9899.9998; the tier of 200000: rate 0.005, deduction 50000 × 0.001 = 50.
    // 9899.9998 + 4p − 200000.4 = 4p × 0.005 − 50 → p = 190050.4002 ÷ 3.98 = 47751.35…
    expect(t.account.account(T0).positions[0]!.liquidationPrice).toBe('47751.3');
    t.account.onQuote(SYMBOL, quoteAt(47_751.4, T0 + 1));
    expect(t.position()).toBe('4');
    t.account.onQuote(SYMBOL, quoteAt(47_751.3, T0 + 2));
    expect(t.position()).toBe('0');
    expect(t.account.find(resting)).toMatchObject({ state: 'cancelled', reason: 'ORDER.IN_LIQUIDATION' });
    const last = t.fills().at(-1)!;
    expect(last).toMatchObject({
      clientOrderId: 'autoclose-3',
      side: 'sell',
      quantity: '4',
      price: '47751.2',
    });
    // The wallet had 9899.9998 − 8995.6 = 904.3998; fees take what is there: 95.5024 and no more than 808.8974.
    expect(last.fee).toBe('904.3998');
    expect(t.account.account(T0).walletBalance).toBe('0');
  });

  it('cancels plain orders when the heartbeat stops', () => {
    const t = new SpecAccount();
    t.account.place(t.market('buy', '0.1'), T0, quoteAt(50_000));
    const [limit, stop] = [t.limit('buy', '0.1', '49000'), t.trigger('stop', 'sell', '0.1', '49000')];
    t.account.place(limit, T0);
    t.account.place(stop, T0);
    t.account.cancelAllUnlessRepeated([SYMBOL], 1_000, T0);
    t.account.cancelAllUnlessRepeated([SYMBOL], 1_000, T0 + 900);
    t.account.onTime(T0 + 1_899);
    expect(t.account.find(limit)?.state).toBe('resting');
    expect(t.account.nextDeadline()).toBe(T0 + 1_900);
    t.account.onTime(T0 + 1_900);
    expect(t.account.find(limit)?.state).toBe('cancelled');
    expect(t.account.find(stop)?.state).toBe('resting');
    expect(t.account.nextDeadline()).toBeUndefined();
  });

  it('takes an id again once its order is done, and tells of the newest', () => {
    const t = new SpecAccount();
    const order = t.limit('buy', '0.1', '49000');
    t.account.place(order, T0, quoteAt(50_000));
    expect(codeOf(() => t.account.place(order, T0))).toBe('rejected ORDER.DUPLICATE');
    t.account.cancel(order, T0 + 1);
    expect(t.account.place(order, T0 + 2, quoteAt(50_000, T0 + 2))).toMatchObject({
      state: 'resting',
      orderId: '2',
    });
    expect(t.account.find(order)).toMatchObject({ state: 'resting', orderId: '2' });
  });

  it('goes on when the clock was set back', () => {
    const t = new SpecAccount();
    t.account.place(t.market('buy', '0.1'), T0, quoteAt(50_000));
    const stop = t.trigger('stop', 'sell', '0.1', '49500');
    t.account.place(stop, T0);
    t.restore();
    t.account.onQuote(SYMBOL, quoteAt(49_000, T0 - 5_000));
    expect(t.account.find(stop)?.state).toBe('resting');
    t.account.startAt(T0 - 10_000);
    t.account.onQuote(SYMBOL, quoteAt(49_000, T0 - 5_000));
    expect(t.account.find(stop)?.state).toBe('filled');
  });

  it('refuses a snapshot that is not whole', () => {
    const t = new SpecAccount();
    t.account.place(t.market('buy', '0.1'), T0, quoteAt(50_000));
    t.account.place(t.limit('buy', '0.1', '49000'), T0);
    const good = JSON.stringify(t.account.snapshot());
    const spoil = (from: string, to: string) => {
      const bad = good.replace(from, to);
      expect(bad).not.toBe(good);
      return codeOf(() => new SpecAccount().restoreFrom(JSON.parse(bad)));
    };
    expect(spoil('"version":1', '"version":2')).toBe('broken-invariant PAPER.BAD_SNAPSHOT');
    expect(spoil('"fees":"2.500005"', '"fees":"lots"')).toBe('broken-invariant PAPER.BAD_SNAPSHOT');
    expect(spoil('"kind":"limit"', '"kind":"iceberg"')).toBe('broken-invariant PAPER.BAD_SNAPSHOT');
    expect(spoil('"entrySeq":2', '"entrySeq":3')).toBe('broken-invariant PAPER.BAD_SNAPSHOT');
    expect(spoil('"state":"resting"', '"state":"filled"')).toBe('broken-invariant PAPER.BAD_SNAPSHOT');
    expect(spoil('"leverage":20', '"leverage":-1')).toBe('broken-invariant PAPER.BAD_SNAPSHOT');
  });
});
