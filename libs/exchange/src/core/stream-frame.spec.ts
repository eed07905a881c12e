import { eventTimeOf, mayBeClosing, streamNameOf } from '../frame-scan';
import { parseStreamMessage } from './stream-frame';

const T = 1_789_117_320_000;
const K = `"t":${T}, "T":${T + 59_999}, "s":"BTCUSDT", "i":"1m", "f":-1, "L":-1, "o":"77.0", "c":"77.4", "h":"78.2", "l":"76.9", "v":"4.68", "n":0, "q":"1", "V":"1", "Q":"1", "B":"0"`;
const candle = (x: string, extra = ''): string =>
  `{"e":"kline","E":${T + 60_188},"s":"BTCUSDT"${extra},"k":{${K}, ${x}}}`;
const wrapped = (data: string, name = 'btcusdt@kline_1m'): string => `{"stream":"${name}","data":${data}}`;

describe('parseStreamMessage', () => {
  it.each([
    ['wrapped, with spaces', wrapped(candle('"x": true'))],
    ['wrapped', wrapped(candle('"x":true'))],
    ['raw', candle('"x":true')],
    ['with unknown keys', wrapped(candle('"x":true,"zz":{"y":[1]}', ',"st":1,"ps":"BTCUSDT"'))],
  ])('reads a closing candle %s', (_, text) => {
    expect(parseStreamMessage(text, 5)).toEqual({
      kind: 'kline',
      frame: {
        symbol: 'BTCUSDT',
        interval: '1m',
        openTime: T,
        closeTime: T + 59_999,
        open: 77,
        high: 78.2,
        low: 76.9,
        close: 77.4,
        volume: 4.68,
        isClosed: true,
        eventTime: T + 60_188,
        receivedAt: 5,
      },
    });
  });

  it('tells a forming candle from a closed one', () => {
    expect(parseStreamMessage(candle('"x":false'), 0)).toMatchObject({ frame: { isClosed: false } });
  });

  it.each([
    ['no JSON', '{"stream":'],
    ['a candle without its body', '{"e":"kline","E":1,"s":"BTCUSDT"}'],
    ['x in text', candle('"x":"true"')],
    ['a high below the open', candle('"x":true').replace('"h":"78.2"', '"h":"76.95"')],
    ['a price in words', candle('"x":true').replace('"c":"77.4"', '"c":"NaN"')],
    ['an open time between candles', candle('"x":true').replace(`"t":${T}`, `"t":${T + 5}`)],
  ])('calls %s malformed', (_, text) => {
    expect(parseStreamMessage(text, 0)).toEqual({ kind: 'malformed' });
  });

  it.each([
    ['COIN-M', candle('"x":true', ',"st":2')],
    ['another interval', candle('"x":true').replace('"i":"1m"', '"i":"1M"')],
    ['another event', '{"e":"markPriceUpdate","E":1,"s":"BTCUSDT","p":"1"}'],
    ['a list', '[1]'],
  ])('passes over %s', (_, text) => {
    expect(parseStreamMessage(text, 0)).toEqual({ kind: 'other' });
  });

  it('reads replies in both shapes of an error', () => {
    expect(parseStreamMessage('{"result":null,"id":1}', 0)).toEqual({ kind: 'ack', id: 1 });
    expect(parseStreamMessage('{"result":["a"],"id":3}', 0)).toEqual({ kind: 'ack', id: 3 });
    const refusal = { kind: 'refusal', id: 4, code: 2, message: 'Invalid request: …' };
    expect(parseStreamMessage('{"error":{"code":2,"msg":"Invalid request: …"},"id":4}', 0)).toEqual(refusal);
    expect(parseStreamMessage('{"code":2,"msg":"Invalid request: …","id":4}', 0)).toEqual(refusal);
  });

  it('reads notices of contracts, of USDⓈ-M only', () => {
    const notice = (st: number): string =>
      wrapped(
        `{"e":"contractInfo","E":1,"s":"NEWUSDT","ps":"NEWUSDT","ct":"PERPETUAL","dt":4133404800000,"cs":"TRADING","st":${st}}`,
        '!contractInfo',
      );
    expect(parseStreamMessage(notice(1), 0)).toEqual({
      kind: 'contract',
      change: {
        symbol: 'NEWUSDT',
        contractType: 'PERPETUAL',
        status: 'TRADING',
        deliveryTime: 4_133_404_800_000,
      },
    });
    expect(parseStreamMessage(notice(2), 0)).toEqual({ kind: 'other' });
  });
});

describe('frame scan', () => {
  it.each([
    ['"x":true', true],
    ['"x": true', true],
    ['"x" : true', true],
    ['"x":false', false],
    ['"x": false', false],
    ['"y":"x"', false],
  ])('sees in %s whether a candle closes', (x, expected) => {
    expect(mayBeClosing(Buffer.from(candle(x)))).toBe(expected);
  });

  it('finds the stream and the event time', () => {
    const message = Buffer.from(wrapped(candle('"x":false'), '币安人生usdt@kline_1m'));
    expect(streamNameOf(message)).toBe('币安人生usdt@kline_1m');
    expect(eventTimeOf(message)).toBe(T + 60_188);
    expect(streamNameOf(Buffer.from(candle('"x":false')))).toBeUndefined();
    expect(eventTimeOf(Buffer.from('{"id":1}'))).toBeUndefined();
  });
});
