/**
 * REST klines into columns. A row is `[openTime, open, high, low, close, volume, closeTime, …]`, prices and volume as
 * decimal text; the last row may be the candle that is still forming.
 */
import {
  allocateColumns,
  type CandleColumns,
  type Interval,
  intervalMs,
  sliceColumns,
  type UtcMs,
} from '@slt/domain';
import { badResponse, excerpt } from './bad-response';
import { isInstant, type Ohlcv, ohlcvProblem, parseDecimal } from './decimal';

export interface KlineWindow {
  readonly interval: Interval;
  /** First open time wanted; inclusive. */
  readonly startTime: UtcMs;
  /** Last open time wanted; inclusive. */
  readonly endTime: UtcMs;
  /** A candle that closes after this instant is still forming. */
  readonly closedBy: UtcMs;
}

const MIN_FIELDS = 6;

/**
 * The closed candles of the window, ascending.
 * @throws AppError transient, `EXCHANGE.BAD_RESPONSE`: one wrong row condemns the answer, for what made it wrong may
 *   have touched the others
 */
export function parseKlineRows(rows: unknown, window: KlineWindow): CandleColumns {
  if (!Array.isArray(rows)) throw badResponse(`no list of candles: ${excerpt(rows)}`);
  const step = intervalMs(window.interval);
  const columns = allocateColumns(rows.length);
  let count = 0;
  let previous = -1;
  for (const row of rows as unknown[]) {
    if (!Array.isArray(row) || row.length < MIN_FIELDS) throw badResponse(`no candle: ${excerpt(row)}`);
    const openTime: unknown = row[0];
    if (!isInstant(openTime) || openTime % step !== 0) {
      throw badResponse(`a candle that opens at ${excerpt(openTime)}`);
    }
    if (openTime <= previous) throw badResponse(`candles out of order at ${openTime}`);
    previous = openTime;
    const candle = parseOhlcv(row, openTime);
    if (openTime < window.startTime || openTime > window.endTime) continue;
    if (openTime + step > window.closedBy) continue;
    columns.openTime[count] = openTime;
    columns.open[count] = candle.open;
    columns.high[count] = candle.high;
    columns.low[count] = candle.low;
    columns.close[count] = candle.close;
    columns.volume[count] = candle.volume;
    count++;
  }
  return count === rows.length ? columns : sliceColumns(columns, 0, count);
}

function parseOhlcv(row: readonly unknown[], openTime: UtcMs): Ohlcv {
  const candle = {
    open: parseDecimal(row[1]),
    high: parseDecimal(row[2]),
    low: parseDecimal(row[3]),
    close: parseDecimal(row[4]),
    volume: parseDecimal(row[5]),
  };
  const problem = ohlcvProblem(candle);
  if (problem !== undefined) throw badResponse(`a candle at ${openTime} with ${problem}`);
  return candle;
}
