/**
 * How fine a contract's prices and quantities are, where only its candles are known: as fine as its first candles are
 * written. Causal: nothing is decided on candles as early as these.
 */
import type { CandleColumns } from './candle-columns';

/** Fewer than what decisions need before the first. */
export const PRECISION_CANDLES = 200;
const MOST_DECIMALS = 8;

export interface RecordedPrecision {
  /** Decimals of the tick. */
  readonly price: number;
  /** Of the step. */
  readonly quantity: number;
}

/** @param columns the first candles that there are; those after the first 200 are not looked at */
export function recordedPrecision(columns: Omit<CandleColumns, 'openTime' | 'length'>): RecordedPrecision {
  const { open, high, low, close, volume } = columns;
  return {
    price: Math.max(...[open, high, low, close].map(decimalsOf)),
    quantity: decimalsOf(volume),
  };
}

function decimalsOf(column: Float64Array): number {
  let most = 0;
  const length = Math.min(column.length, PRECISION_CANDLES);
  for (let i = 0; i < length; i++) most = Math.max(most, decimalsIn(column[i]!));
  return Math.min(MOST_DECIMALS, most);
}

/** Of the number as written; 12 digits, since sums of floats have dust behind them. */
function decimalsIn(value: number): number {
  const [digits = '', exponent = '0'] = Number(value.toPrecision(12)).toString().split('e');
  return Math.max(0, (digits.split('.')[1]?.length ?? 0) - Number(exponent));
}
