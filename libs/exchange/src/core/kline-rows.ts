/**
 * REST klines into columns. A row is `[openTime, open, high, low, close, volume, closeTime, …]`, prices and volume as
 * decimal text; the last row may be the candle that is still forming.
 */
import {
  allocateColumns,
  CANDLE_FIELDS,
  type CandleColumns,
  type Interval,
  intervalMs,
  sliceColumns,
  type UtcMs,
} from '@slt/domain';
import { badResponse, excerpt } from './bad-response';
import { isInstant, ohlcvProblem, parseDecimal } from './decimal';

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
 * The closed candles of the window, ascending, from the parsed answer.
 * @throws AppError transient, `EXCHANGE.BAD_RESPONSE`: one wrong row condemns the answer, for what made it wrong may
 *   have touched the others
 */
export function parseKlineRows(rows: unknown, window: KlineWindow): CandleColumns {
  return closedCandles(toColumns(rows), window);
}

/** The same from all rows in columns; NaN stands for what is no number. They may be cut in place. */
export function closedCandles(rows: CandleColumns, window: KlineWindow): CandleColumns {
  const step = intervalMs(window.interval);
  let count = 0;
  let previous = -1;
  for (let i = 0; i < rows.length; i++) {
    const openTime = rows.openTime[i]!;
    if (openTime % step !== 0) throw badResponse(`a candle that opens at ${openTime}`);
    if (openTime <= previous) throw badResponse(`candles out of order at ${openTime}`);
    previous = openTime;
    const problem = rowProblem(rows, i);
    if (problem !== undefined) throw badResponse(`a candle at ${openTime} with ${problem}`);
    if (openTime < window.startTime || openTime > window.endTime) continue;
    if (openTime + step > window.closedBy) continue;
    if (count < i) moveRow(rows, i, count);
    count++;
  }
  return count === rows.length ? rows : sliceColumns(rows, 0, count);
}

function toColumns(rows: unknown): CandleColumns {
  if (!Array.isArray(rows)) throw badResponse(`no list of candles: ${excerpt(rows)}`);
  const columns = allocateColumns(rows.length);
  for (const [i, row] of (rows as unknown[]).entries()) {
    if (!Array.isArray(row) || row.length < MIN_FIELDS) throw badResponse(`no candle: ${excerpt(row)}`);
    const openTime: unknown = row[0];
    if (!isInstant(openTime)) throw badResponse(`a candle that opens at ${excerpt(openTime)}`);
    columns.openTime[i] = openTime;
    CANDLE_FIELDS.forEach((field, at) => (columns[field][i] = parseDecimal(row[at + 1])));
  }
  return columns;
}

function rowProblem(rows: CandleColumns, i: number): string | undefined {
  return ohlcvProblem({
    open: rows.open[i]!,
    high: rows.high[i]!,
    low: rows.low[i]!,
    close: rows.close[i]!,
    volume: rows.volume[i]!,
  });
}

function moveRow(rows: CandleColumns, from: number, to: number): void {
  rows.openTime[to] = rows.openTime[from]!;
  for (const field of CANDLE_FIELDS) rows[field][to] = rows[field][from]!;
}
