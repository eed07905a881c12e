import { MINUTE_MS } from '@slt/domain';
import { OrderLimiter } from './order-limiter';

const ONE = { per10Seconds: 1, perMinute: 1 };
const BATCH = { per10Seconds: 5, perMinute: 1 };
const START = 10_000 * MINUTE_MS;

describe('OrderLimiter', () => {
  it('counts by calendar windows of ten seconds and of a minute', () => {
    const limiter = new OrderLimiter({ ordersPer10Seconds: 2, ordersPerMinute: 3 });
    const at = (ms: number): unknown => limiter.charge('a', ONE, START + ms);
    expect(at(0)).toEqual({ kind: 'granted', count: { in10Seconds: 1, inMinute: 1 } });
    expect(at(9_999)).toEqual({ kind: 'granted', count: { in10Seconds: 2, inMinute: 2 } });
    expect(at(9_999)).toEqual({ kind: 'limited', limit: 2, window: 'TEN_SECONDS' });
    expect(at(10_000)).toEqual({ kind: 'granted', count: { in10Seconds: 1, inMinute: 3 } });
    expect(at(10_001)).toEqual({ kind: 'limited', limit: 3, window: 'MINUTE' });
    expect(at(60_000)).toEqual({ kind: 'granted', count: { in10Seconds: 1, inMinute: 1 } });
  });

  it('counts a batch as five in ten seconds and one in the minute, or not at all', () => {
    const limiter = new OrderLimiter({ ordersPer10Seconds: 6, ordersPerMinute: 100 });
    expect(limiter.charge('a', BATCH, START)).toMatchObject({ count: { in10Seconds: 5, inMinute: 1 } });
    expect(limiter.charge('a', BATCH, START)).toMatchObject({ kind: 'limited' }); // 5 + 5 > 6
    expect(limiter.charge('a', ONE, START)).toMatchObject({ count: { in10Seconds: 6, inMinute: 2 } });
  });

  it('keeps accounts apart', () => {
    const limiter = new OrderLimiter({ ordersPer10Seconds: 1, ordersPerMinute: 1 });
    limiter.charge('a', ONE, START);
    expect(limiter.charge('b', ONE, START)).toMatchObject({ kind: 'granted' });
  });
});
