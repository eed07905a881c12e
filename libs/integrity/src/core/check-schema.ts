/** Has a Parquet file the columns of a series? Names and types of DESIGN: six columns, no more, no less. */
import type { CandleColumns } from '@slt/domain';
import { error, type Finding, plural, warning } from './finding';

const WANTED: Readonly<Record<string, string>> = {
  timestamp: 'Int64',
  open: 'Float64',
  high: 'Float64',
  low: 'Float64',
  close: 'Float64',
  volume: 'Float64',
};

/** What a parser found; `columns` holds those of the right type without nulls. */
export interface ParsedFile {
  readonly schema: readonly { readonly name: string; readonly type: string }[];
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly nulls: Readonly<Record<string, number>>;
  readonly rows: number;
}

export interface SchemaCheck {
  readonly findings: readonly Finding[];
  /** There unless the findings have an error. */
  readonly columns?: CandleColumns;
}

export function checkSchema(file: ParsedFile): SchemaCheck {
  const findings = [...schemaFindings(file), ...nullFindings(file)];
  if (findings.some((finding) => finding.severity === 'error')) return { findings };
  const lengths = new Set(Object.values(file.columns).map((column) => column.length));
  lengths.add(file.rows);
  if (lengths.size > 1) {
    const message = `the columns and the footer disagree about the rows: ${[...lengths].join(', ')}`;
    return { findings: [...findings, error('ROW_COUNT', message, { lengths: [...lengths] })] };
  }
  return { findings, columns: asCandles(file) };
}

function schemaFindings({ schema }: ParsedFile): Finding[] {
  const problems: string[] = [];
  for (const [name, wanted] of Object.entries(WANTED)) {
    const type = schema.find((column) => column.name === name)?.type;
    if (type === undefined) problems.push(`column ${name} is missing`);
    else if (type !== wanted) problems.push(`column ${name} is ${type}, not ${wanted}`);
  }
  const extra = schema.filter((column) => !Object.hasOwn(WANTED, column.name)).map((column) => column.name);
  const names = extra.map((name) => JSON.stringify(name.slice(0, 40)));
  return [
    ...(problems.length > 0 ? [error('SCHEMA', problems.join('; '), { schema })] : []),
    ...(extra.length > 0
      ? [
          warning(
            'EXTRA_COLUMNS',
            `${plural(extra.length, 'column')} of no use: ${names.slice(0, 5).join(', ')}`,
            { extra },
          ),
        ]
      : []),
  ];
}

function nullFindings({ nulls }: ParsedFile): Finding[] {
  const found = Object.entries(nulls);
  if (found.length === 0) return [];
  const text = found.map(([name, count]) => `${count} in ${name}`).join(', ');
  return [error('NULLS', `values are missing: ${text}`, { nulls })];
}

function asCandles({ columns }: ParsedFile): CandleColumns {
  return {
    length: columns['timestamp']!.length,
    openTime: columns['timestamp']!,
    open: columns['open']!,
    high: columns['high']!,
    low: columns['low']!,
    close: columns['close']!,
    volume: columns['volume']!,
  };
}
