/** The account over the wire: signatures, limits, and what becomes of orders when calls fail, against the emulator. */
import { inspect } from 'node:util';
import { DAY_MS, type Instrument, isAppError, type ErrorKind } from '@slt/domain';
import {
  DEFAULT_API_KEY,
  DEFAULT_API_SECRET,
  Emulator,
  type EmulatorOptions,
  type FaultRule,
} from '@slt/emulator';
import { readAlgoOrders, readOrders } from './account-history';
import type { MarketRequest } from './core/order-request';
import type { LocalClocks } from './exchange-time';
import { createParts, type Parts, type PartsOptions } from './testing/parts';

const KEYS = { BINANCE_API_KEY: DEFAULT_API_KEY, BINANCE_API_SECRET: DEFAULT_API_SECRET };
const SYMBOL = 'BTCUSDT';

let count = 0;
const newId = (): string => `t-${Date.now().toString(36)}-${(count++).toString(36)}`;

function market(more: Partial<MarketRequest> = {}): MarketRequest {
  const base = { kind: 'market', symbol: SYMBOL, side: 'buy', quantity: '0.01', reduceOnly: false } as const;
  return { ...base, clientOrderId: newId(), ...more };
}

describe('AccountClient against the emulator', () => {
  let emulator: Emulator;
  let parts: Parts;

  async function start(
    options: EmulatorOptions = {},
    { config, ...more }: PartsOptions = {},
  ): Promise<Parts['account']> {
    emulator = await Emulator.start({ symbols: 5, quiet: true, ...options });
    parts = createParts(emulator, { config: { ...KEYS, ...config }, ...more });
    await parts.clock.sync();
    return parts.account;
  }

  async function failureOf(work: Promise<unknown>): Promise<ReturnType<typeof Object.assign>> {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!isAppError(error)) throw new Error(`no AppError: ${String(error)}`);
    return error;
  }

  const priceOf = (symbol = SYMBOL): number => Number(emulator.market.book(symbol, emulator.now()).bidPrice);

  afterEach(async () => {
    await parts.close();
    await emulator.close();
  });

  it('places, finds, lists and cancels orders of both services', async () => {
    const account = await start();
    const bought = await account.newOrder(market());
    expect(bought).toMatchObject({ symbol: SYMBOL, side: 'buy', type: 'MARKET', averagePrice: undefined });
    expect(bought.orderId).toMatch(/^\d+$/);
    const filled = await account.getOrder(SYMBOL, { clientOrderId: bought.clientOrderId });
    expect(filled).toMatchObject({ orderId: bought.orderId, status: 'filled' });
    expect(Number(filled.averagePrice)).toBeGreaterThan(0);

    const tick = (await instrument()).filters.tickSize;
    const price = onTick(priceOf() * 0.95, tick);
    const limit = { ...market(), kind: 'limit', price, timeInForce: 'GTC' } as const;
    const resting = await account.newOrder(limit);
    expect(resting.status).toBe('new');
    expect(await account.openOrders()).toMatchObject([{ orderId: resting.orderId }]);
    expect(await account.openOrders(SYMBOL)).toHaveLength(1);
    const cancelled = await account.cancelOrder(SYMBOL, { orderId: resting.orderId });
    expect(cancelled.status).toBe('cancelled');
    expect(await failureOf(account.cancelOrder(SYMBOL, { orderId: resting.orderId }))).toMatchObject({
      kind: 'not-found',
      code: 'ORDER.UNKNOWN',
      exchangeCode: -2011,
    });
    const listed = await account.ordersFrom(SYMBOL, bought.orderId);
    expect(listed.map(({ orderId }) => orderId)).toEqual([bought.orderId, resting.orderId]);

    const stop = await account.newAlgoOrder({
      ...{ kind: 'stop', symbol: SYMBOL, clientOrderId: newId(), side: 'sell', quantity: '0.01' },
      ...{ reduceOnly: true, triggerPrice: price, workingType: 'mark' },
    });
    expect(stop).toMatchObject({ status: 'new', type: 'STOP_MARKET', reduceOnly: true, child: undefined });
    expect(await account.openAlgoOrders()).toMatchObject([{ algoId: stop.algoId }]);
    await account.cancelAlgoOrder({ clientOrderId: stop.clientOrderId });
    expect(await account.getAlgoOrder({ algoId: stop.algoId })).toMatchObject({ status: 'cancelled' });

    const reading = { since: emulator.now() - 10 * DAY_MS, now: emulator.now() };
    const plain = await readOrders(account, reading);
    expect(plain.map(({ orderId, status }) => [orderId, status])).toEqual([
      [bought.orderId, 'filled'],
      [resting.orderId, 'cancelled'],
    ]);
    const algos = await readAlgoOrders(account, SYMBOL, reading);
    expect(algos).toMatchObject([{ algoId: stop.algoId, status: 'cancelled' }]);
    const failures = await Promise.all([
      failureOf(account.getOrder(SYMBOL, { clientOrderId: newId() })),
      failureOf(account.getAlgoOrder({ clientOrderId: newId() })),
      failureOf(account.cancelAlgoOrder({ clientOrderId: newId() })),
    ]);
    expect(failures.map(({ kind }) => kind)).toEqual(['not-found', 'not-found', 'not-found']);
  });

  it('tells of money, positions, trades and income, which agree', async () => {
    const account = await start();
    await account.newOrder(market());
    await account.newOrder(market({ side: 'sell', quantity: '0.03' }));
    const [assets, positions, balances] = [
      await account.account(),
      await account.positionRisk(),
      await account.balances(),
    ];
    const trades = await account.userTrades({ symbol: SYMBOL });
    const fees = trades.reduce((sum, { fee }) => sum + Number(fee), 0);
    const realized = trades.reduce((sum, { realizedPnl }) => sum + Number(realizedPnl), 0);
    expect(positions).toMatchObject([{ symbol: SYMBOL, quantity: '-0.020' }]);
    // 10000 − fees + realised
    expect(Number(assets[0]!.walletBalance)).toBeCloseTo(10_000 - fees + realized, 6);
    expect(balances).toMatchObject([{ asset: 'USDT', balance: assets[0]!.walletBalance }]);
    const span = { startTime: emulator.now() - 60_000, endTime: emulator.now() + 1_000 };
    const income = await account.income({ type: 'COMMISSION', ...span });
    expect(income.reduce((sum, { amount }) => sum - Number(amount), 0)).toBeCloseTo(fees, 8);
  });

  it('changes settings, and takes those that stand already for success', async () => {
    const account = await start();
    for (const marginType of ['isolated', 'isolated', 'crossed', 'crossed'] as const) {
      await account.setMarginType(SYMBOL, marginType);
      expect(await account.symbolSettings(SYMBOL)).toMatchObject({ marginType });
    }
    await account.setLeverage(SYMBOL, 7);
    expect(await account.symbolSettings(SYMBOL)).toMatchObject({ leverage: 7 });
    for (const isHedge of [true, true, false, false]) {
      await account.setHedgeMode(isHedge);
      expect(await account.isHedgeMode()).toBe(isHedge);
    }
    for (const isOn of [true, false, false]) {
      await account.setMultiAssetsMode(isOn);
      expect(await account.isMultiAssetsMode()).toBe(isOn);
    }
    const brackets = await account.leverageBrackets(SYMBOL);
    expect(brackets[0]).toMatchObject({ notionalFloor: '0' });
    expect(Number(brackets[0]!.maintenanceMarginRate)).toBeGreaterThan(0);
    expect(await account.commissionRate(SYMBOL)).toEqual({
      maker: expect.stringMatching(/^0\.0002/),
      taker: expect.stringMatching(/^0\.0005/),
    });
  });

  it('trades a symbol that is not ASCII, with an id of every character that is allowed', async () => {
    const account = await start({ symbols: 40 });
    const { instruments } = await parts.universe.load();
    const symbol = [...instruments.keys()].find((name) => /[^A-Z0-9]/.test(name))!;
    const clientOrderId = `A.b:C/d_E-${newId()}`.padEnd(36, '9');
    const { minQty, marketMinQty, minNotional } = instruments.get(symbol)!.filters;
    const price = priceOf(symbol);
    const step = Math.max(Number(minQty), Number(marketMinQty));
    const quantity = String(Math.ceil((2 * Number(minNotional)) / price / step) * step);
    await account.newOrder(market({ symbol, clientOrderId, quantity }));
    expect(await account.getOrder(symbol, { clientOrderId })).toMatchObject({ symbol, clientOrderId });
  });

  it('keeps ids to the last digit', async () => {
    const account = await start();
    // Its ids have 19 digits.
    const order = market({ symbol: 'ETHUSDT', quantity: '0.1' });
    const { orderId } = await account.newOrder(order);
    expect(BigInt(orderId)).toBeGreaterThan(2n ** 53n);
    expect(emulator.ledger(DEFAULT_API_KEY).orders.map((each) => String(each.orderId))).toEqual([orderId]);
    expect(await account.getOrder('ETHUSDT', { orderId })).toMatchObject({ orderId, status: 'filled' });
    const [trade] = await account.userTrades({ symbol: 'ETHUSDT' });
    expect(trade!.orderId).toBe(orderId);
  });

  describe('of which nobody knows what became', () => {
    const FAULTS: readonly [string, Partial<FaultRule>, ErrorKind, boolean][] = [
      ['503 without a code, done', unknown(true), 'outcome-unknown', true],
      ['503 without a code, not done', unknown(false), 'outcome-unknown', false],
      ['-1007, done', error('-1007-408', true), 'outcome-unknown', true],
      ['-1007, not done', error('-1007-408', false), 'outcome-unknown', false],
      ['-1006, done', error('-1006-400', true), 'outcome-unknown', true],
      ['-1006 with 500, not done', error('-1006-500', false), 'outcome-unknown', false],
      ['-1000, done', error('-1000-500', true), 'outcome-unknown', true],
      ['-1008, done all the same', error('-1008', true), 'outcome-unknown', true],
      ['502 in HTML, done', error('html-502', true), 'outcome-unknown', true],
      ['a connection cut before', { kind: 'drop-socket', when: 'before' }, 'outcome-unknown', false],
      ['a connection cut after', { kind: 'drop-socket', when: 'after' }, 'outcome-unknown', true],
      ['an answer cut in half', { kind: 'drop-socket', when: 'during' }, 'outcome-unknown', true],
      ['half an answer that says it is whole', { kind: 'truncated-json' }, 'outcome-unknown', true],
      ['silence after it was done', { kind: 'half-open', when: 'after' }, 'outcome-unknown', true],
      ['HTML with 200, done', { kind: 'html', executed: true }, 'outcome-unknown', true],
      ['HTML with 200, not done', { kind: 'html' }, 'outcome-unknown', false],
      ['503 "Service Unavailable."', error('unavailable-503', false), 'transient', false],
      ['-1001', error('-1001', false), 'transient', false],
      ['403 in HTML', error('html-403', false), 'transient', false],
      [
        'too many orders',
        { kind: 'reject', code: -1015, msg: 'Too many new orders.', status: 429 },
        'transient',
        false,
      ],
      ['margin', { kind: 'reject', code: -2019, msg: 'Margin is insufficient.' }, 'rejected', false],
    ];

    it.each(FAULTS)('%s', async (_, fault, kind, isDone) => {
      const account = await start({}, { transport: { timeoutMs: 1_000, deadlineMs: 4_000 } });
      const path = '/fapi/v1/order';
      emulator.faults.add({ path, times: 1, ...fault } as FaultRule);
      const order = market();
      const error = await failureOf(account.newOrder(order));
      expect(error.kind).toBe(kind);
      if (kind === 'outcome-unknown') {
        // Until then the exchange may still take it: 5 s of receive window and half a second of grace.
        expect(error.retryAfterMs).toBeGreaterThan(3_000);
        expect(error.retryAfterMs).toBeLessThanOrEqual(5_500);
      }
      const found = account.getOrder(SYMBOL, { clientOrderId: order.clientOrderId });
      if (isDone) expect(await found).toMatchObject({ status: 'filled' });
      else expect((await failureOf(found)).kind).toBe('not-found');
    });

    it('is not said of a question', async () => {
      const account = await start();
      emulator.faults.add({ kind: 'server-error', body: 'unknown-503-no-code', path: '/fapi/v1/openOrders' });
      expect((await failureOf(account.openOrders())).kind).toBe('transient');
    });

    it('is not said of an exchange that is not there', async () => {
      const account = await start();
      await emulator.close();
      expect((await failureOf(account.newOrder(market()))).kind).toBe('transient');
    });
  });

  describe('clock', () => {
    /** A clock of this machine that can be turned. */
    class Turned implements LocalClocks {
      offset = 0;
      monotonic(): number {
        return performance.now() + this.offset;
      }
      wall(): number {
        return Date.now() + this.offset;
      }
    }

    it.each([-60_000, 60_000, -8_000, 3_000])(
      'is set and the call sent again when it is off by %d ms',
      async (by) => {
        const local = new Turned();
        const account = await start({}, { local });
        local.offset = by;
        const order = market();
        expect(await account.newOrder(order)).toMatchObject({ clientOrderId: order.clientOrderId });
        expect(emulator.ledger(DEFAULT_API_KEY).orders).toHaveLength(1);
      },
    );

    it('of a machine that is hours off needs no second try', async () => {
      const local = new Turned();
      local.offset = 7 * 3_600_000;
      const account = await start({}, { local });
      emulator.resetStats();
      await account.openOrders(SYMBOL);
      expect(emulator.stats().requests.byPath['/fapi/v1/openOrders']).toBe(1);
    });

    it('that cannot be set leaves the call undone', async () => {
      const account = await start();
      emulator.faults.add({
        kind: 'reject',
        path: '/fapi/v1/order',
        code: -1021,
        msg: 'outside of the recvWindow.',
      });
      expect(await failureOf(account.newOrder(market()))).toMatchObject({
        kind: 'transient',
        code: 'EXCHANGE.CLOCK_SKEW',
      });
      expect(emulator.ledger(DEFAULT_API_KEY).orders).toEqual([]);
    });
  });

  describe('limits', () => {
    it('reserve weight, and are obeyed while the exchange wants a pause', async () => {
      const account = await start();
      const before = parts.budget.status().used;
      await account.positionRisk();
      expect(parts.budget.status().used - before).toBe(5);
      emulator.faults.add({ kind: 'ban', path: '/fapi/v1/openOrders', times: 1 });
      expect((await failureOf(account.openOrders())).code).toBe('EXCHANGE.RATE_LIMITED');
      emulator.resetStats();
      const error = await failureOf(account.newOrder(market()));
      expect(error).toMatchObject({ kind: 'transient', code: 'EXCHANGE.RATE_LIMITED' });
      expect(error.retryAfterMs).toBeGreaterThan(0);
      expect(emulator.stats().requests.total).toBe(0);
    });

    it('of orders are kept, exits last, and the exchange never has to say no', async () => {
      const account = await start({ ordersPer10Seconds: 10, ordersPerMinute: 1_000 });
      expect(await account.orderRateLimits()).toContainEqual({ limit: 10, periodMs: 10_000 });
      let sent = 0;
      let error: { code?: string; retryAfterMs?: number } = {};
      while (error.code === undefined) {
        await account.newOrder(market()).then(
          () => sent++,
          (thrown: typeof error) => (error = thrown),
        );
      }
      expect(error).toMatchObject({ kind: 'transient', code: 'EXCHANGE.RATE_LIMITED' });
      expect(error.retryAfterMs).toBeGreaterThan(0);
      expect(sent).toBe(8); // 0.8 × 10
      const exit = market({ side: 'sell', reduceOnly: true });
      expect(await account.newOrder(exit)).toMatchObject({ reduceOnly: true });
    });

    it('that the exchange names for orders are waited for', async () => {
      const account = await start();
      const rule = { code: -1015, msg: 'Too many new orders; current limit is 300 orders per TEN_SECONDS.' };
      emulator.faults.add({ kind: 'reject', path: '/fapi/v1/order', status: 429, times: 1, ...rule });
      expect((await failureOf(account.newOrder(market()))).exchangeCode).toBe(-1015);
      emulator.resetStats();
      expect((await failureOf(account.newOrder(market()))).code).toBe('EXCHANGE.RATE_LIMITED');
      expect(emulator.stats().requests.total).toBe(0);
      // It is not the IP that has to pause.
      expect(await account.openOrders(SYMBOL)).toEqual([]);
    });
  });

  describe('secrets', () => {
    const SECRET = `Sec${'7xQ'.repeat(20)}z`;
    const signature = /signature|[0-9a-f]{64}/i;

    /** Whatever a logger, a response or a debugger may show of a value. */
    function shown(value: unknown): string {
      const chain: unknown[] = [];
      for (let each = value; each !== undefined && chain.length < 10; each = (each as Error).cause)
        chain.push(each);
      const texts = chain.map((each) => {
        const own = each as Error;
        return `${inspect(each, { depth: 12, showHidden: true })} ${JSON.stringify(each)} ${own.stack} ${own.message}`;
      });
      return texts.join('\n');
    }

    it('need both halves of the key, and nothing of it is built before', async () => {
      const account = await start({}, { config: { BINANCE_API_SECRET: '' } });
      expect(await failureOf(account.openOrders())).toMatchObject({
        kind: 'invalid',
        code: 'EXCHANGE.NO_KEYS',
      });
      account.close();
    });

    it('leak from no error, whatever failed', async () => {
      const account = await start({}, { transport: { timeoutMs: 300, deadlineMs: 500 } });
      const path = '/fapi/v1/order';
      const faults: Partial<FaultRule>[] = [
        unknown(false),
        error('html-502', false),
        { kind: 'drop-socket', when: 'before' },
        { kind: 'half-open' },
        { kind: 'truncated-json' },
        { kind: 'reject', code: -1022, msg: `Signature for this request is not valid. ${DEFAULT_API_KEY}` },
        { kind: 'reject', code: -2010, msg: `signature=${'a1'.repeat(32)} ${DEFAULT_API_SECRET}` },
      ];
      for (const fault of faults) {
        emulator.faults.add({ id: 'leak', path, times: 1, ...fault } as FaultRule);
        const text = shown(await failureOf(account.newOrder(market())));
        expect(text).not.toContain(DEFAULT_API_KEY);
        expect(text).not.toContain(DEFAULT_API_SECRET);
        expect(
          text.replace(/Signature for this request is not valid|signature=\[removed\]/g, ''),
        ).not.toMatch(signature);
        emulator.faults.remove('leak');
      }
      await emulator.close();
      expect(shown(await failureOf(account.newOrder(market())))).not.toMatch(signature);
    });

    it('leak from no object that somebody prints', async () => {
      const account = await start();
      await account.openOrders(SYMBOL);
      const { config: _, ...rest } = account as unknown as Record<string, unknown>;
      const text = inspect(rest, { depth: 20, showHidden: true });
      expect(text).not.toContain(`api_secret`);
      expect(text).not.toMatch(/[?&]signature=/);
    });

    it.each([
      ['another secret', { BINANCE_API_SECRET: SECRET }, -1022],
      ['another key', { BINANCE_API_KEY: 'k'.repeat(64) }, -2015],
      ['no key at all', { BINANCE_API_KEY: 'short' }, -2014],
    ])('that are wrong are told apart: %s', async (_, config, exchangeCode) => {
      const account = await start({}, { config });
      const error = await failureOf(account.newOrder(market()));
      expect(error).toMatchObject({ kind: 'rejected', code: 'EXCHANGE.UNAUTHORIZED', exchangeCode });
      expect(shown(error)).not.toContain(SECRET);
    });

    it('never reach the console, nor do orders', async () => {
      const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
        jest.spyOn(console, name),
      );
      const account = await start();
      await account.newOrder(market());
      await failureOf(account.newOrder(market({ quantity: '0' })));
      for (const spy of spies) {
        expect(spy).not.toHaveBeenCalled();
        spy.mockRestore();
      }
    });
  });

  async function instrument(): Promise<Instrument> {
    const { instruments } = await parts.universe.load();
    return instruments.get(SYMBOL)!;
  }
});

function unknown(executed: boolean): Partial<FaultRule> {
  return error('unknown-503-no-code', executed);
}

function error(body: string, executed: boolean): Partial<FaultRule> {
  return { kind: 'server-error', body, executed } as Partial<FaultRule>;
}

function onTick(price: number, tick: string): string {
  const decimals = tick.split('.')[1]?.replace(/0+$/, '').length ?? 0;
  return (Math.floor(price / Number(tick)) * Number(tick)).toFixed(decimals);
}
