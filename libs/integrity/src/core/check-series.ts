/** Everything that can be said about a series from its rows alone; what depends on the hour is checkAgainstNow's. */
import type { CandleColumns } from '@slt/domain';
import { checkOutliers, type OutlierBars } from './check-outliers';
import { checkTimes, type TimeContext } from './check-times';
import { checkValues } from './check-values';
import { error, type Finding, warning } from './finding';

export interface SeriesContext extends TimeContext {
  /** As the side-car has it. */
  readonly expectedRows?: number;
  /** What a warm-up wants; fewer rows are a warning, because a listing may be young. */
  readonly wantedRows?: number;
  readonly outlierBars?: OutlierBars;
}

export function checkSeries(columns: CandleColumns, context: SeriesContext): Finding[] {
  const findings = [...checkRowCount(columns.length, context)];
  const times = checkTimes(columns, context);
  const values = checkValues(columns);
  findings.push(...times, ...values);
  const wellFormed =
    values.length === 0 && times.every((f) => f.code === 'HOLES' || f.code === 'KNOWN_HOLES');
  if (wellFormed) findings.push(...checkOutliers(columns, context.interval, context.outlierBars));
  return findings;
}

function checkRowCount(rows: number, context: SeriesContext): Finding[] {
  const { expectedRows, wantedRows } = context;
  if (expectedRows !== undefined && expectedRows !== rows) {
    const message = `${rows} rows, the side-car says ${expectedRows}`;
    return [error('ROW_COUNT', message, { rows, expected: expectedRows })];
  }
  if (rows === 0) return [error('NO_ROWS', 'there is no candle in it')];
  if (wantedRows !== undefined && rows < wantedRows) {
    const message = `${rows} of the ${wantedRows} candles wanted; right for a young listing only`;
    return [warning('SHORT', message, { rows, wanted: wantedRows })];
  }
  return [];
}
