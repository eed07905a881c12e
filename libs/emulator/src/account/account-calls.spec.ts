import { MINUTE_MS } from '@slt/domain';
import { AccountRig, SYMBOL } from '../testing/account-rig';
import { getJson, send } from '../testing/raw-client';
import { encode } from '../testing/signed-client';

describe('account calls', () => {
  const rigs: AccountRig[] = [];
  afterEach(async () => {
    for (const rig of rigs.splice(0)) await rig.close();
  });
  const start = async (options: Parameters<typeof AccountRig.start>[0] = {}): Promise<AccountRig> => {
    const rig = await AccountRig.start(options);
    rigs.push(rig);
    return rig;
  };

  it('read parameters from a form as well as from the query, signed where they stand', async () => {
    const { client, emulator } = await start();
    const form = encode({ symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '0.01' });
    const body = `${form}&timestamp=${emulator.now()}`;
    const signed = `${body}&signature=${client.sign(body)}`;
    const answer = await client.send({ method: 'POST', path: '/fapi/v1/order', body: signed });
    expect(answer).toMatchObject({ status: 200, body: { symbol: SYMBOL, status: 'NEW' } });
    // The query goes first where both name a parameter.
    const query = `side=SELL&timestamp=${emulator.now()}`;
    const signature = client.sign(query + form);
    await client.send({
      method: 'POST',
      path: '/fapi/v1/order',
      query: `${query}&signature=${signature}`,
      body: form,
    });
    expect(emulator.ledger().orders.map((order) => order.side)).toEqual(['BUY', 'SELL']);
  });

  it('acknowledge, or tell the result where that is asked for', async () => {
    const rig = await start();
    const ack = await rig.market('BUY');
    expect(ack.body).toMatchObject({ status: 'NEW', executedQty: '0.000', cumQty: '0.000' });
    const result = await rig.market('BUY', { newOrderRespType: 'RESULT' });
    expect(result.body).toMatchObject({ status: 'FILLED', executedQty: '0.010', cumQty: '0.010' });
    for (const { body } of [ack, result]) {
      for (const name of ['avgPrice', 'cumQuote']) expect(body).not.toHaveProperty(name);
    }
    const asked = await rig.client.get('/fapi/v1/order', {
      symbol: SYMBOL,
      orderId: String(ack.body.orderId),
    });
    expect(Number(asked.body.cumQuote)).toBeCloseTo(Number(asked.body.avgPrice) * 0.01, 4);
  });

  it('test an order without placing it, and without counting it', async () => {
    const rig = await start();
    const { status, body, headers } = await rig.client.post('/fapi/v1/order/test', rig.marketParams('BUY'));
    expect([status, body]).toEqual([200, {}]);
    expect(headers['x-mbx-order-count-1m']).toBeUndefined();
    expect(rig.emulator.ledger().orders).toEqual([]);
    const bad = await rig.client.post(
      '/fapi/v1/order/test',
      rig.marketParams('BUY', { quantity: '0.0000001' }),
    );
    expect(bad.status).toBe(400);
  });

  describe('new orders are limited', () => {
    /** A minute that has just begun: no window ends meanwhile. */
    const startTime = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

    it('by ten seconds: -1015, with counts in the headers', async () => {
      const rig = await start({ startTime, ordersPer10Seconds: 7, ordersPerMinute: 1000 });
      const batchOrders = JSON.stringify([rig.marketParams('BUY'), rig.marketParams('SELL')]);
      const batch = await rig.client.post('/fapi/v1/batchOrders', { batchOrders });
      expect([batch.headers['x-mbx-order-count-10s'], batch.headers['x-mbx-order-count-1m']]).toEqual([
        '5',
        '1',
      ]);
      const algo = await rig.stop(0.05);
      expect(algo.headers['x-mbx-order-count-10s']).toBe('6');
      expect((await rig.market('BUY')).headers['x-mbx-order-count-10s']).toBe('7');
      expect(await rig.market('BUY')).toMatchObject({
        status: 429,
        body: { code: -1015, msg: 'Too many new orders; current limit is 7 orders per TEN_SECONDS.' },
      });
      expect((await rig.client.get('/fapi/v1/openOrders', { symbol: SYMBOL })).status).toBe(200);
      await send('POST', `${rig.emulator.url}/emulator/limits/reset`, {});
      expect((await rig.market('SELL')).status).toBe(200);
    });

    it('by the minute, and shown where limits are shown', async () => {
      const rig = await start({ startTime, ordersPerMinute: 1 });
      await rig.market('BUY');
      expect((await rig.market('BUY')).body.msg).toBe(
        'Too many new orders; current limit is 1 orders per MINUTE.',
      );
      const { body } = await rig.client.get('/fapi/v1/rateLimit/order');
      expect(body[1]).toMatchObject({ interval: 'MINUTE', limit: 1 });
      const info = await getJson<{ rateLimits: unknown[] }>(`${rig.emulator.url}/fapi/v1/exchangeInfo`);
      expect(info.rateLimits).toContainEqual({
        rateLimitType: 'ORDERS',
        interval: 'MINUTE',
        intervalNum: 1,
        limit: 1,
      });
    });
  });

  it('cost weight by method', async () => {
    const rig = await start();
    await rig.market('BUY', { newClientOrderId: 'it' }); // 0
    await rig.client.get('/fapi/v1/order', { symbol: SYMBOL, origClientOrderId: 'it' }); // 1
    await rig.client.get('/fapi/v3/account'); // 5
    const { total } = rig.emulator.stats().weight;
    expect(total).toBe(6);
  });

  it.each([
    [undefined, -1102],
    ['[', -1130],
    ['{}', -1130],
    ['[1]', -1130],
    ['[]', -4082],
    [JSON.stringify(Array.from({ length: 6 }, () => ({}))), -4082],
  ])('refuse the batch %s with %i', async (batchOrders, code) => {
    const rig = await start();
    expect((await rig.client.post('/fapi/v1/batchOrders', { batchOrders })).body.code).toBe(code);
  });

  it('ask for the agreement before contracts on stocks are traded', async () => {
    const rig = await start();
    const { market } = rig.emulator;
    const stock = market
      .listed(rig.emulator.now())
      .find(
        (each) =>
          each.contractType === 'TRADIFI_PERPETUAL' && each.statusAt(rig.emulator.now()) === 'TRADING',
      )!;
    const order = rig.marketParams('BUY', { symbol: stock.symbol, quantity: stock.minQty });
    const refused = { code: -4411, msg: 'Please sign TradFi-Perps agreement contract fapi.' };
    expect(await rig.client.post('/fapi/v1/order', order)).toMatchObject({ status: 400, body: refused });
    const batchOrders = JSON.stringify([order, rig.marketParams('BUY')]);
    expect((await rig.client.post('/fapi/v1/batchOrders', { batchOrders })).body).toEqual([
      refused,
      expect.objectContaining({ status: 'NEW' }),
    ]);
    await rig.client.post('/fapi/v1/stock/contract');
    expect((await rig.client.post('/fapi/v1/order', order)).body.code).not.toBe(-4411);
  });

  it('know nothing of what is not there', async () => {
    const rig = await start();
    const ask = { symbol: SYMBOL, origClientOrderId: 'none' };
    expect((await rig.client.get('/fapi/v1/order', ask)).body).toEqual({
      code: -2013,
      msg: 'Order does not exist.',
    });
    expect((await rig.client.delete('/fapi/v1/order', ask)).body).toEqual({
      code: -2011,
      msg: 'Unknown order sent.',
    });
    expect((await rig.client.get('/fapi/v1/order', { ...ask, symbol: 'NONE' })).body.code).toBe(-1121);
    expect((await rig.client.post('/fapi/v1/nothing')).status).toBe(404);
  });

  it('show both kinds of open orders, each in its service', async () => {
    const rig = await start();
    await rig.market('BUY');
    await rig.limit({ newClientOrderId: 'plain' });
    await rig.stop(0.05, { clientAlgoId: 'algo' });
    expect((await rig.client.get('/fapi/v1/openOrders')).body).toMatchObject([{ clientOrderId: 'plain' }]);
    expect((await rig.client.get('/fapi/v1/openAlgoOrders')).body).toMatchObject([{ clientAlgoId: 'algo' }]);
    await rig.client.delete('/fapi/v1/allOpenOrders', { symbol: SYMBOL });
    expect((await rig.client.get('/fapi/v1/openOrders')).body).toEqual([]);
    expect((await rig.client.get('/fapi/v1/openAlgoOrders')).body).toHaveLength(1);
    await rig.client.delete('/fapi/v1/algoOpenOrders', { symbol: SYMBOL });
    expect((await rig.client.get('/fapi/v1/openAlgoOrders')).body).toEqual([]);
    expect((await rig.client.get('/fapi/v1/allAlgoOrders', { symbol: SYMBOL })).body).toMatchObject([
      { clientAlgoId: 'algo', algoStatus: 'CANCELED', actualOrderId: '' },
    ]);
  });

  describe('of the emulator itself', () => {
    const post = async (
      rig: AccountRig,
      path: string,
      body: object,
    ): Promise<[number, Record<string, unknown>]> => {
      const answer = await send('POST', `${rig.emulator.url}${path}`, body);
      return [answer.status, JSON.parse(answer.body) as Record<string, unknown>];
    };

    it('the ledger has everything, in exact texts, and adds up', async () => {
      const rig = await start({ longOrderIds: 'all' });
      await rig.market('BUY');
      await rig.limit({ newClientOrderId: 'rest' });
      await rig.stop(0.05, { clientAlgoId: 'stop' });
      await post(rig, '/emulator/transfer', { amount: '-12.5' });
      type Rows = Record<string, string>[];
      const ledger = await getJson<
        Record<'orders' | 'trades' | 'income' | 'openOrders' | 'openAlgoOrders', Rows> & {
          walletBalance: string;
          initialBalance: string;
        }
      >(`${rig.emulator.url}/emulator/ledger`);
      expect(ledger.orders[0]!.orderId).toMatch(/^\d{19}$/);
      expect(ledger.openOrders).toMatchObject([{ clientOrderId: 'rest' }]);
      expect(ledger.openAlgoOrders).toMatchObject([{ clientAlgoId: 'stop' }]);
      const commission = ledger.trades.reduce((sum, trade) => sum + Number(trade.commission), 0);
      // 10000 − 12.5 − fees
      expect(Number(ledger.walletBalance)).toBeCloseTo(10_000 - 12.5 - commission, 6);
      const income = ledger.income.reduce((sum, row) => sum + Number(row.income), 0);
      expect(Number(ledger.walletBalance)).toBeCloseTo(Number(ledger.initialBalance) + income, 6);
    });

    it('accounts have their own balance, ledger and keys', async () => {
      const rig = await start();
      const [, made] = await post(rig, '/emulator/accounts', { account: 'second', balance: '55.5' });
      await post(rig, '/emulator/transfer', { amount: '4.5', apiKey: made.apiKey });
      const ledgerOf = (apiKey: unknown): Promise<{ account: string; walletBalance: string }> =>
        getJson(`${rig.emulator.url}/emulator/ledger?apiKey=${String(apiKey)}`);
      const second = await ledgerOf(made.apiKey);
      expect([second.account, Number(second.walletBalance)]).toEqual(['second', 60]); // 55.5 + 4.5
      const [, further] = await post(rig, '/emulator/accounts', { account: 'second' });
      expect(await ledgerOf(further.apiKey)).toMatchObject({
        account: 'second',
        walletBalance: second.walletBalance,
      });
      expect(Number(rig.emulator.ledger().walletBalance)).toBe(10_000);
    });

    it.each<[string, object, number]>([
      ['/emulator/transfer', { amount: 'much' }, 400],
      ['/emulator/transfer', { amount: '0' }, 400],
      ['/emulator/transfer', { amount: '-10001' }, 422],
      ['/emulator/transfer', { amount: '1', apiKey: 'nobody' }, 404],
      ['/emulator/accounts', { balance: '-1' }, 400],
      ['/emulator/accounts', { balance: 5 }, 400],
      ['/emulator/listen-keys/kill', { connections: 'open' }, 400],
      ['/emulator/prices', { symbol: [SYMBOL, 'NONE'], factor: 2 }, 404],
      ['/emulator/prices', { symbol: SYMBOL, factor: 0 }, 400],
      ['/emulator/prices', { factor: 2 }, 400],
    ])('%s %j is refused with %i', async (path, body, status) => {
      expect((await post(await start(), path, body))[0]).toBe(status);
    });

    it('prices jump in all symbols of a list or in none', async () => {
      const rig = await start({ speed: 600 });
      await post(rig, '/emulator/prices', { symbol: [SYMBOL, 'NONE'], factor: 5 });
      const { market } = rig.emulator;
      const later = rig.emulator.now() + 2 * MINUTE_MS;
      const closes = [rig.emulator.now(), later].map((at) => Number(market.forming(SYMBOL, '1m', at)!.close));
      expect(closes[1]! / closes[0]!).toBeLessThan(2);
    });

    it('prices jump from the next candle on', async () => {
      const rig = await start({ speed: 600 });
      const [status, body] = await post(rig, '/emulator/prices', {
        symbol: [SYMBOL, 'ETHUSDT'],
        factor: 1.25,
      });
      expect([status, body]).toEqual([
        200,
        [
          { symbol: SYMBOL, factor: 1.25, from: expect.any(Number) },
          { symbol: 'ETHUSDT', factor: 1.25, from: expect.any(Number) },
        ],
      ]);
    });
  });
});
