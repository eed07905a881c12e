/** Watches how long positions are held, whether they go anywhere, and whether the structure turns against them. */
import {
  type Candle,
  type CandleSeries,
  type Clock,
  type Interval,
  intervalMs,
  type UtcMs,
} from '@slt/domain';
import type { SmcEvent } from '@slt/smc';
import {
  DEFAULT_EXITS,
  exitAtClose,
  exitByTime,
  type ExitOptions,
  type ExitWatch,
  watchCandle,
  watchPosition,
} from '../core/exits';
import type { ExitReason } from '../core/position';
import type { AccountBook } from './account-book';

export interface ExitDeskParts {
  readonly book: AccountBook;
  readonly clock: Clock;
  readonly interval: Interval;
  readonly options?: ExitOptions;
  series(symbol: string): CandleSeries | undefined;
  close(symbol: string, reason: ExitReason): void;
}

interface Watched {
  readonly positionId: string;
  readonly watch: ExitWatch;
}

export class ExitDesk {
  private readonly watches = new Map<string, Watched>();
  private readonly options: ExitOptions;

  constructor(private readonly parts: ExitDeskParts) {
    this.options = parts.options ?? DEFAULT_EXITS;
  }

  /** The candle's place in the synchronous pass. */
  onCandle(symbol: string, candle: Candle, events: readonly SmcEvent[]): void {
    const watched = this.watchOf(symbol);
    if (watched === undefined) return;
    const closeTime = candle.openTime + intervalMs(this.parts.interval);
    const watch = watchCandle(watched.watch, { closeTime, high: candle.high, low: candle.low }, this.options);
    this.watches.set(symbol, { ...watched, watch });
    this.leave(symbol, exitAtClose(watch, closeTime, events, this.options));
  }

  /** Time passes. */
  tick(): void {
    const { book, clock } = this.parts;
    const now = clock.now();
    for (const symbol of this.watches.keys()) if (book.held(symbol) === null) this.watches.delete(symbol);
    for (const { symbol } of book.allHeld()) {
      const watched = this.watchOf(symbol);
      if (watched !== undefined) this.leave(symbol, exitByTime(watched.watch, now, this.options));
    }
  }

  private leave(symbol: string, reason: ExitReason | null): void {
    if (reason !== null) this.parts.close(symbol, reason);
  }

  /** Of the position that is held now; one that nobody has seen yet has the candles since its entry told. */
  private watchOf(symbol: string): Watched | undefined {
    const held = this.parts.book.held(symbol);
    if (held === null) {
      this.watches.delete(symbol);
      return undefined;
    }
    const known = this.watches.get(symbol);
    const entryPrice = Number(held.entryPrice);
    const isSame =
      known?.positionId === held.positionId &&
      known.watch.openedAt === held.openedAt &&
      known.watch.entryPrice === entryPrice;
    if (isSame) return known;
    const lengthMs = intervalMs(this.parts.interval);
    let watch = watchPosition(held.direction, held.openedAt, entryPrice);
    for (const candle of candlesSince(this.parts.series(symbol), held.openedAt - lengthMs)) {
      const closeTime = candle.openTime + lengthMs;
      watch = watchCandle(watch, { closeTime, high: candle.high, low: candle.low }, this.options);
    }
    const watched = { positionId: held.positionId, watch };
    this.watches.set(symbol, watched);
    return watched;
  }
}

/** @param since exclusive: the candle in which a position was opened closes after it */
function candlesSince(series: CandleSeries | undefined, since: UtcMs): Candle[] {
  const candles: Candle[] = [];
  for (let i = (series?.length ?? 0) - 1; i >= 0; i--) {
    const candle = series!.at(i);
    if (candle.openTime <= since) break;
    candles.push(candle);
  }
  return candles.reverse();
}
