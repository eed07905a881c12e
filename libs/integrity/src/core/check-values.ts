/** Can these be prices and volumes? A row that breaks a rule here is wrong beyond doubt. */
import { CANDLE_FIELDS, type CandleColumns } from '@slt/domain';
import { error, type Finding, isoMinute, plural } from './finding';

const LISTED = 20;

/**
 * NOT_FINITE: NaN or infinite. NEGATIVE: a price of zero or below, a volume below zero.
 * OHLC: not low ≤ open, close ≤ high. Each row is named under the first rule it breaks.
 */
export function checkValues(columns: CandleColumns): Finding[] {
  const broken = { NOT_FINITE: [] as number[], NEGATIVE: [] as number[], OHLC: [] as number[] };
  for (let i = 0; i < columns.length; i++) {
    const code = brokenRule(columns, i);
    if (code !== undefined) broken[code].push(i);
  }
  return [
    ...finding('NOT_FINITE', broken.NOT_FINITE, columns, 'with a value that is not a finite number'),
    ...finding('NEGATIVE', broken.NEGATIVE, columns, 'with a price not above zero or a negative volume'),
    ...finding('OHLC', broken.OHLC, columns, 'whose open or close lies outside of low and high'),
  ];
}

/** The rule that row i breaks, if any. */
export function brokenRule(
  columns: CandleColumns,
  i: number,
): 'NOT_FINITE' | 'NEGATIVE' | 'OHLC' | undefined {
  const open = columns.open[i]!;
  const high = columns.high[i]!;
  const low = columns.low[i]!;
  const close = columns.close[i]!;
  const volume = columns.volume[i]!;
  if (!Number.isFinite(open + high + low + close + volume)) {
    // A sum may overflow although each value is finite.
    if (CANDLE_FIELDS.some((field) => !Number.isFinite(columns[field][i]))) return 'NOT_FINITE';
  }
  if (!(low > 0 && open > 0 && high > 0 && close > 0 && volume >= 0)) return 'NEGATIVE';
  return low <= open && low <= close && open <= high && close <= high ? undefined : 'OHLC';
}

function finding(
  code: 'NOT_FINITE' | 'NEGATIVE' | 'OHLC',
  rows: readonly number[],
  columns: CandleColumns,
  what: string,
): Finding[] {
  if (rows.length === 0) return [];
  const first = rows[0]!;
  const values = CANDLE_FIELDS.map((field) => `${field} ${columns[field][first]}`).join(', ');
  const at = isoMinute(columns.openTime[first]!);
  return [
    error(code, `${plural(rows.length, 'candle')} ${what}, the first is row ${first} at ${at}: ${values}`, {
      count: rows.length,
      rows: rows.slice(0, LISTED),
    }),
  ];
}
