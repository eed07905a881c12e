/** Rows of an answer that may enter a series: closed, aligned, ascending, plausible. Others are as if missing. */
import {
  allocateColumns,
  CANDLE_FIELDS,
  type CandleColumns,
  type Interval,
  intervalMs,
  sliceColumns,
} from '@slt/domain';
import type { Window } from './coverage';

/** The same columns when all is well, which is the usual case. O(n). */
export function verifyRows(columns: CandleColumns, interval: Interval, window: Window): CandleColumns {
  let previous = -Infinity;
  for (let i = 0; i < columns.length; i++) {
    if (!isSound(columns, i, interval, window) || columns.openTime[i]! <= previous)
      return soundRows(columns, interval, window);
    previous = columns.openTime[i]!;
  }
  return columns;
}

function soundRows(columns: CandleColumns, interval: Interval, window: Window): CandleColumns {
  const kept = allocateColumns(columns.length);
  let length = 0;
  let previous = -Infinity;
  for (let i = 0; i < columns.length; i++) {
    if (!isSound(columns, i, interval, window) || columns.openTime[i]! <= previous) continue;
    previous = columns.openTime[i]!;
    kept.openTime[length] = previous;
    for (const field of CANDLE_FIELDS) kept[field][length] = columns[field][i]!;
    length++;
  }
  return sliceColumns(kept, 0, length);
}

function isSound(columns: CandleColumns, i: number, interval: Interval, window: Window): boolean {
  const openTime = columns.openTime[i]!;
  const open = columns.open[i]!;
  const high = columns.high[i]!;
  const low = columns.low[i]!;
  const close = columns.close[i]!;
  const volume = columns.volume[i]!;
  // Comparisons with NaN are false, so NaN fails too.
  return (
    openTime >= window.from &&
    openTime <= window.to &&
    openTime % intervalMs(interval) === 0 &&
    low > 0 &&
    low <= open &&
    low <= close &&
    high >= open &&
    high >= close &&
    high < Infinity &&
    volume >= 0 &&
    volume < Infinity
  );
}
