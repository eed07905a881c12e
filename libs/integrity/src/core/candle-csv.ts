/**
 * Candles from CSV that comes in pieces, strictly: the first row that is no candle ends the reading. Columns are found by
 * the names of a header, in any order and among others; without one there are the six of ours or the twelve of Binance's
 * archive, which begin alike.
 */
import { allocateColumns, AppError, type CandleColumns, CsvNumbers, sliceColumns } from '@slt/domain';

/** Some candles in the order of a file, and where in it they stand. */
export interface CandleBatch {
  readonly columns: CandleColumns;
  /** In words, such as `line 7`. @param index in [0, columns.length) */
  placeOf(index: number): string;
}

/** What a column may be called; other spellings differ by case, spaces and underscores only. */
const NAMES = [['timestamp', 'opentime'], ['open'], ['high'], ['low'], ['close'], ['volume']] as const;
const HEADERLESS_WIDTHS: readonly number[] = [6, 12];
const BATCH_ROWS = 4_096;
const MICROSECONDS_FROM = 1e14;
const NANOSECONDS_FROM = 1e17;

export class CandleCsv {
  private readonly numbers: CsvNumbers;
  /** Where open time, open, high, low, close and volume stand in a row. */
  private positions = [0, 1, 2, 3, 4, 5];
  /** Columns that every row must have; 0 until the header or the first row is there. */
  private width = 0;
  private filling = new Batch();
  private full: CandleBatch[] = [];

  constructor() {
    this.numbers = new CsvNumbers({
      columns: NAMES.length,
      onHeader: (names) => this.readHeader(names),
      onRow: (row) => this.take(row),
    });
  }

  /** @returns the batches that are full now; all of them of one size. @throws AppError invalid, `CANDLES.ROW` */
  push(bytes: Uint8Array): CandleBatch[] {
    this.numbers.push(bytes);
    return this.full.splice(0);
  }

  /** @returns what is left. @throws AppError invalid, `CANDLES.ROW` */
  end(): CandleBatch[] {
    this.numbers.end();
    const rest = this.filling.length > 0 ? [this.filling.seal()] : [];
    return [...this.full.splice(0), ...rest];
  }

  private readHeader(written: readonly string[]): void {
    const names = written.map((name) => name.toLowerCase().replace(/[\s_]/g, ''));
    const positions = NAMES.map((spellings) => names.findIndex((name) => isOneOf(name, spellings)));
    const missing = NAMES.filter((_, i) => positions[i] === -1).map(([name]) => name);
    if (missing.length > 0) throw rowError(1, `the header has no column ${missing.join(', ')}`);
    const doubled = NAMES.find((spellings) => names.filter((name) => isOneOf(name, spellings)).length > 1);
    if (doubled !== undefined) throw rowError(1, `the header has ${doubled[0]} twice`);
    this.positions = positions;
    this.width = names.length;
    this.numbers.select(positions);
  }

  private take(row: CsvNumbers): void {
    const { line, fields, fault, values } = row;
    if (fault !== undefined) throw rowError(line, `${JSON.stringify(fault)} is no number`);
    this.checkWidth(line, fields);
    const time = openTimeOf(values[this.positions[0]!]!);
    if (typeof time === 'string') throw rowError(line, time);
    if (this.filling.add(time, values, this.positions, line) < BATCH_ROWS) return;
    this.full.push(this.filling.seal());
    this.filling = new Batch();
  }

  private checkWidth(line: number, fields: number): void {
    if (fields === this.width) return;
    if (this.width > 0) throw rowError(line, `${fields} columns instead of ${this.width}`);
    if (!HEADERLESS_WIDTHS.includes(fields)) {
      throw rowError(line, `${fields} columns and no header; expected 6 or 12, or a header that names them`);
    }
    this.width = fields;
  }
}

function isOneOf(name: string, spellings: readonly string[]): boolean {
  return spellings.includes(name);
}

/** In milliseconds, whether written in those or in microseconds; or what is wrong with it. */
export function openTimeOf(value: number): number | string {
  const time = value >= MICROSECONDS_FROM ? Math.floor(value / 1_000) : value;
  if (Number.isSafeInteger(time) && time >= 0 && value < NANOSECONDS_FROM) return time;
  return `${value} is no time in milliseconds since 1970`;
}

class Batch {
  length = 0;
  private readonly columns = allocateColumns(BATCH_ROWS);
  private readonly lines = new Float64Array(BATCH_ROWS);

  /** @returns how many there are now */
  add(time: number, values: Float64Array, positions: readonly number[], line: number): number {
    const { columns, length } = this;
    columns.openTime[length] = time;
    columns.open[length] = values[positions[1]!]!;
    columns.high[length] = values[positions[2]!]!;
    columns.low[length] = values[positions[3]!]!;
    columns.close[length] = values[positions[4]!]!;
    columns.volume[length] = values[positions[5]!]!;
    this.lines[length] = line;
    return ++this.length;
  }

  seal(): CandleBatch {
    const { lines } = this;
    return {
      columns: sliceColumns(this.columns, 0, this.length),
      placeOf: (index) => `line ${lines[index]!}`,
    };
  }
}

function rowError(line: number, problem: string): AppError {
  return new AppError('invalid', 'CANDLES.ROW', `line ${line}: ${problem}`);
}
