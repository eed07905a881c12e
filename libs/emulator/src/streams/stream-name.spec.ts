import { parseStreamName } from './stream-name';
import { parseStreamUrl } from './stream-url';

describe('stream names', () => {
  it.each([
    ['btcusdt@kline_1m', { kind: 'kline', route: 'market', symbol: 'BTCUSDT', interval: '1m' }],
    ['btcusdt@kline_1M', { kind: 'kline', route: 'market', symbol: 'BTCUSDT', interval: '1M' }],
    ['币安人生usdt@kline_5m', { kind: 'kline', route: 'market', symbol: '币安人生USDT', interval: '5m' }],
    [
      'btcusdt_perpetual@continuousKline_1m',
      {
        kind: 'continuousKline',
        route: 'market',
        pair: 'BTCUSDT',
        contractType: 'PERPETUAL',
        interval: '1m',
      },
    ],
    ['btcusdt@markPrice@1s', { kind: 'markPrice', route: 'market', symbol: 'BTCUSDT', everySecond: true }],
    ['!markPrice@arr', { kind: 'markPriceAll', route: 'market', everySecond: false }],
    ['!contractInfo', { kind: 'contractInfo', route: 'market' }],
    ['btcusdt_260925@aggTrade', { kind: 'aggTrade', route: 'market', symbol: 'BTCUSDT_260925' }],
    ['btcusdt@bookTicker', { kind: 'bookTicker', route: 'public', symbol: 'BTCUSDT' }],
  ])('reads %s', (name, spec) => expect(parseStreamName(name)).toEqual(spec));

  it.each(['', '@kline_1m', 'BTCUSDT@kline_1m', 'btcusdt@kline_7m', 'btcusdt@nothing', 'btcusdt'])(
    'knows no %p',
    (name) => expect(parseStreamName(name)).toBeUndefined(),
  );
});

describe('stream addresses', () => {
  it('reads raw, combined and bare connections', () => {
    expect(parseStreamUrl('/market/ws/a@b')).toEqual({
      route: 'market',
      path: '/market/ws/a@b',
      isCombined: false,
      streams: ['a@b'],
    });
    expect(parseStreamUrl('/market/stream?streams=a@b/%E5%B8%81usdt@kline_1m')).toMatchObject({
      isCombined: true,
      streams: ['a@b', '币usdt@kline_1m'],
    });
    expect(parseStreamUrl('/public/ws')).toMatchObject({ route: 'public', streams: [] });
    expect(parseStreamUrl('/market/ws/%E5%B8%81usdt@kline_1m')?.streams).toEqual(['币usdt@kline_1m']);
  });

  it('knows no retired or unknown path', () => {
    for (const url of [
      '/ws/btcusdt@kline_1m',
      '/stream',
      '/',
      '/market',
      '/market/other',
      '/market/ws/%E5%B',
    ]) {
      expect(parseStreamUrl(url)).toBeUndefined();
    }
  });
});
