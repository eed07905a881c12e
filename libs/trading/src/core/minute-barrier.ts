/**
 * Gathers the closed candles of all symbols minute by minute, so that they can be acted upon together and in one order,
 * however the market brings them: as a backtest reads them. A minute is whole when every symbol that is waited for has
 * told its candle of it, or a later one. Pure.
 */
import type { Candle, DurationMs, UtcMs } from '@slt/domain';

/** A symbol that tells candles. */
export interface Expected {
  readonly symbol: string;
  /** Open time of the candle that it tells next. */
  readonly next: UtcMs;
  /** Candles are there that a hole still keeps from being told. */
  readonly isRepairing: boolean;
}

export interface GatheredCandle {
  readonly symbol: string;
  readonly candle: Candle;
}

export interface Minute {
  readonly openTime: UtcMs;
  /** In the order of the symbols' names, by code unit. */
  readonly candles: readonly GatheredCandle[];
}

export class MinuteBarrier {
  /** By open time; of each symbol at most one. */
  private readonly waiting = new Map<UtcMs, Map<string, Candle>>();
  private newest: UtcMs = -Infinity;

  /**
   * @param patienceMs market time by which a symbol without candles may be behind the newest one before the others go on
   * without it
   */
  constructor(private readonly patienceMs: DurationMs) {}

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  /** @param candle kept as it is */
  add(symbol: string, candle: Candle): void {
    const { openTime } = candle;
    const minute = this.waiting.get(openTime) ?? new Map<string, Candle>();
    minute.set(symbol, candle);
    this.waiting.set(openTime, minute);
    this.newest = Math.max(this.newest, openTime);
  }

  /** Open time of the symbol's first candle that waits; undefined: none does. O(minutes that wait). */
  firstOf(symbol: string): UtcMs | undefined {
    const times = [...this.waiting].flatMap(([openTime, minute]) => (minute.has(symbol) ? [openTime] : []));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** The earliest minute, if it is whole; it is given once. */
  take(expected: Iterable<Expected>): Minute | undefined {
    if (this.waiting.size === 0) return undefined;
    const openTime = Math.min(...this.waiting.keys());
    for (const each of expected) if (this.isWaitedFor(each, openTime)) return undefined;
    const minute = this.waiting.get(openTime)!;
    this.waiting.delete(openTime);
    const candles = [...minute].map(([symbol, candle]): GatheredCandle => ({ symbol, candle }));
    return { openTime, candles: candles.sort((a, b) => (a.symbol < b.symbol ? -1 : 1)) };
  }

  private isWaitedFor({ next, isRepairing }: Expected, openTime: UtcMs): boolean {
    return next <= openTime && (isRepairing || this.newest - next <= this.patienceMs);
  }
}
