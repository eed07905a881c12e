/**
 * The candle that is being worked on, and a ring of the last ones. All detectors read it here: numbers handed from
 * call to call would be boxed, numbers in fields and columns are not.
 */
import { AppError, type Candle, type DurationMs, type UtcMs } from '@slt/domain';
import { pick } from './columns';
import { MAX_AMOUNT, MAX_INDEX, MAX_TIME } from './limits';
import type { SnapshotReader } from './snapshot-reader';

export class CandleWindow {
  /** Count of candles before the present one; −1 before the first. */
  index = -1;
  openTime: UtcMs = -1;
  high = NaN;
  low = NaN;
  close = NaN;
  volume = NaN;
  /** Close of the candle before; NaN at the first, so that it crosses nothing. */
  previousClose = NaN;
  /** Greatest of high − low and the distances from the previous close to either. */
  trueRange = NaN;

  /** Rings, at `index & mask`; at least the last `reach` candles before the present one are in them. */
  readonly mask: number;
  readonly openTimes: Float64Array;
  readonly highs: Float64Array;
  readonly lows: Float64Array;
  readonly volumes: Float64Array;
  /** 1 where the range was so large that an order block avoids the candle. */
  readonly volatile: Uint8Array;

  /** @param reach how many candles before the present one are asked for */
  constructor(
    readonly reach: number,
    readonly intervalMs: DurationMs,
  ) {
    // Room for as many again, so that searches for order blocks may lag behind.
    const capacity = 2 ** Math.ceil(Math.log2(2 * (reach + 1)));
    this.mask = capacity - 1;
    this.openTimes = new Float64Array(capacity);
    this.highs = new Float64Array(capacity);
    this.lows = new Float64Array(capacity);
    this.volumes = new Float64Array(capacity);
    this.volatile = new Uint8Array(capacity);
  }

  /** Makes the candle, which must be sound, the present one. */
  accept(candle: Candle): void {
    this.index++;
    this.openTime = candle.openTime + 0;
    this.previousClose = this.close;
    // + 0 makes a zero of a negative zero, which JSON does not know.
    this.high = candle.high + 0;
    this.low = candle.low + 0;
    this.close = candle.close + 0;
    this.volume = candle.volume + 0;
    this.trueRange = trueRange(this.high, this.low, this.previousClose);
    const slot = this.index & this.mask;
    this.openTimes[slot] = this.openTime;
    this.highs[slot] = this.high;
    this.lows[slot] = this.low;
    this.volumes[slot] = this.volume;
  }

  /**
   * Every now and then: time to take from the ring what is asked for longer than the reach lasts. It comes often enough
   * for a candle that was in reach the time before to be still there.
   */
  get isTurning(): boolean {
    return (this.index & (this.mask >> 2)) === 0;
  }

  /** Says of the present candle whether its range is at least the limit; NaN: it is not. */
  markVolatile(limit: number): void {
    this.volatile[this.index & this.mask] = this.high - this.low >= limit ? 1 : 0;
  }

  toJSON(): Record<string, unknown> {
    const length = Math.min(this.reach, this.index + 1);
    const slots: number[] = [];
    for (let i = this.index - length + 1; i <= this.index; i++) slots.push(i & this.mask);
    const times = pick(this.openTimes, slots);
    return {
      index: this.index,
      close: this.index < 0 ? null : this.close,
      // The first one, then the distance of each to the one before: small numbers are quick to write.
      openTime: times.map((time, i) => (i === 0 ? time : time - times[i - 1]!)),
      high: pick(this.highs, slots),
      low: pick(this.lows, slots),
      volume: pick(this.volumes, slots),
      volatile: pick(this.volatile, slots),
    };
  }

  restore(reader: SnapshotReader): void {
    const index = reader.integer('index', -1, MAX_INDEX);
    const length = Math.min(this.reach, index + 1);
    const openTime = reader.column('openTime', { length, min: 0, max: MAX_TIME, isWhole: true });
    const high = reader.column('high', { length });
    const low = reader.column('low', { length });
    const volume = reader.column('volume', { length });
    const volatile = reader.column('volatile', { length, max: 1, isWhole: true });
    let time = 0;
    for (let i = 0; i < length; i++) {
      if (i > 0 && openTime[i]! < 1) reader.fail(`openTime[${i}]`, 'does not come after the one before');
      if (low[i]! > high[i]!) reader.fail(`low[${i}]`, 'is above its high');
      time += openTime[i]!;
      const slot = (index - length + 1 + i) & this.mask;
      this.openTimes[slot] = time;
      this.highs[slot] = high[i]!;
      this.lows[slot] = low[i]!;
      this.volumes[slot] = volume[i]!;
      this.volatile[slot] = volatile[i]!;
    }
    if (time > MAX_TIME) reader.fail('openTime', 'goes beyond the year 9999');
    if (index >= length && this.openTimes[(index - length + 1) & this.mask]! < index - length + 1) {
      reader.fail('openTime', 'leaves no room for the candles before');
    }
    this.resumeAt(index, time, reader);
  }

  /** The present candle again; its open, true range and the close before are not asked for any more. */
  private resumeAt(index: number, openTime: UtcMs, reader: SnapshotReader): void {
    this.index = index;
    if (index < 0) return;
    this.openTime = openTime;
    this.high = this.highs[index & this.mask]!;
    this.low = this.lows[index & this.mask]!;
    this.volume = this.volumes[index & this.mask]!;
    this.close = reader.number('close', this.low, this.high);
  }
}

/** @param previousClose NaN: there is none */
export function trueRange(high: number, low: number, previousClose: number): number {
  let range = high - low;
  // False for NaN, at the first candle.
  if (high - previousClose > range) range = high - previousClose;
  if (previousClose - low > range) range = previousClose - low;
  return range;
}

/**
 * @param after the open time of the candle before, −1 if there is none
 * @throws AppError invalid `SMC.CANDLE`, naming the first problem
 */
export function assertSound(candle: Candle, after: UtcMs): void {
  if (isSound(candle, after)) return;
  throw new AppError(
    'invalid',
    'SMC.CANDLE',
    `the candle at ${candle.openTime}: ${problemOf(candle, after)}`,
  );
}

/** Every comparison is false for NaN. */
function isSound(candle: Candle, after: UtcMs): boolean {
  const { openTime, open, high, low, close, volume } = candle;
  return (
    Number.isInteger(openTime) &&
    openTime > after &&
    openTime >= 0 &&
    openTime <= MAX_TIME &&
    areNumbers(candle) &&
    low >= 0 &&
    high <= MAX_AMOUNT &&
    open >= low &&
    open <= high &&
    close >= low &&
    close <= high &&
    volume >= 0 &&
    volume <= MAX_AMOUNT
  );
}

/** Text would compare like a number. */
function areNumbers({ open, high, low, close, volume }: Candle): boolean {
  return (
    typeof open === 'number' &&
    typeof high === 'number' &&
    typeof low === 'number' &&
    typeof close === 'number' &&
    typeof volume === 'number'
  );
}

function problemOf(candle: Candle, after: UtcMs): string {
  const { openTime, open, high, low, close } = candle;
  if (!Number.isInteger(openTime) || openTime < 0 || openTime > MAX_TIME) {
    return `open time ${openTime} is not a whole number of milliseconds between 1970 and 9999`;
  }
  for (const field of ['open', 'high', 'low', 'close', 'volume'] as const) {
    const value: unknown = candle[field];
    if (typeof value !== 'number' || !Number.isFinite(value)) return `${field} is ${String(value)}`;
    if (value < 0) return `${field} ${value} is negative`;
    if (value > MAX_AMOUNT) return `${field} ${value} is above ${MAX_AMOUNT}`;
  }
  if (high < low) return `high ${high} is below low ${low}`;
  if (open < low || open > high) return `open ${open} is outside ${low}…${high}`;
  if (close < low || close > high) return `close ${close} is outside ${low}…${high}`;
  return `it does not come after the last one, ${after}`;
}
