/** A generated market as rows of any interval: minutes made when asked, hours kept for the last days. */
import { DAY_MS, HOUR_MS, type Interval, MINUTE_MS, type UtcMs } from '@slt/domain';
import { GeneratedHours, type Factors, QUOTE_DECIMALS } from './generated-hours';
import { Lru } from './lru';
import type { MarketInterval } from './market';
import { bucketOf, longestOf, stepBucket } from './market-interval';
import type { PriceModel } from './price-model';
import { foldRows, type Precision, RowBuffer } from './row-buffer';
import type { BaseRow, Life, RowSource } from './row-source';

const { floor, max, min } = Math;

const scratchMinutes = new RowBuffer(4096);
const scratchHours = new RowBuffer(1024);
const scratchHour = new RowBuffer(60);

export class GeneratedSource implements RowSource {
  readonly base: Interval = '1m';
  readonly precision: Precision;
  private readonly hours: GeneratedHours;
  private readonly recentHours = new Lru<number, RowBuffer>(2);
  private readonly recentDays = new Lru<number, RowBuffer>(3);

  constructor(
    symbol: string,
    private readonly life: Life,
    model: PriceModel,
    factors: Factors,
  ) {
    this.hours = new GeneratedHours(symbol, model, factors);
    this.precision = { price: model.tickDecimals, quantity: model.quantityDecimals, quote: QUOTE_DECIMALS };
  }

  read(interval: MarketInterval, from: UtcMs, to: UtcMs, into: RowBuffer): void {
    if (to < from) return;
    const until = stepBucket(to, interval, 1);
    if (interval === '1m') return this.appendMinutes(from, until, into);
    const parts = longestOf(interval) < HOUR_MS ? scratchMinutes : scratchHours;
    parts.clear();
    if (parts === scratchMinutes) this.appendMinutes(from, until, parts);
    else this.readSpan(interval, from, until, parts);
    this.foldBuckets(parts, interval, into);
  }

  readSpan(_interval: MarketInterval, from: UtcMs, until: UtcMs, into: RowBuffer): void {
    const start = max(from, this.life.start);
    const end = min(until, this.life.end);
    let position = start;
    while (position < end) {
      const next = floor(position / HOUR_MS) * HOUR_MS + HOUR_MS;
      if (next - position === HOUR_MS && next <= end) this.appendHour(position, into, end);
      else this.appendMinutes(position, min(next, end), into);
      position = next;
    }
  }

  seek(interval: MarketInterval, instant: UtcMs): UtcMs | undefined {
    const { start, end } = this.life;
    const own = bucketOf(instant, interval);
    const next = own === instant ? own : stepBucket(own, interval, 1);
    const first = max(next, bucketOf(start, interval));
    return first < end ? first : undefined;
  }

  seekBack(interval: MarketInterval, instant: UtcMs): UtcMs | undefined {
    const { start, end } = this.life;
    const last = bucketOf(min(instant, end - MINUTE_MS), interval);
    return last >= bucketOf(start, interval) && end > start ? last : undefined;
  }

  baseRow(openTime: UtcMs): BaseRow | undefined {
    if (openTime < this.life.start || openTime >= this.life.end) return undefined;
    const hour = floor(openTime / HOUR_MS);
    const rows = this.recentHours.getOrMake(hour, () => this.makeHour(hour));
    const at = floor((openTime - hour * HOUR_MS) / MINUTE_MS);
    if (openTime === this.life.start) return { rows, at, priorClose: rows.open[at]! };
    return { rows, at, priorClose: at > 0 ? rows.close[at - 1]! : this.hours.priceAtHour(hour) };
  }

  private makeHour(hour: number): RowBuffer {
    const rows = new RowBuffer(60);
    this.hours.append(hour, rows);
    return rows;
  }

  /** Minutes of the life that open in [from, until). */
  private appendMinutes(from: UtcMs, until: UtcMs, into: RowBuffer): void {
    const start = max(from, this.life.start);
    const end = min(until, this.life.end);
    if (end <= start) return;
    const lastHour = floor((end - 1) / HOUR_MS);
    for (let hour = floor(start / HOUR_MS); hour <= lastHour; hour++) {
      const kept = this.recentHours.peek(hour);
      const whole = hour * HOUR_MS >= start && (hour + 1) * HOUR_MS <= end;
      if (kept === undefined && whole) this.hours.append(hour, into);
      else {
        const rows = kept ?? this.intoScratch(hour);
        into.append(rows, rows.lowerBound(start), rows.lowerBound(end));
      }
    }
  }

  private intoScratch(hour: number): RowBuffer {
    this.hours.append(hour, scratchHour.clear());
    return scratchHour;
  }

  /** One row for a whole hour; days near the end of what is asked are kept, as they are asked again and again. */
  private appendHour(openTime: UtcMs, into: RowBuffer, end: UtcMs): void {
    const day = floor(openTime / DAY_MS);
    const hour = floor(openTime / HOUR_MS);
    const kept = end - openTime > 2 * DAY_MS ? this.recentDays.peek(day) : this.hoursOfDay(day);
    if (kept !== undefined) return into.append(kept, hour - day * 24, hour - day * 24 + 1);
    this.foldHour(hour, into);
  }

  private hoursOfDay(day: number): RowBuffer {
    return this.recentDays.getOrMake(day, () => {
      const rows = new RowBuffer(24);
      for (let hour = day * 24; hour < day * 24 + 24; hour++) this.foldHour(hour, rows);
      return rows;
    });
  }

  private foldHour(hour: number, into: RowBuffer): void {
    foldRows(this.intoScratch(hour), { start: 0, end: 60, openTime: hour * HOUR_MS }, into, this.precision);
  }

  private foldBuckets(parts: RowBuffer, interval: MarketInterval, into: RowBuffer): void {
    let start = 0;
    while (start < parts.length) {
      const openTime = bucketOf(parts.openTime[start]!, interval);
      const end = parts.lowerBound(stepBucket(openTime, interval, 1));
      foldRows(parts, { start, end, openTime }, into, this.precision);
      start = end;
    }
  }
}
