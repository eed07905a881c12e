/**
 * A symbol's last price as an account walks along it: from one look to the next, the range it went through and what was
 * traded. Extremes of the candle in progress are found also where they lie between two looks.
 */
import { type Interval, intervalMs, type UtcMs } from '@slt/domain';
import type { KlineRow, Market } from '../market';

/** Between two looks. Prices are float64 of the exchange's text: good to compare, not to reckon with. */
export interface PriceStep {
  readonly at: UtcMs;
  readonly low: number;
  readonly high: number;
  /** At the end. */
  readonly last: number;
  /** Base asset; float64, to be rounded to the symbol's precision. */
  readonly volume: number;
}

/** The candle in progress at the last look. */
interface Seen {
  readonly openTime: UtcMs;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
}

const MOST_ROWS = 3000;

export class PricePath {
  private readonly base: Interval;
  private readonly span: number;
  private at: UtcMs;
  private seen: Seen | undefined;
  /** NaN before the first trade. */
  last = NaN;

  constructor(
    private readonly market: Market,
    readonly symbol: string,
    start: UtcMs,
  ) {
    this.base = market.baseInterval(symbol);
    this.span = intervalMs(this.base);
    this.at = start;
    const forming = market.forming(symbol, this.base, start);
    if (forming !== undefined) this.look(forming);
  }

  /** Undefined where the symbol does not trade. */
  step(now: UtcMs): PriceStep | undefined {
    const rows = this.rowsUntil(now);
    this.at = now;
    if (rows.length === 0) return undefined;
    let { last } = this;
    let low = Number.isNaN(last) ? Infinity : last;
    let high = Number.isNaN(last) ? -Infinity : last;
    let volume = 0;
    for (const row of rows) {
      const before = this.seen?.openTime === row.openTime ? this.seen : undefined;
      last = Number(row.close);
      const rowHigh = Number(row.high);
      const rowLow = Number(row.low);
      high = Math.max(high, last, before === undefined || rowHigh > before.high ? rowHigh : last);
      low = Math.min(low, last, before === undefined || rowLow < before.low ? rowLow : last);
      volume += Math.max(0, Number(row.volume) - (before?.volume ?? 0));
    }
    this.look(rows.at(-1)!);
    return { at: now, low, high, last, volume };
  }

  /**
   * The range of the whole minute that begins now, its end included, before walking it; undefined where that cannot be told.
   * It looks ahead: only to see that nothing can happen.
   */
  rangeOfMinute(start: UtcMs, end: UtcMs): { low: number; high: number } | undefined {
    if (this.base !== '1m' || Number.isNaN(this.last)) return undefined;
    const range = { from: start, to: start, limit: 1, fromEnd: false };
    const row = this.market.klines(this.symbol, this.base, range, end)[0];
    const after = this.market.forming(this.symbol, this.base, end);
    const prices = [this.last];
    if (row !== undefined) prices.push(Number(row.low), Number(row.high));
    if (after !== undefined) prices.push(Number(after.low), Number(after.high));
    return { low: Math.min(...prices), high: Math.max(...prices) };
  }

  /** The candle of the last look as it went on, those after it, and the one in progress. */
  private rowsUntil(now: UtcMs): KlineRow[] {
    const forming = this.market.forming(this.symbol, this.base, now);
    if (forming !== undefined && forming.openTime === this.seen?.openTime) return [forming];
    const from = Math.floor(this.at / this.span) * this.span;
    const to = forming === undefined ? now - this.span : forming.openTime - 1;
    const range = { from, to, limit: MOST_ROWS, fromEnd: true };
    const closed = to < from ? [] : this.market.klines(this.symbol, this.base, range, now);
    // A candle seen whole is not seen again where a hole follows it.
    const fresh = closed.filter(({ closeTime }) => closeTime >= this.at);
    return forming === undefined ? fresh : [...fresh, forming];
  }

  private look(row: KlineRow): void {
    this.last = Number(row.close);
    this.seen = {
      openTime: row.openTime,
      high: Number(row.high),
      low: Number(row.low),
      volume: Number(row.volume),
    };
  }
}
