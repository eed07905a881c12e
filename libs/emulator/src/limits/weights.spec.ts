import fc from 'fast-check';
import { depthWeight, klineWeight, requestWeight } from './weights';

const ask = (path: string, params: Record<string, string> = {}): number =>
  requestWeight(path, (name) => params[name]);

describe('request weights', () => {
  it.each([
    [1, 1],
    [99, 1],
    [100, 2],
    [499, 2],
    [500, 5],
    [1000, 5],
    [1001, 10],
    [1500, 10],
  ])('charges klines of limit %i with %i', (limit, weight) => {
    expect(klineWeight(limit)).toBe(weight);
    expect(ask('/fapi/v1/klines', { symbol: 'BTCUSDT', limit: String(limit) })).toBe(weight);
    expect(ask('/fapi/v1/continuousKlines', { pair: 'BTCUSDT', limit: String(limit) })).toBe(weight);
  });

  it.each([
    [5, 2],
    [50, 2],
    [100, 5],
    [500, 10],
    [1000, 20],
  ])('charges a depth of %i with %i', (limit, weight) => {
    expect(depthWeight(limit)).toBe(weight);
    expect(ask('/fapi/v1/depth', { limit: String(limit) })).toBe(weight);
  });

  it.each([
    ['/fapi/v1/ping', 1, 1],
    ['/fapi/v1/time', 1, 1],
    ['/fapi/v1/exchangeInfo', 1, 1],
    ['/fapi/v1/ticker/24hr', 1, 40],
    ['/fapi/v1/ticker/price', 1, 2],
    ['/fapi/v2/ticker/price', 1, 2],
    ['/fapi/v1/ticker/bookTicker', 2, 5],
    ['/fapi/v1/premiumIndex', 1, 10],
  ])('charges %s with %i for one symbol and %i for all', (path, one, all) => {
    expect(ask(path, { symbol: 'BTCUSDT' })).toBe(one);
    expect(ask(path)).toBe(all);
    expect(ask(path, { symbol: '' })).toBe(all);
  });

  it.each([
    ['POST', '/fapi/v1/order', 0],
    ['PUT', '/fapi/v1/order', 0],
    ['GET', '/fapi/v1/order', 1],
    ['DELETE', '/fapi/v1/order', 1],
    ['POST', '/fapi/v1/algoOrder', 0],
    ['GET', '/fapi/v1/algoOrder', 1],
    ['POST', '/fapi/v1/batchOrders', 5],
    ['DELETE', '/fapi/v1/batchOrders', 1],
    ['GET', '/fapi/v1/positionSide/dual', 30],
    ['POST', '/fapi/v1/positionSide/dual', 1],
    ['GET', '/fapi/v1/openOrders', 40],
    ['GET', '/fapi/v3/account', 5],
    ['POST', '/fapi/v1/listenKey', 1],
  ])('charges %s %s with %i', (method, path, weight) => {
    expect(requestWeight(path, () => undefined, method)).toBe(weight);
  });

  it('charges missing and unreadable limits as the default', () => {
    expect(ask('/fapi/v1/klines')).toBe(5); // 500 rows
    expect(ask('/fapi/v1/klines', { limit: 'many' })).toBe(5);
    expect(ask('/fapi/v1/depth')).toBe(10); // 500 levels
  });

  it('never charges more for asking less', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(2000), (a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(klineWeight(less)).toBeLessThanOrEqual(klineWeight(more));
        expect(depthWeight(less)).toBeLessThanOrEqual(depthWeight(more));
      }),
    );
  });

  it('is 1, 2, 5 or 10 for any klines limit, and its steps lie at 100, 500 and 1001', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1500 }), (limit) => {
        const expected = limit >= 1001 ? 10 : limit >= 500 ? 5 : limit >= 100 ? 2 : 1;
        expect(ask('/fapi/v1/klines', { limit: String(limit) })).toBe(expected);
      }),
    );
  });
});
