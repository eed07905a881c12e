/**
 * Candles from CSV bytes: Binance's archive (12 columns, with or without header) or timestamp,open,high,low,close,volume.
 * Numbers are read from the bytes to the same double that Number() gives, and their decimals are counted.
 */
import { CsvNumbers, type Interval, intervalMs } from '@slt/domain';

export interface ParsedCandles {
  length: number;
  /** Six columns: openTime, open, high, low, close, volume; with `whole` also quote volume, trades, taker base and quote. */
  readonly columns: readonly Float64Array[];
  /** All rows had the 12 columns of the archive. */
  readonly whole: boolean;
  readonly decimals: Decimals;
  /** What is wrong, as `line 7: …`; the candles are worthless unless this is empty. */
  readonly problems: string[];
}

/** Most decimals found: as written, and without trailing zeros. */
export interface Decimals {
  price: number;
  priceExact: number;
  quantity: number;
  quantityExact: number;
  quote: number;
}

const MICROSECONDS_FROM = 1e14;
const MAX_PROBLEMS = 5;
const MOST_COLUMNS = 12;
/** Positions in a 12-column row of what is kept; the closing time and the last column are not. */
const ARCHIVE_FIELDS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10];

export function parseCandles(bytes: Uint8Array, interval: Interval): ParsedCandles {
  return new CandleParser(bytes, interval).parse();
}

class CandleParser {
  private readonly problems: string[] = [];
  private readonly decimals: Decimals = {
    price: 0,
    priceExact: 0,
    quantity: 0,
    quantityExact: 0,
    quote: 0,
  };
  private readonly step: number;
  private width = 0;
  private columns: Float64Array[] = [];
  private length = 0;

  constructor(
    private readonly bytes: Uint8Array,
    interval: Interval,
  ) {
    this.step = intervalMs(interval);
  }

  parse(): ParsedCandles {
    const numbers = new CsvNumbers({ columns: MOST_COLUMNS, onRow: (row) => this.take(row) });
    numbers.push(this.bytes);
    numbers.end();
    if (this.length === 0 && this.problems.length === 0) this.problems.push('no candle in it');
    const columns = this.columns.map((column) => column.subarray(0, this.length));
    const { length, decimals, problems, width } = this;
    return { length, columns, whole: width === MOST_COLUMNS, decimals, problems };
  }

  private take(row: CsvNumbers): void {
    const fault = this.faultOf(row);
    if (fault === undefined) return this.keep(row);
    this.problems.push(`line ${row.line}: ${fault}`);
    if (this.problems.length === MAX_PROBLEMS) row.stop();
  }

  private faultOf(row: CsvNumbers): string | undefined {
    const { fields, fault } = row;
    if (fault !== undefined) return `${JSON.stringify(fault)} is no number`;
    if (fields > MOST_COLUMNS) return `more than ${MOST_COLUMNS} columns`;
    if (fields !== MOST_COLUMNS && fields !== 6) return `${fields} columns, expected 6 or 12`;
    if (this.width !== 0 && fields !== this.width) return `${fields} columns, but ${this.width} before`;
    return this.judge(row);
  }

  private judge({ values, fields }: CsvNumbers): string | undefined {
    if (values[0]! >= MICROSECONDS_FROM) values[0] = Math.floor(values[0]! / 1000);
    const time = values[0]!;
    if (time < 1e11 || time % this.step !== 0) return `${time} is no open time of this interval`;
    for (let i = 1; i <= 4; i++) if (!(values[i]! > 0)) return `the price ${values[i]} is not positive`;
    const highest = values[2]!;
    const lowest = values[3]!;
    if (highest < Math.max(values[1]!, values[4]!, lowest) || lowest > Math.min(values[1]!, values[4]!)) {
      return `high ${highest} and low ${lowest} do not hold open ${values[1]} and close ${values[4]}`;
    }
    for (let i = 5; i < fields; i++) if (!(values[i]! >= 0)) return `${values[i]} is negative`;
    return undefined;
  }

  /** Room for as many rows as lines of this length would be. */
  private begin(fields: number): void {
    this.width = fields;
    const isWhole = fields === MOST_COLUMNS;
    const rows = Math.ceil(this.bytes.length / (isWhole ? 36 : 24)) + 1;
    const columns = isWhole ? ARCHIVE_FIELDS.length : 6;
    this.columns = Array.from({ length: columns }, () => new Float64Array(rows));
  }

  private keep({ fields, values, places, exactPlaces }: CsvNumbers): void {
    if (this.width === 0) this.begin(fields);
    const { columns, decimals } = this;
    const isWhole = fields === MOST_COLUMNS;
    for (let i = 0; i < columns.length; i++) {
      columns[i]![this.length] = values[isWhole ? ARCHIVE_FIELDS[i]! : i]!;
    }
    this.length++;
    for (let i = 1; i <= 4; i++) {
      if (places[i]! > decimals.price) decimals.price = places[i]!;
      if (exactPlaces[i]! > decimals.priceExact) decimals.priceExact = exactPlaces[i]!;
    }
    decimals.quantity = Math.max(decimals.quantity, places[5]!, isWhole ? places[9]! : 0);
    decimals.quantityExact = Math.max(decimals.quantityExact, exactPlaces[5]!);
    if (isWhole) decimals.quote = Math.max(decimals.quote, places[7]!, places[10]!);
  }
}
