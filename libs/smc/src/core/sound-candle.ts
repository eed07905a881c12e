/** What a candle must be like for the engine to take it. */
import { AppError, type Candle, candleAt, type CandleColumns, type UtcMs } from '@slt/domain';
import { MAX_AMOUNT, MAX_TIME } from './limits';

/**
 * @param after the open time of the candle before, −1 if there is none
 * @throws AppError invalid `SMC.CANDLE`, naming the first problem
 */
export function assertSound(candle: Candle, after: UtcMs): void {
  if (isSound(candle, after)) return;
  throw new AppError(
    'invalid',
    'SMC.CANDLE',
    `the candle at ${candle.openTime}: ${problemOf(candle, after)}`,
  );
}

/**
 * The same of all rows, one after the other.
 * @param after the open time of the candle before the first, −1 if there is none
 * @throws AppError invalid `SMC.CANDLE`, naming the first problem
 */
export function assertAllSound(columns: CandleColumns, after: UtcMs): void {
  const row = { openTime: NaN, open: NaN, high: NaN, low: NaN, close: NaN, volume: NaN };
  let before = after;
  for (let i = 0; i < columns.length; i++) {
    row.openTime = columns.openTime[i]!;
    row.open = columns.open[i]!;
    row.high = columns.high[i]!;
    row.low = columns.low[i]!;
    row.close = columns.close[i]!;
    row.volume = columns.volume[i]!;
    if (!isSound(row, before)) assertSound(candleAt(columns, i), before);
    before = row.openTime;
  }
}

/** Every comparison is false for NaN. */
function isSound(candle: Candle, after: UtcMs): boolean {
  const { openTime, open, high, low, close, volume } = candle;
  return (
    Number.isInteger(openTime) &&
    openTime > after &&
    openTime >= 0 &&
    openTime <= MAX_TIME &&
    areNumbers(candle) &&
    low >= 0 &&
    high <= MAX_AMOUNT &&
    open >= low &&
    open <= high &&
    close >= low &&
    close <= high &&
    volume >= 0 &&
    volume <= MAX_AMOUNT
  );
}

/** Text would compare like a number. */
function areNumbers({ open, high, low, close, volume }: Candle): boolean {
  return (
    typeof open === 'number' &&
    typeof high === 'number' &&
    typeof low === 'number' &&
    typeof close === 'number' &&
    typeof volume === 'number'
  );
}

function problemOf(candle: Candle, after: UtcMs): string {
  const { openTime, open, high, low, close } = candle;
  if (!Number.isInteger(openTime) || openTime < 0 || openTime > MAX_TIME) {
    return `open time ${openTime} is not a whole number of milliseconds between 1970 and 9999`;
  }
  for (const field of ['open', 'high', 'low', 'close', 'volume'] as const) {
    const value: unknown = candle[field];
    if (typeof value !== 'number' || !Number.isFinite(value)) return `${field} is ${String(value)}`;
    if (value < 0) return `${field} ${value} is negative`;
    if (value > MAX_AMOUNT) return `${field} ${value} is above ${MAX_AMOUNT}`;
  }
  if (high < low) return `high ${high} is below low ${low}`;
  if (open < low || open > high) return `open ${open} is outside ${low}…${high}`;
  if (close < low || close > high) return `close ${close} is outside ${low}…${high}`;
  return `it does not come after the last one, ${after}`;
}
