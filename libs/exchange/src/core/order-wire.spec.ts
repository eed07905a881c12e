import { parseLossless } from '../lossless';
import {
  parseAccount,
  parseBrackets,
  parseDone,
  parseIncome,
  parseOrderRules,
  parsePositions,
  parseTrades,
} from './account-wire';
import { plainParams, triggerParams } from './order-request';
import { parseAlgoOrder, parsePlainOrder } from './order-wire';

/** In the shape of Part B. */
const ACK = `{"orderId":8389765612345678901,"symbol":"ETHUSDT","status":"NEW","clientOrderId":"p-1/entry/1","price":"0.00",
  "origQty":"0.250","executedQty":"0.000","cumQty":"0.000","timeInForce":"GTC","type":"MARKET","reduceOnly":false,
  "closePosition":false,"side":"BUY","positionSide":"BOTH","stopPrice":"0.00","workingType":"CONTRACT_PRICE",
  "priceProtect":false,"origType":"MARKET","priceMatch":"NONE","selfTradePreventionMode":"EXPIRE_MAKER",
  "goodTillDate":0,"updateTime":1790000000100}`;

const ALGO = `{"algoId":2146760,"clientAlgoId":"p-1/stop/1","algoType":"CONDITIONAL","orderType":"TAKE_PROFIT_MARKET",
  "symbol":"ETHUSDT","side":"SELL","positionSide":"BOTH","timeInForce":"GTC","quantity":"0.250","algoStatus":"FINISHED",
  "actualOrderId":"8389765612345678902","actualPrice":"2650.10","actualType":"MARKET","actualQty":"0.250",
  "triggerPrice":"2650.00","price":"0.00","icebergQuantity":null,"selfTradePreventionMode":"EXPIRE_MAKER",
  "workingType":"MARK_PRICE","priceMatch":"NONE","closePosition":false,"priceProtect":false,"reduceOnly":true,
  "createTime":1790000000000,"updateTime":1790000000200,"triggerTime":1790000000190,"goodTillDate":0}`;

const plain = (text: string): ReturnType<typeof parsePlainOrder> => parsePlainOrder(parseLossless(text));
const algo = (text: string): ReturnType<typeof parseAlgoOrder> => parseAlgoOrder(parseLossless(text));

describe('orders as REST answers them', () => {
  it('have ids to the last digit, and no average price in an acknowledgement', () => {
    expect(plain(ACK)).toEqual({
      symbol: 'ETHUSDT',
      orderId: '8389765612345678901',
      clientOrderId: 'p-1/entry/1',
      side: 'buy',
      status: 'new',
      type: 'MARKET',
      originalType: 'MARKET',
      quantity: '0.250',
      filledQuantity: '0.000',
      averagePrice: undefined,
      reduceOnly: false,
      updatedAt: 1790000000100,
    });
    const asked = ACK.replace('"NEW"', '"FILLED"').replace('"price":', '"avgPrice":"2600.123456","price":');
    expect(plain(asked)).toMatchObject({ status: 'filled', averagePrice: '2600.123456' });
  });

  it('tell what an algo order has become', () => {
    expect(algo(ALGO)).toMatchObject({
      algoId: '2146760',
      clientOrderId: 'p-1/stop/1',
      side: 'sell',
      status: 'finished',
      type: 'TAKE_PROFIT_MARKET',
      triggerPrice: '2650.00',
      child: { orderId: '8389765612345678902', filledQuantity: '0.250', averagePrice: '2650.10' },
    });
    const waiting = ALGO.replace('"8389765612345678902"', '""').replace('FINISHED', 'NEW');
    expect(algo(waiting)).toMatchObject({ status: 'new', child: undefined });
  });

  it.each([
    ['an id that is no number', ACK.replace('8389765612345678901', '"x"')],
    ['a quantity that is no decimal', ACK.replace('"0.250"', '"0,25"')],
    ['no time', ACK.replace('1790000000100', '-1')],
    ['another order’s words', ACK.replace('"BUY"', '"BUYS"')],
    ['a list', `[${ACK}]`],
  ])('are refused with %s', (_, text) => {
    expect(() => plain(text)).toThrow(expect.objectContaining({ code: 'EXCHANGE.BAD_RESPONSE' }));
  });
});

describe('orders as they are asked for', () => {
  const base = { symbol: 'ETHUSDT', clientOrderId: 'p-1/entry/1', side: 'buy', quantity: '0.25' } as const;

  it('of the matching engine', () => {
    expect(plainParams({ ...base, kind: 'market', reduceOnly: false })).toEqual({
      symbol: 'ETHUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.25',
      newClientOrderId: 'p-1/entry/1',
      newOrderRespType: 'RESULT',
    });
    const limit = { ...base, kind: 'limit', price: '2600.1', timeInForce: 'GTX', reduceOnly: true } as const;
    expect(plainParams(limit)).toMatchObject({
      type: 'LIMIT',
      price: '2600.1',
      timeInForce: 'GTX',
      reduceOnly: true,
    });
  });

  it('of the algo service, by its own names', () => {
    const stop = {
      ...base,
      kind: 'stop',
      triggerPrice: '2500',
      workingType: 'mark',
      reduceOnly: true,
    } as const;
    expect(triggerParams(stop)).toEqual({
      algoType: 'CONDITIONAL',
      symbol: 'ETHUSDT',
      side: 'BUY',
      type: 'STOP_MARKET',
      quantity: '0.25',
      triggerPrice: '2500',
      workingType: 'MARK_PRICE',
      reduceOnly: true,
      clientAlgoId: 'p-1/entry/1',
    });
    expect(triggerParams({ ...stop, kind: 'take-profit', workingType: 'contract' })).toMatchObject({
      type: 'TAKE_PROFIT_MARKET',
      workingType: 'CONTRACT_PRICE',
    });
  });
});

describe('the account as REST answers it', () => {
  it('reads money of each asset', () => {
    const asset = {
      ...{ asset: 'USDT', walletBalance: '1000.5', unrealizedProfit: '-2.25', marginBalance: '998.25' },
      ...{ maintMargin: '4', initialMargin: '50', availableBalance: '948.25', crossUnPnl: '-2.25' },
    };
    expect(parseAccount({ totalWalletBalance: '1000.5', assets: [asset], positions: [] })).toEqual([
      {
        asset: 'USDT',
        walletBalance: '1000.5',
        unrealizedPnl: '-2.25',
        marginBalance: '998.25',
        maintenanceMargin: '4',
        initialMargin: '50',
        availableBalance: '948.25',
      },
    ]);
    expect(() => parseAccount({ code: -1 })).toThrow(
      expect.objectContaining({ code: 'EXCHANGE.BAD_RESPONSE' }),
    );
  });

  it('reads positions, shorts with their sign', () => {
    const row = {
      ...{ symbol: 'ETHUSDT', positionSide: 'BOTH', positionAmt: '-0.5', entryPrice: '2600' },
      ...{ markPrice: '2610', unRealizedProfit: '-5', liquidationPrice: '3000', maintMargin: '5.2' },
      ...{ initialMargin: '70', positionInitialMargin: '65.25', openOrderInitialMargin: '4.75' },
    };
    expect(parsePositions([row])[0]).toMatchObject({ quantity: '-0.5', initialMargin: '65.25' });
  });

  it('reads brackets of one symbol in either shape, numbers to the last digit', () => {
    const text =
      '{"symbol":"BTCUSDT","brackets":[{"bracket":1,"initialLeverage":125,"notionalCap":1.0E7,"notionalFloor":0,' +
      '"maintMarginRatio":0.0040,"cum":0.0}]}';
    const expected = {
      maxLeverage: 125,
      notionalFloor: '0',
      notionalCap: '10000000',
      maintenanceMarginRate: '0.0040',
      cumulative: '0.0',
    };
    for (const body of [text, `[${text}]`])
      expect(parseBrackets(parseLossless(body)).get('BTCUSDT')).toEqual([expected]);
  });

  it('reads trades and income', () => {
    const trade =
      '[{"symbol":"ETHUSDT","id":698759,"orderId":8389765612345678901,"side":"SELL","price":"2610.5","qty":"0.5",' +
      '"realizedPnl":"5.25","quoteQty":"1305.25","commission":"0.652625","commissionAsset":"USDT","time":1790000000100,' +
      '"positionSide":"BOTH","buyer":false,"maker":true}]';
    expect(parseTrades(parseLossless(trade))[0]).toMatchObject({
      tradeId: '698759',
      orderId: '8389765612345678901',
      fee: '0.652625',
      isMaker: true,
    });
    const income =
      '[{"symbol":"","incomeType":"TRANSFER","income":"-0.37500000","asset":"USDT","info":"TRANSFER","time":1790000000100,' +
      '"tranId":9689322392999999999,"tradeId":""}]';
    expect(parseIncome(parseLossless(income))).toEqual([
      {
        symbol: '',
        type: 'TRANSFER',
        amount: '-0.37500000',
        asset: 'USDT',
        id: '9689322392999999999',
        at: 1790000000100,
      },
    ]);
  });

  it('reads how many orders may be sent, and whether a change was made', () => {
    const rules = [
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 300 },
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 2400 },
    ];
    expect(parseOrderRules(rules)).toEqual([{ limit: 300, periodMs: 10_000 }]);
    for (const code of [200, '200']) expect(parseDone({ code, msg: 'success' })).toBeUndefined();
    expect(() => parseDone({})).toThrow(expect.objectContaining({ code: 'EXCHANGE.BAD_RESPONSE' }));
  });
});
