/** Whether candles are what the emulated exchange has: all of them, once, closed, and number for number. */
import {
  type Candle,
  type CandleColumns,
  candleAt,
  type Interval,
  intervalMs,
  openTimeOf,
} from '@slt/domain';
import type { Emulator } from '@slt/emulator';

export interface TruthQuestion {
  readonly emulator: Emulator;
  readonly symbol: string;
  readonly interval?: Interval;
  /** Fewer candles than this are a flaw. */
  readonly atLeast?: number;
  /** How many closed candles may be missing at the end: what streams while one looks. */
  readonly lag?: number;
}

/** @returns one line for each flaw; empty when all is well */
export function flawsOf(candles: readonly Candle[], question: TruthQuestion): string[] {
  const { emulator, symbol, interval = '1m', atLeast = 1, lag } = question;
  const now = emulator.now();
  const first = candles[0]?.openTime;
  const last = candles.at(-1)?.openTime;
  if (first === undefined || last === undefined || candles.length < atLeast) {
    return [`${symbol}: ${candles.length} candles instead of ${atLeast}`];
  }
  const flaws: string[] = [];
  const step = intervalMs(interval);
  if (last + step > now) flaws.push(`${symbol}: a forming candle at ${last}`);
  const missing = (openTimeOf(now, interval) - step - last) / step;
  if (lag !== undefined && missing > lag) flaws.push(`${symbol}: ${missing} candles missing at the end`);
  const range = { from: first, to: last, limit: 1_000_000, fromEnd: false };
  const truth = emulator.market.klines(symbol, interval, range, now).map((row) => ({
    openTime: row.openTime,
    open: Number(row.open),
    high: Number(row.high),
    low: Number(row.low),
    close: Number(row.close),
    volume: Number(row.volume),
  }));
  if (truth.length !== candles.length) flaws.push(`${symbol}: ${candles.length} of ${truth.length} candles`);
  const wrong = truth.findIndex((row, i) => !isSame(row, candles[i]));
  if (wrong >= 0) {
    flaws.push(
      `${symbol} #${wrong}: ${JSON.stringify(candles[wrong])} instead of ${JSON.stringify(truth[wrong])}`,
    );
  }
  return flaws;
}

export function candlesOf(columns: CandleColumns): Candle[] {
  return Array.from({ length: columns.length }, (_, i) => candleAt(columns, i));
}

function isSame(one: Candle, other: Candle | undefined): boolean {
  return (['openTime', 'open', 'high', 'low', 'close', 'volume'] as const).every(
    (field) => one[field] === other?.[field],
  );
}
