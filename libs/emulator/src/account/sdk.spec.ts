/** The `binance` SDK as it is, against the account side. */
import { Agent } from 'node:http';
import { USDMClient } from 'binance/lib/usdm-client';
import { Emulator } from '../emulator';
import { DEFAULT_API_KEY, DEFAULT_API_SECRET } from './api-keys';

const SYMBOL = 'BTCUSDT';
/** The SDK warns of client ids that do not begin like its own. */
const id = (name: string): string => `x-15PC4ZJy${name}`;

describe('the binance SDK', () => {
  const agent = new Agent({ keepAlive: true });
  let emulator: Emulator;
  let client: USDMClient;
  beforeEach(async () => {
    emulator = await Emulator.start({ symbols: 5, longOrderIds: 'none' });
    client = new USDMClient(
      {
        api_key: DEFAULT_API_KEY,
        api_secret: DEFAULT_API_SECRET,
        baseUrl: emulator.url,
        filterUndefinedParams: true,
        disableTimeSync: true,
        beautifyResponses: false,
      },
      { httpAgent: agent, timeout: 10_000 },
    );
  });
  afterEach(() => emulator.close());
  afterAll(() => agent.destroy());

  const mark = async (): Promise<number> => Number((await client.getMarkPrice({ symbol: SYMBOL })).markPrice);
  const buy = (name: string): ReturnType<USDMClient['submitNewOrder']> =>
    client.submitNewOrder({
      symbol: SYMBOL,
      side: 'BUY',
      type: 'MARKET',
      quantity: 0.01,
      newClientOrderId: id(name),
    });

  it('opens a position, protects it, and closes it', async () => {
    const leverage = await client.setLeverage({ symbol: SYMBOL, leverage: 10 });
    expect(leverage).toMatchObject({ symbol: SYMBOL, leverage: 10 });
    const order = await buy('entry');
    expect(order).toMatchObject({ symbol: SYMBOL, status: 'NEW', clientOrderId: id('entry') });
    expect(order).not.toHaveProperty('avgPrice');
    const filled = await client.getOrder({ symbol: SYMBOL, origClientOrderId: id('entry') });
    expect(filled).toMatchObject({ status: 'FILLED', executedQty: '0.010' });
    expect(Number(filled.avgPrice) / (await mark())).toBeCloseTo(1, 1);
    const [position] = await client.getPositionsV3({ symbol: SYMBOL });
    expect(position).toMatchObject({
      positionAmt: '0.010',
      positionSide: 'BOTH',
      entryPrice: filled.avgPrice,
    });

    const stop = await client.submitNewAlgoOrder({
      algoType: 'CONDITIONAL',
      symbol: SYMBOL,
      side: 'SELL',
      type: 'STOP_MARKET',
      quantity: '0.010',
      triggerPrice: ((await mark()) * 0.95).toFixed(1),
      reduceOnly: 'true',
      clientAlgoId: id('stop'),
    });
    expect(stop).toMatchObject({ algoStatus: 'NEW', clientAlgoId: id('stop'), reduceOnly: true });
    expect(await client.getOpenAlgoOrders({ symbol: SYMBOL })).toHaveLength(1);
    expect(await client.cancelAlgoOrder({ clientAlgoId: id('stop') })).toMatchObject({ code: '200' });

    await client.submitNewOrder({
      symbol: SYMBOL,
      side: 'SELL',
      type: 'MARKET',
      quantity: 0.01,
      reduceOnly: 'true',
      newClientOrderId: id('exit'),
    });
    expect(await client.getPositionsV3({ symbol: SYMBOL })).toEqual([]);
    const trades = await client.getAccountTrades({ symbol: SYMBOL });
    const paid = trades.reduce((sum, trade) => sum + Number(trade.commission), 0);
    const profit = trades.reduce((sum, trade) => sum + Number(trade.realizedPnl), 0);
    const [balance] = await client.getBalanceV3();
    expect(Number(balance!.balance)).toBeCloseTo(10_000 + profit - paid, 6);
    const incomes = await client.getIncomeHistory({ symbol: SYMBOL });
    const income = incomes.reduce((sum, row) => sum + Number(row.income), 0);
    expect(income).toBeCloseTo(profit - paid, 6);
    expect(emulator.ledger().positions).toEqual([]);
  });

  it('rests, amends, lists and cancels limit orders', async () => {
    const price = Math.round((await mark()) * 0.97);
    const order = await client.submitNewOrder({
      symbol: SYMBOL,
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: 0.01,
      price,
      newClientOrderId: id('rest'),
    });
    expect(order.status).toBe('NEW');
    const amended = await client.modifyOrder({
      symbol: SYMBOL,
      side: 'BUY',
      origClientOrderId: id('rest'),
      quantity: 0.02,
      price: price - 1,
    });
    expect(amended).toMatchObject({ orderId: order.orderId, origQty: '0.020' });
    expect(await client.getAllOpenOrders({ symbol: SYMBOL })).toHaveLength(1);
    expect(await client.getCurrentOpenOrder({ symbol: SYMBOL, origClientOrderId: id('rest') })).toMatchObject(
      {
        status: 'NEW',
      },
    );
    expect(await client.cancelOrder({ symbol: SYMBOL, origClientOrderId: id('rest') })).toMatchObject({
      status: 'CANCELED',
    });
    await expect(client.cancelOrder({ symbol: SYMBOL, origClientOrderId: id('rest') })).rejects.toMatchObject(
      { code: -2011, message: 'Unknown order sent.' },
    );
    expect(await client.getAllOrders({ symbol: SYMBOL })).toEqual([
      expect.objectContaining({ status: 'CANCELED', clientOrderId: id('rest') }),
    ]);
  });

  it('sends batches, each element with an answer of its own', async () => {
    const price = String(Math.round((await mark()) * 0.97));
    const limit = { symbol: SYMBOL, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price } as const;
    const answers = await client.submitMultipleOrders([
      { ...limit, quantity: '0.01', newClientOrderId: id('b1') },
      { ...limit, quantity: '0.0000001', newClientOrderId: id('b2') },
      { ...limit, quantity: '0.01', newClientOrderId: id('b3') },
    ]);
    expect(answers).toEqual([
      expect.objectContaining({ status: 'NEW', clientOrderId: id('b1') }),
      { code: expect.any(Number), msg: expect.any(String) },
      expect.objectContaining({ status: 'NEW', clientOrderId: id('b3') }),
    ]);
    const cancelled = await client.cancelMultipleOrders({
      symbol: SYMBOL,
      origClientOrderIdList: [id('b1'), id('none')],
    });
    expect(cancelled).toEqual([
      expect.objectContaining({ status: 'CANCELED' }),
      { code: -2011, msg: 'Unknown order sent.' },
    ]);
    expect(await client.cancelAllOpenOrders({ symbol: SYMBOL })).toEqual({
      code: 200,
      msg: 'The operation of cancel all open order is done.',
    });
    expect(await client.getAllOpenOrders({ symbol: SYMBOL })).toEqual([]);
  });

  it('knows its account', async () => {
    await buy('one');
    const account = await client.getAccountInformationV3();
    expect(account.positions).toEqual([expect.objectContaining({ symbol: SYMBOL, positionAmt: '0.010' })]);
    expect(Number(account.totalMarginBalance)).toBeCloseTo(
      Number(account.totalWalletBalance) + Number(account.totalUnrealizedProfit),
      6,
    );
    expect((await client.getAccountInformation()).positions.length).toBeGreaterThanOrEqual(5);
    expect(await client.getBalance()).toHaveLength(1);
    expect(await client.getPositions({ symbol: SYMBOL })).toEqual([
      expect.objectContaining({ marginType: 'cross', isAutoAddMargin: 'false', positionAmt: '0.010' }),
    ]);
    expect(await client.getFuturesAccountConfig()).toMatchObject({ canTrade: true, dualSidePosition: false });
    expect(await client.getFuturesSymbolConfig({ symbol: SYMBOL })).toEqual([
      {
        symbol: SYMBOL,
        marginType: 'CROSSED',
        isAutoAddMargin: false,
        leverage: 20,
        maxNotionalValue: expect.any(String),
      },
    ]);
    expect(await client.getAccountCommissionRate({ symbol: SYMBOL })).toMatchObject({
      makerCommissionRate: '0.0002',
      takerCommissionRate: '0.0005',
    });
    expect(await client.getNotionalAndLeverageBrackets({ symbol: SYMBOL })).toMatchObject({
      symbol: SYMBOL,
      brackets: expect.arrayContaining([
        expect.objectContaining({ bracket: 1, initialLeverage: expect.any(Number), cum: 0 }),
      ]),
    });
    expect(await client.getNotionalAndLeverageBrackets()).toBeInstanceOf(Array);
    expect(await client.getADLQuantileEstimation({ symbol: SYMBOL })).toMatchObject({ symbol: SYMBOL });
    expect(await client.getForceOrders({ symbol: SYMBOL })).toEqual([]);
    expect(await client.signTradFiPerpsAgreement()).toBe('SUCCESS');
  });

  it('changes modes once', async () => {
    expect(await client.getCurrentPositionMode()).toEqual({ dualSidePosition: false });
    expect(await client.setPositionMode({ dualSidePosition: 'true' })).toEqual({ code: 200, msg: 'success' });
    await expect(client.setPositionMode({ dualSidePosition: 'true' })).rejects.toMatchObject({
      code: -4059,
      message: 'No need to change position side.',
    });
    expect(await client.setMarginType({ symbol: SYMBOL, marginType: 'ISOLATED' })).toMatchObject({
      code: 200,
    });
    await expect(client.setMarginType({ symbol: SYMBOL, marginType: 'ISOLATED' })).rejects.toMatchObject({
      code: -4046,
    });
    expect(await client.getMultiAssetsMode()).toEqual({ multiAssetsMargin: false });
  });

  it('moves margin of an isolated position, and reads what it moved', async () => {
    await client.setMarginType({ symbol: SYMBOL, marginType: 'ISOLATED' });
    await buy('isolated');
    const moved = await client.setIsolatedPositionMargin({ symbol: SYMBOL, amount: 25, type: '1' as never });
    expect(moved).toEqual({
      amount: 25,
      code: 200,
      msg: 'Successfully modify position margin.',
      type: 1,
    });
    expect(await client.getPositionMarginChangeHistory({ symbol: SYMBOL })).toEqual([
      expect.objectContaining({ symbol: SYMBOL, type: 1, amount: '25', deltaType: 'USER_ADJUST' }),
    ]);
  });

  it('is told of its order counts', async () => {
    await buy('counted');
    expect(client.getRateLimitStates()).toMatchObject({
      'x-mbx-order-count-10s': expect.any(Number),
      'x-mbx-order-count-1m': 1,
    });
    const heartbeat = await client.setCancelOrdersOnTimeout({ symbol: SYMBOL, countdownTime: 100_000 });
    expect(heartbeat).toEqual({ symbol: SYMBOL, countdownTime: '100000' });
  });

  it('refuses conditional orders on the plain service', async () => {
    await expect(
      client.submitNewOrder({
        symbol: SYMBOL,
        side: 'SELL',
        type: 'STOP_MARKET',
        quantity: 0.01,
        stopPrice: 1,
        newClientOrderId: id('stop'),
      }),
    ).rejects.toMatchObject({ code: -4120 });
  });

  it('has listen keys', async () => {
    const { listenKey } = await client.getFuturesUserDataListenKey();
    expect(listenKey).toHaveLength(64);
    await client.keepAliveFuturesUserDataListenKey();
    expect(await client.closeFuturesUserDataListenKey()).toEqual({});
    await expect(client.keepAliveFuturesUserDataListenKey()).rejects.toMatchObject({ code: -1125 });
  });
});
