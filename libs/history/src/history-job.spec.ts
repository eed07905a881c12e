import { AppError } from '@slt/domain';
import { decodeFailure, encodeFailure, isWorthRetrying, pauseOf, seriesJobId } from './history-job';

describe('history jobs', () => {
  it('carry their failure through the queue', () => {
    const error = new AppError('transient', 'EXCHANGE.SERVER_ERROR', 'overloaded', { retryAfterMs: 5 });
    const { kind, code, message, retryAfterMs } = decodeFailure(encodeFailure(error));
    expect({ kind, code, message, retryAfterMs }).toEqual({
      kind: 'transient',
      code: 'EXCHANGE.SERVER_ERROR',
      message: 'overloaded',
      retryAfterMs: 5,
    });
  });

  it.each(['job stalled more than allowable limit', '{"kind":"odd"}', 'null', ''])(
    'take the queue’s own words as transient: %s',
    (text) => {
      expect(decodeFailure(text)).toMatchObject({ kind: 'transient', code: 'HISTORY.JOB_FAILED' });
    },
  );

  it('bear the series as their name, without a colon', () => {
    expect(seriesJobId('币安:USDT', '1m')).toMatch(/^[^:]+_1m$/);
  });

  it('fail now when asking again cannot help', () => {
    expect(isWorthRetrying(new AppError('not-found', 'EXCHANGE.INVALID_SYMBOL', ''))).toBe(false);
    expect(isWorthRetrying(new AppError('transient', 'EXCHANGE.TIMEOUT', ''))).toBe(true);
  });

  it('pause everybody when the exchange says for how long', () => {
    expect(pauseOf(new AppError('transient', 'EXCHANGE.RATE_LIMITED', '', { retryAfterMs: 1.2 }))).toBe(2);
    expect(pauseOf(new AppError('transient', 'EXCHANGE.TIMEOUT', ''))).toBeUndefined();
    expect(
      pauseOf(new AppError('transient', 'DATABASE.UNREACHABLE', '', { retryAfterMs: 1 })),
    ).toBeUndefined();
  });
});
