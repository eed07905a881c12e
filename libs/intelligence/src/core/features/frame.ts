/**
 * The candles that features look at: always the same number of them, so that a long series and a short one, of a backtest
 * or of a service that has just started, give the same numbers to the last bit.
 */
import { type CandleSeries, intervalMs, type UtcMs } from '@slt/domain';

export const FRAME_LENGTH = 128;
/** Candles that a series must keep: the window of the market's leader ends with the candle before the signal's. */
export const LEAST_SERIES = FRAME_LENGTH + 1;
/** Row of the newest candle. */
export const NEWEST = FRAME_LENGTH - 1;

/** `FRAME_LENGTH` rows in columns, ascending. */
export interface Frame {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** To be filled by `frameBefore`. */
export const emptyFrame = (): Frame => ({
  open: new Float64Array(FRAME_LENGTH),
  high: new Float64Array(FRAME_LENGTH),
  low: new Float64Array(FRAME_LENGTH),
  close: new Float64Array(FRAME_LENGTH),
  volume: new Float64Array(FRAME_LENGTH),
});

/**
 * The newest candles that opened before the instant, whatever the series holds from it on.
 * @param end exclusive; an open time
 * @param into takes their place
 * @returns undefined where there are too few of them, or the newest did not open just before `end`
 */
export function frameBefore(
  series: CandleSeries | undefined,
  end: UtcMs,
  into = emptyFrame(),
): Frame | undefined {
  if (series === undefined || series.length < FRAME_LENGTH) return undefined;
  let last = series.length - 1;
  // The newest one opened before `end`, but for odd cases.
  if (series.lastOpenTime! >= end) while (last >= 0 && series.at(last).openTime >= end) last--;
  const first = last - NEWEST;
  if (first < 0 || series.at(last).openTime !== end - intervalMs(series.interval)) return undefined;
  copyFrom(series, first, into);
  return into;
}

function copyFrom(series: CandleSeries, first: number, { open, high, low, close, volume }: Frame): void {
  for (let i = 0; i < FRAME_LENGTH; i++) {
    const candle = series.at(first + i);
    open[i] = candle.open;
    high[i] = candle.high;
    low[i] = candle.low;
    close[i] = candle.close;
    volume[i] = candle.volume;
  }
}

/** No market is so quiet that less than this share of the price were a measure of it. */
const LEAST_SHARE = 1e-6;

/** Mean true range of the newest `candles` (fewer than `FRAME_LENGTH`), at least a millionth of the price. */
export function meanTrueRange({ high, low, close }: Frame, candles: number): number {
  let sum = 0;
  for (let i = FRAME_LENGTH - candles; i < FRAME_LENGTH; i++) {
    const before = close[i - 1]!;
    sum += Math.max(high[i]!, before) - Math.min(low[i]!, before);
  }
  return Math.max(sum / candles, LEAST_SHARE * close[NEWEST]!);
}

/** Change of the close over so many candles. */
export function changeOver({ close }: Frame, candles: number): number {
  return close[NEWEST]! - close[NEWEST - candles]!;
}

/** Gains less losses ÷ both, as Wilder means: RSI ÷ 50 − 1, over the frame alone. 0 where nothing moved. */
export function rsiBalance({ close }: Frame, length: number): number {
  let gain = 0;
  let loss = 0;
  for (let i = 1; i < FRAME_LENGTH; i++) {
    const change = close[i]! - close[i - 1]!;
    // The mean of the first `length`, then Wilder's.
    const kept = i <= length ? (i - 1) / i : (length - 1) / length;
    const taken = 1 - kept;
    gain = gain * kept + (change > 0 ? change : 0) * taken;
    loss = loss * kept + (change < 0 ? -change : 0) * taken;
  }
  const moved = gain + loss;
  return moved === 0 ? 0 : (gain - loss) / moved;
}

/** Volume of the newest candle ÷ mean of the `candles` before it; NaN where those had none. */
export function relativeVolume({ volume }: Frame, candles: number): number {
  let sum = 0;
  for (let i = NEWEST - candles; i < NEWEST; i++) sum += volume[i]!;
  return sum > 0 ? volume[NEWEST]! / (sum / candles) : NaN;
}

/**
 * Candles since one closed beyond the low (`sign` 1; the high: −1) of all the `candles` before it; 0 is the newest.
 * Where none did: as many as were looked at.
 */
export function ageOfBreak({ high, low, close }: Frame, sign: 1 | -1, candles: number): number {
  const extreme = sign === 1 ? low : high;
  for (let i = NEWEST; i >= candles; i--) {
    let k = i - candles;
    while (k < i && sign * (extreme[k]! - close[i]!) > 0) k++;
    if (k === i) return NEWEST - i;
  }
  return FRAME_LENGTH - candles;
}

/** Closes in a row, the newest among them, that rose (positive) or fell; 0 where the newest did neither. */
export function runOfCloses({ close }: Frame): number {
  const way = Math.sign(close[NEWEST]! - close[NEWEST - 1]!);
  if (way === 0) return 0;
  let count = 1;
  while (count < NEWEST && Math.sign(close[NEWEST - count]! - close[NEWEST - count - 1]!) === way) count++;
  return way * count;
}

/**
 * Spread by closes and mid-ranges (Abdi and Ranaldo, "A Simple Estimation of Bid-Ask Spreads from Daily Close, High, and Low
 * Prices", 2017): 2 √ of the mean of (c − m)(c − m′), m and m′ being the mid-ranges of a candle and of the next; on
 * prices instead of their logarithms. In units of `unit`, so that no price is too large to be squared.
 */
export function closeSpread({ high, low, close }: Frame, unit: number, candles: number): number {
  let sum = 0;
  for (let i = NEWEST - candles; i < NEWEST; i++) {
    const here = high[i]! / 2 + low[i]! / 2;
    const next = high[i + 1]! / 2 + low[i + 1]! / 2;
    sum += ((close[i]! - here) / unit) * ((close[i]! - next) / unit);
  }
  return 2 * Math.sqrt(Math.max(0, sum / candles));
}
