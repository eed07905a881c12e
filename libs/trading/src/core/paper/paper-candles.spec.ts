import { candle, FLAT, quoteAt, SpecAccount, SYMBOL, T0 } from '../../testing/spec-account';

const CANDLES = { ...FLAT, matching: 'candles', spreadBps: 0 } as const;

/** The price of the candle before; orders of T0 meet candle 0, which opens then. */
const CLOSE = quoteAt(50_000, T0 - 1);

function open(side: 'buy' | 'sell' = 'buy'): SpecAccount {
  const t = new SpecAccount(CANDLES);
  t.account.place(t.market(side, '0.1'), T0, CLOSE);
  t.account.onCandle(SYMBOL, candle(0, [50_000, 50_010, 49_990, 50_000]));
  t.events.length = 0;
  return t;
}

describe('PaperAccount by candles', () => {
  it('fills a market order at the open of the candle after, never on the one that made it', () => {
    const t = new SpecAccount(CANDLES);
    const order = t.market('buy', '0.1');
    expect(t.account.place(order, T0, CLOSE).state).toBe('resting');
    t.account.onCandle(SYMBOL, candle(-1, [49_000, 51_000, 48_000, 50_000]));
    expect(t.fills()).toEqual([]);
    t.account.onCandle(SYMBOL, candle(0, [50_200, 50_300, 50_100, 50_250]));
    expect(t.fills()).toMatchObject([{ price: '50200.1', at: T0 }]);
    expect(t.account.account(T0).positions[0]!.markPrice).toBe('50250');
  });

  it('takes the stop where a candle touches both stop and target', () => {
    for (const side of ['buy', 'sell'] as const) {
      const t = open(side);
      const exit = side === 'buy' ? 'sell' : 'buy';
      const [stopAt, targetAt] = side === 'buy' ? ['49500', '50500'] : ['50500', '49500'];
      const stop = t.trigger('stop', exit, '0.1', stopAt);
      const target = t.trigger('take-profit', exit, '0.1', targetAt);
      t.account.place(stop, T0 + 60_000);
      t.account.place(target, T0 + 60_000);
      t.account.onCandle(SYMBOL, candle(1, [50_000, 50_600, 49_400, 50_000]));
      expect(t.account.find(stop)).toMatchObject({ state: 'filled' });
      expect(t.account.find(target)).toMatchObject({ state: 'rejected', reason: 'ORDER.REDUCE_ONLY' });
      expect(t.fills()).toMatchObject([{ price: side === 'buy' ? '49499.9' : '50500.1', at: T0 + 119_999 }]);
    }
  });

  it('fills a stop that the open has passed at the open', () => {
    const t = open();
    t.account.place(t.trigger('stop', 'sell', '0.1', '49500'), T0 + 60_000);
    t.account.onCandle(SYMBOL, candle(1, [49_000, 49_600, 48_900, 49_500]));
    expect(t.fills()).toMatchObject([{ price: '48999.9', at: T0 + 60_000 }]);
  });

  it('fills a target by limit only when the candle goes beyond it', () => {
    const t = open();
    t.account.place(t.limit('sell', '0.1', '50500', { reduceOnly: true }), T0 + 60_000);
    t.account.onCandle(SYMBOL, candle(1, [50_000, 50_500, 49_900, 50_400]));
    expect(t.fills()).toEqual([]);
    t.account.onCandle(SYMBOL, candle(2, [50_400, 50_500.1, 50_300, 50_400]));
    expect(t.fills()).toMatchObject([{ price: '50500', isMaker: true }]);
  });

  it('goes the same way where whoever listens answers in its pauses', () => {
    const t = new SpecAccount(CANDLES);
    t.account.place(t.market('buy', '0.1'), T0, CLOSE);
    const pauses: number[] = [];
    for (const at of t.account.pausesOf(SYMBOL, candle(0, [50_000, 50_600, 49_400, 50_000]))) {
      if (pauses.push(at) > 1) continue;
      t.account.place(t.trigger('stop', 'sell', '0.1', '49500'), at);
      t.account.place(t.trigger('take-profit', 'sell', '0.1', '50500'), at);
    }
    // The open, where it was bought; the stop; the target, which has nothing to reduce any more.
    expect(pauses).toEqual([T0, T0 + 59_999, T0 + 59_999]);
    expect(t.fills().map(({ side, price }) => [side, price])).toEqual([
      ['buy', '50000.1'],
      ['sell', '49499.9'],
    ]);
  });

  it('lets protection that follows an entry act within the same candle', () => {
    const t = new SpecAccount(CANDLES);
    t.onEvent = (event) => {
      if (event.kind !== 'fill' || event.fill.side !== 'buy') return;
      t.account.place(t.trigger('stop', 'sell', '0.1', '49500'), event.fill.at);
      t.account.place(t.trigger('take-profit', 'sell', '0.1', '50500'), event.fill.at);
    };
    t.account.place(t.market('buy', '0.1'), T0, CLOSE);
    t.account.onCandle(SYMBOL, candle(0, [50_000, 50_600, 49_400, 50_000]));
    expect(t.fills().map(({ side, price }) => [side, price])).toEqual([
      ['buy', '50000.1'],
      ['sell', '49499.9'],
    ]);
    expect(t.position()).toBe('0');
  });

  it('goes on against a position that a limit order opened on the way', () => {
    const t = new SpecAccount(CANDLES);
    t.onEvent = (event) => {
      if (event.kind !== 'fill' || event.fill.side !== 'buy') return;
      t.account.place(t.trigger('stop', 'sell', '0.1', '49500'), event.fill.at);
    };
    t.account.place(t.limit('buy', '0.1', '49800'), T0, CLOSE);
    t.account.onCandle(SYMBOL, candle(0, [50_000, 50_600, 49_400, 50_000]));
    expect(t.fills().map(({ side, price }) => [side, price])).toEqual([
      ['buy', '49800'],
      ['sell', '49499.9'],
    ]);
  });

  it('judges post-only and fill-or-kill orders at the open that they meet', () => {
    const t = new SpecAccount(CANDLES);
    const postOnly = t.limit('buy', '0.1', '49900', { timeInForce: 'GTX' });
    const ioc = t.limit('buy', '0.1', '49900', { timeInForce: 'IOC' });
    t.account.place(postOnly, T0, CLOSE);
    t.account.place(ioc, T0, CLOSE);
    t.account.onCandle(SYMBOL, candle(0, [49_800, 50_000, 49_700, 50_000]));
    expect(t.account.find(postOnly)).toMatchObject({ state: 'expired', reason: 'ORDER.WOULD_TAKE' });
    expect(t.account.find(ioc)).toMatchObject({ state: 'filled', averagePrice: '49800.1' });
  });

  it('liquidates on the way where no stop comes before', () => {
    const make = (stopAt?: string): SpecAccount => {
      const t = new SpecAccount(CANDLES);
      t.account.prepare(SYMBOL, 100);
      t.account.place(t.market('buy', '4'), T0, CLOSE);
      t.account.onCandle(SYMBOL, candle(0, [50_000, 50_000, 50_000, 50_000]));
      if (stopAt !== undefined) t.account.place(t.trigger('stop', 'sell', '4', stopAt), T0 + 60_000);
      t.account.onCandle(SYMBOL, candle(1, [50_000, 50_100, 45_000, 50_000]));
      return t;
    };
    // Where it is by quotes: 47751.3.
    expect(make().fills().at(-1)).toMatchObject({ clientOrderId: 'autoclose-2', price: '47751.2' });
    expect(make('47000').fills().at(-1)).toMatchObject({ clientOrderId: 'autoclose-3', price: '47751.2' });
    expect(make('48000').fills().at(-1)).toMatchObject({ clientOrderId: 'o2', price: '47999.9' });
  });

  it('goes on from a snapshot between two candles', () => {
    const t = open();
    t.account.place(t.trigger('stop', 'sell', '0.1', '49500'), T0 + 60_000);
    t.restore();
    t.account.onCandle(SYMBOL, candle(1, [50_000, 50_100, 49_400, 49_600]));
    expect(t.fills()).toMatchObject([{ price: '49499.9', tradeId: '2' }]);
  });

  it('costs a look-up where there is neither position nor order', () => {
    const t = open();
    const close = t.market('sell', '0.1', { reduceOnly: true });
    t.account.place(close, T0 + 60_000);
    t.account.onCandle(SYMBOL, candle(1, [50_000, 50_100, 49_900, 50_000]));
    expect(t.account.find(close)?.state).toBe('filled');
    expect(t.account.symbols()).toEqual([]);
    const before = JSON.stringify(t.account.snapshot());
    t.account.onCandle(SYMBOL, candle(2, [1, 1, 1, 1]));
    expect(JSON.stringify(t.account.snapshot())).toBe(before);
  });
});
