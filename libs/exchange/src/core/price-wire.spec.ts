import { isAppError } from '@slt/domain';
import {
  parseBookTop,
  parseFundings,
  parseMarkPrice,
  parseMinuteVolume,
  parsePriceFrame,
} from './price-wire';

const wrapped = (data: unknown): string => JSON.stringify({ stream: 'x', data });
const BOOK = {
  e: 'bookTicker',
  u: 1,
  E: 5,
  T: 4,
  s: '龙虾USDT',
  b: '0.0062',
  B: '10',
  a: '0.0063',
  A: '7',
  st: 1,
};

describe('prices on the wire', () => {
  it('reads best bid and ask, trades and mark prices of streams', () => {
    expect(parsePriceFrame(wrapped(BOOK))).toEqual({
      kind: 'book',
      symbol: '龙虾USDT',
      at: 5,
      bid: 0.0062,
      bidQuantity: 10,
      ask: 0.0063,
      askQuantity: 7,
    });
    const trade = { e: 'aggTrade', E: 6, s: 'BTCUSDT', p: '68000.1', q: '1', st: 1 };
    expect(parsePriceFrame(wrapped(trade))).toEqual({
      kind: 'trade',
      symbol: 'BTCUSDT',
      at: 6,
      price: 68_000.1,
    });
    const mark = { e: 'markPriceUpdate', E: 7, s: 'BTCUSDT', p: '68000.12345678', T: 8 };
    expect(parsePriceFrame(JSON.stringify(mark))).toMatchObject({ kind: 'mark', price: 68_000.12345678 });
  });

  it.each([
    ['another market', { ...BOOK, st: 2 }],
    ['a crossed book', { ...BOOK, b: '0.0064' }],
    ['no bid', { ...BOOK, b: '0' }],
    ['no symbol', { ...BOOK, s: '' }],
    ['no time', { ...BOOK, E: 'x' }],
    ['another event', { ...BOOK, e: 'kline' }],
  ])('passes over %s', (_, data) => {
    expect(parsePriceFrame(wrapped(data))).toBeUndefined();
  });

  it('reads what REST answers', () => {
    const top = { symbol: 'BTCUSDT', bidPrice: '1.5', bidQty: '2', askPrice: '1.6', askQty: '3', time: 1 };
    expect(parseBookTop(top)).toEqual({ bid: 1.5, ask: 1.6, bidQuantity: 2, askQuantity: 3 });
    expect(parseMarkPrice({ markPrice: '1.55000000' })).toBe(1.55);
    expect(parseMinuteVolume({ quoteVolume: '1440000' })).toBe(1_000);
    const row = {
      symbol: 'BTCUSDT',
      fundingRate: '-0.00010000',
      fundingTime: 9,
      markPrice: '1.5',
      rateType: 'Regular',
    };
    expect(parseFundings([row, { ...row, fundingTime: 2 }])).toMatchObject([
      { at: 2, rate: -0.0001 },
      { at: 9, markPrice: 1.5 },
    ]);
  });

  it.each([
    ['an empty object', () => parseBookTop({})],
    ['no mark price', () => parseMarkPrice([])],
    ['a volume that is text', () => parseMinuteVolume({ quoteVolume: 'lots' })],
    ['no list', () => parseFundings({})],
    [
      'a rate that is text',
      () => parseFundings([{ symbol: 'A', fundingRate: 'x', fundingTime: 1, markPrice: '1' }]),
    ],
  ])('refuses %s', (_, parse) => {
    let thrown: unknown;
    try {
      parse();
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown, 'EXCHANGE.BAD_RESPONSE')).toBe(true);
  });
});
