import { parseLossless } from '../lossless';
import { parseUserEvent, type UserEventOf } from './user-event';

/** As they come: from the reference's samples and Part B, ids and prices our own. */
const ALGO_TRIGGERED = `{"stream":"k3yk3y","data":{"e":"ALGO_UPDATE","T":1765431097030,"E":1765431097037,"o":{
  "caid":"p-17/stop/1","aid":1000000033225453,"at":"CONDITIONAL","o":"STOP_MARKET","s":"DOGEUSDT","S":"BUY","ps":"BOTH",
  "f":"GTC","q":"38","X":"TRIGGERED","ai":"8389765612345678901","ap":"0","aq":"0","act":"MARKET","tp":"0.13855","p":"0",
  "V":"EXPIRE_MAKER","wt":"CONTRACT_PRICE","pm":"NONE","cp":false,"pP":false,"R":true,"tt":1765431097019,"gtd":0}}}`;

const TRADE = `{"e":"ORDER_TRADE_UPDATE","E":1790000000105,"T":1790000000100,"o":{
  "s":"币安人生USDT","c":"p-17/entry/1","S":"SELL","o":"MARKET","f":"GTC","q":"250","p":"0","ap":"0.3312","sp":"0",
  "x":"TRADE","X":"PARTIALLY_FILLED","i":8389765612345678901,"l":"100","z":"150","L":"0.3311","n":"0.016555","N":"USDT",
  "T":1790000000099,"t":9007199254740993,"b":"0","a":"0","m":false,"R":false,"wt":"CONTRACT_PRICE","ot":"MARKET",
  "ps":"BOTH","cp":false,"rp":"-1.25","pP":false,"si":0,"ss":0,"V":"EXPIRE_MAKER","pm":"NONE","gtd":0,"er":"0","st":1}}`;

const ACCOUNT = `{"e":"ACCOUNT_UPDATE","E":1790000000105,"T":1790000000100,"a":{"m":"FUNDING_FEE","S":"BTCUSDT",
  "B":[{"a":"USDT","wb":"9998.87654321","cw":"9998.87654321","bc":"-1.12345679"}],
  "P":[{"s":"BTCUSDT","pa":"-0.003","ep":"64000.1","bep":"64000.1","cr":"0","up":"-0.4","mt":"isolated","iw":"20","ps":"BOTH","ma":"USDT"}]}}`;

function parse(text: string): ReturnType<typeof parseUserEvent> {
  return parseUserEvent(parseLossless(text));
}

function change(text: string, from: string, to: string): ReturnType<typeof parseUserEvent> {
  expect(text).toContain(from);
  return parse(text.replace(from, to));
}

describe('events of the account stream', () => {
  it('tell of an algo order that has become an order, ids to the last digit', () => {
    expect(parse(ALGO_TRIGGERED)).toEqual({
      kind: 'algo',
      algo: {
        symbol: 'DOGEUSDT',
        algoId: '1000000033225453',
        clientOrderId: 'p-17/stop/1',
        side: 'buy',
        status: 'triggered',
        type: 'STOP_MARKET',
        quantity: '38',
        triggerPrice: '0.13855',
        reduceOnly: true,
        child: { orderId: '8389765612345678901', filledQuantity: '0', averagePrice: '0' },
        reason: undefined,
        updatedAt: 1765431097030,
      },
    });
  });

  it('tell nothing of the child before it is there', () => {
    const triggering = change(
      ALGO_TRIGGERED,
      '"X":"TRIGGERED","ai":"8389765612345678901","ap":"0","aq":"0","act":"MARKET"',
      '"X":"TRIGGERING","ai":""',
    ) as UserEventOf<'algo'>;
    expect(triggering.algo).toMatchObject({ status: 'triggering', child: undefined });
    const waiting = change(
      ALGO_TRIGGERED,
      '"X":"TRIGGERED","ai":"8389765612345678901","ap":"0","aq":"0","act":"MARKET"',
      '"X":"NEW","ai":"","ap":"0.00000","aq":"0.00000","act":"0"',
    ) as UserEventOf<'algo'>;
    expect(waiting.algo).toMatchObject({ status: 'new', child: undefined });
  });

  it('tell why an algo order was rejected', () => {
    const rejected = change(
      ALGO_TRIGGERED,
      '"X":"TRIGGERED"',
      '"X":"REJECTED","rm":"Margin is insufficient."',
    );
    expect(rejected).toMatchObject({ algo: { status: 'rejected', reason: 'Margin is insufficient.' } });
  });

  it('tell of a trade, ids to the last digit', () => {
    expect(parse(TRADE)).toEqual({
      kind: 'order',
      execution: 'TRADE',
      expiryReason: '0',
      order: {
        symbol: '币安人生USDT',
        orderId: '8389765612345678901',
        clientOrderId: 'p-17/entry/1',
        side: 'sell',
        status: 'partially-filled',
        type: 'MARKET',
        originalType: 'MARKET',
        quantity: '250',
        filledQuantity: '150',
        averagePrice: '0.3312',
        reduceOnly: false,
        updatedAt: 1790000000100,
      },
      trade: {
        tradeId: '9007199254740993', // 2^53 + 1
        quantity: '100',
        price: '0.3311',
        fee: '0.016555',
        feeAsset: 'USDT',
        realizedPnl: '-1.25',
        isMaker: false,
        at: 1790000000099,
      },
    });
  });

  it('tell of a trade without commission', () => {
    const trade = change(TRADE, '"n":"0.016555","N":"USDT",', '') as UserEventOf<'order'>;
    expect(trade.trade).toMatchObject({ fee: '0', feeAsset: '' });
  });

  it.each([
    ['"x":"TRADE","X":"PARTIALLY_FILLED"', '"x":"CALCULATED","X":"FILLED"', 'filled', true],
    ['"x":"TRADE","X":"PARTIALLY_FILLED"', '"x":"NEW","X":"NEW"', 'new', false],
    ['"x":"TRADE","X":"PARTIALLY_FILLED"', '"x":"EXPIRED","X":"EXPIRED_IN_MATCH"', 'expired', false],
    ['"x":"TRADE","X":"PARTIALLY_FILLED"', '"x":"CANCELED","X":"CANCELED"', 'cancelled', false],
    ['"x":"TRADE","X":"PARTIALLY_FILLED"', '"x":"CALCULATED","X":"NEW_INSURANCE"', 'new', true],
  ])('%s as %s: %s', (from, to, status, hasTrade) => {
    const event = change(TRADE, from, to) as UserEventOf<'order'>;
    expect(event.order.status).toBe(status);
    expect(event.trade !== undefined).toBe(hasTrade);
  });

  it('tell of no trade where nothing was traded', () => {
    const row = TRADE.replace('"x":"TRADE"', '"x":"CALCULATED"').replace('"l":"100"', '"l":"0"');
    expect((parse(row) as UserEventOf<'order'>).trade).toBeUndefined();
  });

  it('tell of funding', () => {
    expect(parse(ACCOUNT)).toEqual({
      kind: 'account',
      reason: 'FUNDING_FEE',
      symbol: 'BTCUSDT',
      wallets: [{ asset: 'USDT', walletBalance: '9998.87654321' }],
      positions: [{ symbol: 'BTCUSDT', quantity: '-0.003', entryPrice: '64000.1' }],
      at: 1790000000100,
    });
    expect(change(ACCOUNT, '"S":"BTCUSDT",', '')).toMatchObject({ symbol: undefined });
  });

  it.each([
    ['{"e":"listenKeyExpired","E":1699596037418,"listenKey":"abc"}', { kind: 'key-expired' }],
    ['{"e":"TRADE_LITE","E":1,"s":"BTCUSDT"}', { kind: 'trade-lite' }],
    [
      '{"e":"ACCOUNT_CONFIG_UPDATE","E":1,"T":1,"ac":{"s":"BTCUSDT","l":25}}',
      { kind: 'leverage', symbol: 'BTCUSDT', leverage: 25 },
    ],
    [
      '{"e":"ACCOUNT_CONFIG_UPDATE","E":1,"T":1,"ai":{"j":true}}',
      { kind: 'assets-mode', isMultiAssets: true },
    ],
    [
      '{"e":"MARGIN_CALL","E":7,"cw":"3.1","p":[{"s":"ETHUSDT","ps":"LONG","pa":"1.3","mt":"CROSSED","iw":"0","mp":"187.1","up":"-1.1","mm":"1.6"}]}',
      {
        kind: 'margin-call',
        at: 7,
        positions: [{ symbol: 'ETHUSDT', quantity: '1.3', markPrice: '187.1', maintenanceMargin: '1.6' }],
      },
    ],
    ['{"e":"STRATEGY_UPDATE","E":1}', { kind: 'unknown', event: 'STRATEGY_UPDATE' }],
    ['{"result":null,"id":1}', { kind: 'unknown', event: '' }],
  ])('%s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    ['no order in it', TRADE, '"o":{', '"oo":{'],
    ['a status of a later day', TRADE, '"X":"PARTIALLY_FILLED"', '"X":"HALF_FILLED"'],
    ['a quantity that is none', TRADE, '"z":"150"', '"z":"1e400"'],
    ['a trade without an id', TRADE, '"t":9007199254740993', '"t":null'],
    ['an algo order without an id', ALGO_TRIGGERED, '"aid":1000000033225453', '"aid":1.5'],
    ['an account without a reason', ACCOUNT, '"m":"FUNDING_FEE",', ''],
  ])('never pass on %s', (_, text, from, to) => {
    expect(change(text, from, to).kind).toBe('malformed');
  });

  it.each([undefined, null, 5, 'text', []])('are objects, not %j', (message) => {
    expect(parseUserEvent(message).kind).toBe('malformed');
  });
});
