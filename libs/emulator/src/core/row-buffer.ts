/** Candles in columns with everything a kline row carries, growing as needed; reused from request to request. */

const { floor, max, round } = Math;

const COLUMNS = [
  'openTime',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'quoteVolume',
  'trades',
  'takerBase',
  'takerQuote',
] as const;

/** Above a month of minutes. */
const KEPT_ROWS = 50_000;

export class RowBuffer {
  length = 0;
  openTime: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  /** Base asset. */
  volume: Float64Array;
  quoteVolume: Float64Array;
  trades: Float64Array;
  takerBase: Float64Array;
  takerQuote: Float64Array;

  private capacity = 0;

  constructor(capacity = 64) {
    this.allocate(capacity);
  }

  /** Forgets the rows, and the memory of unusually many. */
  clear(): this {
    this.length = 0;
    if (this.capacity > KEPT_ROWS) this.allocate(KEPT_ROWS);
    return this;
  }

  /** Makes room for so many more rows. */
  reserve(rows: number): void {
    if (this.length + rows <= this.capacity) return;
    this.capacity = max(this.length + rows, this.capacity * 2);
    for (const name of COLUMNS) {
      const grown = new Float64Array(this.capacity);
      grown.set(this[name].subarray(0, this.length));
      this[name] = grown;
    }
  }

  /** Appends rows [start, end) of another buffer. */
  append(source: RowBuffer, start = 0, end = source.length): void {
    if (end <= start) return;
    this.reserve(end - start);
    for (const name of COLUMNS) this[name].set(source[name].subarray(start, end), this.length);
    this.length += end - start;
  }

  private allocate(capacity: number): void {
    this.capacity = capacity;
    for (const name of COLUMNS) this[name] = new Float64Array(capacity);
  }

  /** A copy of just the rows. */
  compact(): RowBuffer {
    const copy = new RowBuffer(max(1, this.length));
    copy.append(this);
    return copy;
  }

  /** Takes rows away from the front. */
  dropFirst(rows: number): void {
    if (rows <= 0) return;
    for (const name of COLUMNS) this[name].copyWithin(0, rows, this.length);
    this.length -= rows;
  }

  /** Index of the first row with openTime ≥ instant; rows must ascend. */
  lowerBound(instant: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.openTime[middle]! < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Decimals of sums: sums of decimals in floating point are brought back to the exact decimal. */
export interface Precision {
  readonly price: number;
  readonly quantity: number;
  readonly quote: number;
}

/** Appends one row that sums up rows [start, end) of the source; nothing where there are none. */
export function foldRows(
  source: RowBuffer,
  span: { start: number; end: number; openTime: number },
  into: RowBuffer,
  precision: Precision,
): void {
  const { start, end } = span;
  if (end <= start) return;
  let high = -Infinity;
  let low = Infinity;
  let volume = 0;
  let quoteVolume = 0;
  let trades = 0;
  let takerBase = 0;
  let takerQuote = 0;
  for (let i = start; i < end; i++) {
    if (source.high[i]! > high) high = source.high[i]!;
    if (source.low[i]! < low) low = source.low[i]!;
    volume += source.volume[i]!;
    quoteVolume += source.quoteVolume[i]!;
    trades += source.trades[i]!;
    takerBase += source.takerBase[i]!;
    takerQuote += source.takerQuote[i]!;
  }
  into.reserve(1);
  const at = into.length++;
  into.openTime[at] = span.openTime;
  into.open[at] = source.open[start]!;
  into.high[at] = high;
  into.low[at] = low;
  into.close[at] = source.close[end - 1]!;
  into.volume[at] = roundTo(volume, precision.quantity);
  into.quoteVolume[at] = roundTo(quoteVolume, precision.quote);
  into.trades[at] = trades;
  into.takerBase[at] = roundTo(takerBase, precision.quantity);
  into.takerQuote[at] = roundTo(takerQuote, precision.quote);
}

const POWERS = Array.from({ length: 19 }, (_, i) => 10 ** i);
const EXACT = 2 ** 51;

export function powerOfTen(decimals: number): number {
  return POWERS[decimals] ?? 10 ** decimals;
}

/** The nearest decimal with so many places; as it is where a double cannot tell. */
export function roundTo(value: number, decimals: number): number {
  const power = powerOfTen(decimals);
  const scaled = value * power;
  return scaled < EXACT ? round(scaled) / power : value;
}

/** The greatest such decimal that is not above the value (but for a hair of rounding error). */
export function floorTo(value: number, decimals: number): number {
  const power = powerOfTen(decimals);
  const scaled = value * power;
  return scaled < EXACT ? floor(scaled + 1e-6) / power : value;
}
