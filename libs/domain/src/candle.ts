import type { UtcMs } from './time';

/** One candle as an object, for borders and tests; hot paths keep candles in columns. */
export interface Candle {
  readonly openTime: UtcMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In units of the base asset. */
  readonly volume: number;
}
