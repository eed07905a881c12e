import {
  countOpenTimes,
  INTERVALS,
  intervalMs,
  lastClosedOpenTime,
  openTimeOf,
  parseInterval,
} from './interval';
import { MINUTE_MS } from './time';

describe('intervals', () => {
  it('stand shortest first', () => {
    const lengths = INTERVALS.map(intervalMs);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });

  it('close a candle exactly when the next one opens', () => {
    expect(lastClosedOpenTime(10 * MINUTE_MS - 1, '1m')).toBe(8 * MINUTE_MS);
    expect(lastClosedOpenTime(600_000, '1m')).toBe(9 * MINUTE_MS);
    expect(openTimeOf(10 * MINUTE_MS - 1, '5m')).toBe(5 * MINUTE_MS);
  });

  it('count open times with both ends', () => {
    expect(countOpenTimes(0, 10 * MINUTE_MS, '5m')).toBe(3);
    expect(countOpenTimes(5, 5, '1m')).toBe(1);
    expect(countOpenTimes(60_000, 0, '1m')).toBe(0);
  });

  it.each(['7m', '1M', '', 'toString'])('refuse %j', (text) => {
    expect(() => parseInterval(text)).toThrow(expect.objectContaining({ code: 'INTERVAL.UNKNOWN' }));
  });
});
