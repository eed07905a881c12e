/**
 * Trading by candles: the closed candles of all symbols are acted upon minute by minute, in the order and by the steps
 * of a backtest, while the market goes on. First orders meet their candles, then every close is acted upon, symbols in
 * the order of their names; each step waits until what followed from it is done.
 */
import {
  type AppError,
  type Candle,
  type CandleColumns,
  type DurationMs,
  type Interval,
  intervalMs,
  isAppError,
  MINUTE_MS,
  toAppError,
} from '@slt/domain';
import type { AdviceRelay } from '../advice-relay';
import { type Minute, MinuteBarrier } from '../core/minute-barrier';
import { paperCandleOf } from '../core/paper/quote';
import type { Signal } from '../core/signal';
import type { SessionMinutes } from '../session/session-minutes';
import type { TradingSession } from '../session/trading-session';
import type { MinuteClock } from './minute-clock';
import type { MinuteMarket, MinuteSource } from './minute-market';

/** A symbol that is behind by more is not waited for any more; one that has stopped trading leaves by itself. */
const PATIENCE_MS: DurationMs = 60 * MINUTE_MS;
/** Wall time after which it is looked again whether a minute is whole, though no candle came. */
const LOOK_AGAIN_MS: DurationMs = 250;

export interface MinuteTraderParts {
  readonly source: Pick<MinuteSource, 'expected' | 'closing'>;
  readonly market: MinuteMarket;
  readonly clock: MinuteClock;
  readonly interval: Interval;
  readonly advice: Pick<AdviceRelay, 'onCandle'>;
  /** The one that trades now, if one does. */
  session(): TradingSession | undefined;
  /** Trades it, or says why not. */
  consider(signal: Signal): void;
  failed(error: AppError): void;
}

export class MinuteTrader {
  private readonly barrier = new MinuteBarrier(PATIENCE_MS);
  private readonly lengthMs: DurationMs;
  private readonly departed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private isActing = false;
  private isClosed = false;

  constructor(private readonly parts: MinuteTraderParts) {
    this.lengthMs = intervalMs(parts.interval);
  }

  /** A closed candle, in the synchronous pass; of each symbol in the order of time. */
  take(symbol: string, interval: Interval, candle: Candle): void {
    if (interval !== this.parts.interval) return;
    this.barrier.add(symbol, candle);
    this.wake();
  }

  /** A series was loaded, or its past rewritten; candles of it that wait are told yet. */
  reloaded(symbol: string, interval: Interval, columns: CandleColumns): void {
    if (interval !== this.parts.interval) return;
    this.departed.delete(symbol);
    this.parts.market.load(symbol, columns, this.barrier.firstOf(symbol) ?? Infinity);
  }

  /** No candle of it comes any more. */
  left(symbol: string): void {
    this.departed.add(symbol);
    this.wake();
  }

  /** Acts upon nothing any more. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private wake(): void {
    if (!this.isActing && !this.isClosed) void this.act();
  }

  private async act(): Promise<void> {
    this.isActing = true;
    try {
      while (!this.isClosed) {
        // The pass that brought a candle may bring those after it, too.
        await turn();
        await this.letGo();
        const minute = this.barrier.take(this.parts.source.expected());
        if (minute === undefined) break;
        await this.live(minute);
      }
    } catch (error) {
      this.parts.failed(toAppError(error, 'TRADING.MINUTE'));
    } finally {
      this.isActing = false;
      this.lookAgain();
    }
  }

  private lookAgain(): void {
    clearTimeout(this.timer);
    if (this.barrier.isEmpty || this.isClosed) return;
    this.timer = setTimeout(() => this.wake(), LOOK_AGAIN_MS).unref();
  }

  private async live({ openTime, candles }: Minute): Promise<void> {
    const { source, market, clock } = this.parts;
    const closeAt = openTime + this.lengthMs;
    await source.closing(closeAt);
    for (const { symbol, candle } of candles) {
      const markPrice = market.track(symbol)?.price ?? candle.open;
      await this.within((minutes) => minutes.meet(symbol, paperCandleOf(candle, this.lengthMs), markPrice));
    }
    clock.moveTo(closeAt);
    for (const { symbol, candle } of candles) await this.closed(symbol, candle);
    await this.within((minutes) => minutes.endClose());
  }

  private async closed(symbol: string, candle: Candle): Promise<void> {
    const { market, interval, advice } = this.parts;
    const track = market.track(symbol);
    if (track === undefined) return;
    const events = track.step(candle);
    this.parts.session()?.onCandle(symbol, interval, candle, events);
    await this.within((minutes) => minutes.reviewed(symbol));
    advice.onCandle(symbol, interval, candle);
    for (const signal of track.findSignals(candle, events)) {
      await this.within((minutes) => minutes.beforeSignal());
      this.parts.consider(signal);
      await this.within((minutes) => minutes.settled());
    }
  }

  /** Symbols that have left, once all their candles were told. */
  private async letGo(): Promise<void> {
    const { market, interval, clock } = this.parts;
    for (const symbol of [...this.departed].sort()) {
      if (this.barrier.firstOf(symbol) !== undefined) continue;
      this.departed.delete(symbol);
      const series = market.series(symbol, interval);
      if (series !== undefined && series.length > 0) {
        const last = series.at(series.length - 1);
        const end = { ...last, openTime: last.openTime + this.lengthMs };
        clock.moveTo(end.openTime);
        await this.within((minutes) => minutes.finish(symbol, end));
      }
      market.forget(symbol);
    }
  }

  /** What breaks an account halts its trading; one that was closed meanwhile is none of ours. */
  private async within(step: (minutes: SessionMinutes) => Promise<void> | void): Promise<void> {
    const minutes = this.parts.session()?.minutes;
    if (minutes === undefined) return;
    try {
      await step(minutes);
    } catch (error) {
      if (!isAppError(error, 'PAPER.CLOSED')) this.parts.failed(toAppError(error, 'TRADING.MINUTE'));
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
