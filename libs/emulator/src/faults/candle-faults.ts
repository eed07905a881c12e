/** Which candles a rule means, and what a changed candle looks like. */
import type { UtcMs } from '@slt/domain';
import { bucketOf, stepBucket } from '../core/market-interval';
import type { KlineRow, MarketInterval } from '../market';
import type { CandleSelection, ChangedCandleFault } from './fault-rule';

const DEFAULT_FACTOR = 1.01;
/** More candles than any answer holds. */
const MANY = 20_000;

export function isSelected(selection: CandleSelection, openTime: UtcMs): boolean {
  if (selection.range !== undefined) {
    return openTime >= selection.range.from && openTime <= selection.range.to;
  }
  return selection.openTimes?.includes(openTime) ?? false;
}

/** How many candles of the interval the selection can hold at most. */
export function candlesIn(selection: CandleSelection, interval: MarketInterval): number {
  if (selection.range === undefined) return selection.openTimes?.length ?? 0;
  const { from, to } = selection.range;
  let count = 0;
  for (let at = bucketOf(from, interval); at <= to && count < MANY; at = stepBucket(at, interval, 1)) count++;
  return count;
}

/** Prices and volume multiplied, with the decimals they had: still a sane candle, but not the true one. */
export function changedRow(row: KlineRow, rule: ChangedCandleFault): KlineRow {
  const factor = rule.factor ?? DEFAULT_FACTOR;
  return {
    ...row,
    open: scaled(row.open, factor),
    high: scaled(row.high, factor),
    low: scaled(row.low, factor),
    close: scaled(row.close, factor),
    volume: scaled(row.volume, factor),
  };
}

/** Never the same number again, unless it is 0: one unit of the last decimal at least. */
function scaled(text: string, factor: number): string {
  const decimals = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
  const value = Number(text);
  const result = (value * factor).toFixed(decimals);
  if (Number(result) !== value || value === 0 || factor === 1) return result;
  return (value + Math.sign(factor - 1) * 10 ** -decimals).toFixed(decimals);
}
