/** The candles of a series that can stand although others beside them cannot. */
import {
  allocateColumns,
  CANDLE_FIELDS,
  type CandleColumns,
  type Interval,
  intervalMs,
  sliceColumns,
  type UtcMs,
} from '@slt/domain';
import { brokenRule } from './check-values';

/**
 * Well-formed candles of [from, to], ascending. An open time that two different rows claim is left out: nobody knows
 * which of them is right.
 * @param columns in any order, with anything in them
 */
export function salvage(
  columns: CandleColumns,
  interval: Interval,
  range: { readonly from: UtcMs; readonly to: UtcMs },
): CandleColumns {
  const step = intervalMs(interval);
  const byTime = new Map<UtcMs, number>();
  const disputed = new Set<UtcMs>();
  for (let i = 0; i < columns.length; i++) {
    const time = columns.openTime[i]!;
    if (!(time >= range.from && time <= range.to) || time % step !== 0) continue;
    if (brokenRule(columns, i) !== undefined) continue;
    const other = byTime.get(time);
    if (other !== undefined && !sameRow(columns, i, other)) disputed.add(time);
    byTime.set(time, i);
  }
  const times = Float64Array.from([...byTime.keys()].filter((time) => !disputed.has(time))).sort();
  return pick(
    columns,
    Array.from(times, (time) => byTime.get(time)!),
  );
}

function sameRow(columns: CandleColumns, a: number, b: number): boolean {
  return CANDLE_FIELDS.every((field) => columns[field][a] === columns[field][b]);
}

function pick(columns: CandleColumns, rows: readonly number[]): CandleColumns {
  const picked = allocateColumns(rows.length);
  rows.forEach((row, at) => {
    for (const field of ['openTime', ...CANDLE_FIELDS] as const) picked[field][at] = columns[field][row]!;
  });
  return sliceColumns(picked, 0);
}
