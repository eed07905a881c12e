import { CANDLE_FIELDS, type CandleColumns, type Interval, intervalMs } from '@slt/domain';

/** Why the columns are no series that may be stored, or undefined: aligned, ascending open times and finite values. */
export function columnsProblem(columns: CandleColumns, interval: Interval): string | undefined {
  const { length, openTime } = columns;
  const step = intervalMs(interval);
  if (openTime.length !== length) return `${openTime.length} open times for ${length} candles`;
  for (let i = 0, previous = -Infinity; i < length; i++) {
    const at = openTime[i]!;
    if (!Number.isSafeInteger(at) || at % step !== 0) return `row ${i}: ${at} is no open time of ${interval}`;
    if (at <= previous) return `row ${i}: ${at} does not follow ${previous}`;
    previous = at;
  }
  for (const field of CANDLE_FIELDS) {
    const values = columns[field];
    if (values.length !== length) return `${values.length} values of ${field} for ${length} candles`;
    for (let i = 0; i < length; i++) {
      if (!Number.isFinite(values[i]!)) return `row ${i}: ${field} is ${values[i]}`;
    }
  }
  return undefined;
}
