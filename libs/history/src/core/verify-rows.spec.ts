import { type Candle, columnsOf, MINUTE_MS, toCandles } from '@slt/domain';
import { verifyRows } from './verify-rows';

const candle = (minute: number, change: Partial<Candle> = {}): Candle => ({
  openTime: minute * MINUTE_MS,
  open: 2,
  high: 3,
  low: 1,
  close: 2,
  volume: 0,
  ...change,
});
const window = { from: 0, to: 9 * MINUTE_MS };
const verify = (...candles: Candle[]): number[] =>
  toCandles(verifyRows(columnsOf(candles), '1m', window)).map((c) => c.openTime / MINUTE_MS);

describe('verifyRows', () => {
  it('returns the same columns when all is well', () => {
    const columns = columnsOf([candle(1), candle(2)]);
    expect(verifyRows(columns, '1m', window)).toBe(columns);
  });

  it.each<[string, Candle]>([
    ['misaligned', candle(2, { openTime: 2 * MINUTE_MS + 1 })],
    ['outside', candle(10)],
    ['not ascending', candle(1)],
    ['not a number', candle(2, { close: NaN })],
    ['infinite', candle(2, { high: Infinity })],
    ['of a high below the close', candle(2, { high: 1.5 })],
    ['of a low above the open', candle(2, { low: 2.5 })],
    ['of a price of zero', candle(2, { low: 0 })],
    ['of a negative volume', candle(2, { volume: -1 })],
  ])('drops a row that is %s', (_, row) => {
    expect(verify(candle(1), row, candle(3))).toEqual([1, 3]);
  });
});
