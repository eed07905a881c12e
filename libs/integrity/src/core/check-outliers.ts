/**
 * Values that could be real but seldom are. Robust statistics (median and median absolute deviation), because what is
 * looked for would itself spoil a mean and a standard deviation. Crypto has fat tails: the bars are set so that a real
 * crash with its volume may be named, an ordinary day never is.
 */
import type { CandleColumns, Interval } from '@slt/domain';
import { intervalMs } from '@slt/domain';
import { type Finding, isoMinute, plural, warning } from './finding';

const LISTED = 20;
/** Fewer rows say too little about what is usual. */
const MIN_ROWS = 30;
/** Makes the median absolute deviation of a normal distribution its standard deviation. */
const MAD_TO_SIGMA = 1.4826;

export interface OutlierBars {
  /** Robust standard deviations of ln(volume) above its median. */
  readonly volumeSigmas: number;
  /** And at least this many times the median volume. */
  readonly volumeTimes: number;
  /** Robust standard deviations of a candle's farthest move from the close before. */
  readonly priceSigmas: number;
  /** And at least this share of the price. */
  readonly priceShare: number;
}

export const OUTLIER_BARS: OutlierBars = {
  volumeSigmas: 8,
  volumeTimes: 100,
  priceSigmas: 30,
  priceShare: 0.1,
};

/** Columns must have passed checkValues and checkTimes, holes apart. O(n log n). */
export function checkOutliers(
  columns: CandleColumns,
  interval: Interval,
  bars: OutlierBars = OUTLIER_BARS,
): Finding[] {
  if (columns.length < MIN_ROWS) return [];
  return [...volumeOutliers(columns, bars), ...priceJumps(columns, interval, bars)];
}

function volumeOutliers(columns: CandleColumns, bars: OutlierBars): Finding[] {
  const logs = Float64Array.from(columns.volume.filter((volume) => volume > 0)).map(Math.log);
  if (logs.length < MIN_ROWS) return [];
  const { median, sigma } = robustScale(logs, 0.25);
  const bar = Math.max(median + bars.volumeSigmas * sigma, median + Math.log(bars.volumeTimes));
  const rows: number[] = [];
  for (let i = 0; i < columns.length; i++) if (Math.log(columns.volume[i]!) > bar) rows.push(i);
  if (rows.length === 0) return [];
  const largest = rows.reduce((a, b) => (columns.volume[b]! > columns.volume[a]! ? b : a));
  const times = Math.round(columns.volume[largest]! / Math.exp(median));
  return [
    warning(
      'VOLUME_OUTLIER',
      `${plural(rows.length, 'candle')} of unusual volume, the largest at ${isoMinute(columns.openTime[largest]!)}` +
        ` with ${times} times the median`,
      { count: rows.length, rows: rows.slice(0, LISTED), times },
    ),
  ];
}

/** A move is judged only against the candle right before: over a hole the price may have gone anywhere. */
function priceJumps(columns: CandleColumns, interval: Interval, bars: OutlierBars): Finding[] {
  const step = intervalMs(interval);
  const moves = new Float64Array(columns.length);
  for (let i = 1; i < columns.length; i++) {
    if (columns.openTime[i]! - columns.openTime[i - 1]! !== step) continue;
    const before = Math.log(columns.close[i - 1]!);
    moves[i] = Math.max(
      Math.abs(Math.log(columns.high[i]!) - before),
      Math.abs(Math.log(columns.low[i]!) - before),
    );
  }
  const { median, sigma } = robustScale(moves.slice(1), 1e-5);
  const bar = Math.max(median + bars.priceSigmas * sigma, Math.log1p(bars.priceShare));
  const rows: number[] = [];
  for (let i = 1; i < columns.length; i++) if (moves[i]! > bar) rows.push(i);
  if (rows.length === 0) return [];
  const largest = rows.reduce((a, b) => (moves[b]! > moves[a]! ? b : a));
  const percent = Math.round(Math.expm1(moves[largest]!) * 1000) / 10;
  return [
    warning(
      'PRICE_JUMP',
      `${plural(rows.length, 'candle')} with an unusual jump, the largest at ` +
        `${isoMinute(columns.openTime[largest]!)} by ${percent} %`,
      { count: rows.length, rows: rows.slice(0, LISTED), percent },
    ),
  ];
}

function robustScale(values: Float64Array, leastSigma: number): { median: number; sigma: number } {
  const median = medianOf(values);
  const mad = medianOf(values.map((value) => Math.abs(value - median)));
  return { median, sigma: Math.max(leastSigma, MAD_TO_SIGMA * mad) };
}

function medianOf(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
