/** Does a series hold what its file name says? */
import { type CandleColumns, type Interval, INTERVALS, intervalMs } from '@slt/domain';
import { error, type Finding } from './finding';

/** Compares the interval of the name with the distance most neighbours have. */
export function checkName(columns: CandleColumns, interval: Interval): Finding[] {
  const actual = usualInterval(columns);
  if (actual === undefined || actual === interval) return [];
  const message = `the name says ${interval}, the candles are ${actual} apart`;
  return [error('NAME', message, { named: interval, actual })];
}

/** The distance of at least three quarters of all neighbours, if it is an interval. */
function usualInterval(columns: CandleColumns): Interval | undefined {
  const counts = new Map<number, number>();
  for (let i = 1; i < columns.length; i++) {
    const distance = columns.openTime[i]! - columns.openTime[i - 1]!;
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
  }
  return INTERVALS.find(
    (each) => (counts.get(intervalMs(each)) ?? 0) * 4 >= Math.max(1, columns.length - 1) * 3,
  );
}
