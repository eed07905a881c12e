/**
 * One kline stream: updates while the candle forms, then its closing frame, once, some time after the candle's end. A
 * candle whose last minute had no trade closes with the first trade of a later one, or never, as on the real exchange.
 */
import { intervalMs, type UtcMs } from '@slt/domain';
import { bucketOf, stepBucket } from '../core/market-interval';
import { eventTime, type Exchange } from '../exchange';
import { changedRow, isSelected } from '../faults/candle-faults';
import type { FaultEvent } from '../faults/faults';
import type { KlineRow, MarketInterval } from '../market';
import { closeDelay, quietCandleCloses, type CloseDelay } from './close-delay';
import type { KlineFrameFacts } from './kline-frame';
import type { Feed, StreamHub } from './stream-hub';
import type { Ticker } from './ticker';

export interface KlineFeedOptions {
  readonly exchange: Exchange;
  readonly hub: StreamHub;
  readonly ticker: Ticker;
  readonly stream: string;
  readonly symbol: string;
  readonly interval: MarketInterval;
  readonly closeDelay: CloseDelay;
  readonly format: (facts: KlineFrameFacts) => string;
}

export class KlineFeed implements Feed {
  /** Open time of the candle whose closing frame is next. */
  private current: UtcMs;
  /** Candles that close with the next trade, oldest first. */
  private quiet: UtcMs[] = [];
  /** The candle that a fault holds back until a later one has closed. */
  private held: UtcMs[] = [];
  private sentTrades = 0;
  private isStopped = false;
  private readonly stopTicking: () => void;

  constructor(private readonly options: KlineFeedOptions) {
    const { exchange, interval, ticker } = options;
    this.current = bucketOf(exchange.time.running(), interval);
    this.scheduleClose();
    this.stopTicking = ticker.add(() => this.update());
  }

  stop(): void {
    this.isStopped = true;
    this.stopTicking();
  }

  private scheduleClose(): void {
    const { exchange, symbol, interval } = this.options;
    const end = stepBucket(this.current, interval, 1);
    const lateBy = closeDelay(symbol, this.current, this.options.closeDelay);
    exchange.scheduler.at(end + lateBy, () => this.closeCurrent());
  }

  private closeCurrent(): void {
    const { exchange, symbol, interval } = this.options;
    if (this.isStopped || this.hasEnded()) return;
    const openTime = this.current;
    this.current = stepBucket(openTime, interval, 1);
    this.sentTrades = 0;
    this.scheduleClose();
    if (exchange.market.find(symbol)?.statusAt(openTime) !== 'TRADING') return;
    if (this.endsQuietly(openTime)) {
      if (quietCandleCloses(symbol, openTime)) this.quiet.push(openTime);
      return;
    }
    this.flushQuiet();
    this.close(openTime);
  }

  /** A recording is over: nothing closes after its end. */
  private hasEnded(): boolean {
    const end = this.options.exchange.market.end();
    return end !== undefined && this.current >= end;
  }

  private endsQuietly(openTime: UtcMs): boolean {
    const { exchange, symbol, interval } = this.options;
    const { market } = exchange;
    const end = stepBucket(openTime, interval, 1);
    return market.tradesEmpty(symbol, end - intervalMs(market.baseInterval(symbol)));
  }

  private flushQuiet(): void {
    const quiet = this.quiet;
    if (quiet.length === 0) return;
    this.quiet = [];
    for (const openTime of quiet) this.close(openTime);
  }

  /** An update, if anything was traded since the last one. */
  private update(): void {
    const { exchange, symbol, interval } = this.options;
    const now = exchange.time.now();
    // The closing frame of the candle before comes first.
    if (bucketOf(now, interval) !== this.current) return;
    const row = exchange.market.forming(symbol, interval, now);
    if (row === undefined || row.trades === this.sentTrades) return;
    this.sentTrades = row.trades;
    this.flushQuiet();
    this.publish(row, false);
  }

  private close(openTime: UtcMs): void {
    const { exchange, symbol, interval } = this.options;
    const { faults } = exchange;
    const event: FaultEvent = { target: 'stream', symbol, interval };
    if (faults.hit('missing-close', event) !== undefined) return;
    if (this.held.length === 0 && faults.hit('out-of-order-close', event) !== undefined) {
      this.held.push(openTime);
      return;
    }
    const late = faults.hit('late-close', event);
    if (late === undefined) return this.sendClose(openTime, event);
    exchange.scheduler.at(exchange.time.running() + late.rule.ms, () => this.sendClose(openTime, event));
  }

  private sendClose(openTime: UtcMs, event: FaultEvent): void {
    if (this.isStopped) return;
    const row = this.closedRow(openTime, event);
    if (row !== undefined) {
      this.publish(row, true);
      this.repeat(row, event);
    }
    const held = this.held;
    this.held = [];
    for (const each of held) this.sendClose(each, event);
  }

  private closedRow(openTime: UtcMs, event: FaultEvent): KlineRow | undefined {
    const { market, faults, time } = this.options.exchange;
    const { symbol, interval } = this.options;
    const range = { from: openTime, to: openTime, limit: 1, fromEnd: false };
    const row = market.klines(
      symbol,
      interval,
      range,
      Math.max(time.now(), stepBucket(openTime, interval, 1)),
    )[0];
    if (row === undefined || !faults.has('changed-candle')) return row;
    const change = faults.hit(
      'changed-candle',
      event,
      (rule) => rule.where === 'stream' && isSelected(rule, openTime),
    );
    return change === undefined ? row : changedRow(row, change.rule);
  }

  private repeat(row: KlineRow, event: FaultEvent): void {
    const { faults, scheduler, time } = this.options.exchange;
    const again = faults.hit('duplicate-close', event);
    if (again === undefined) return;
    const { copies = 1, ms = 0 } = again.rule;
    for (let copy = 1; copy <= copies; copy++) {
      if (ms === 0) this.publish(row, true);
      else scheduler.at(time.running() + copy * ms, () => !this.isStopped && this.publish(row, true));
    }
  }

  private publish(row: KlineRow, isClosed: boolean): void {
    const { exchange, hub, stream, symbol, interval, format } = this.options;
    if (isClosed) exchange.stats.closes++;
    const facts = { eventTime: eventTime(exchange, symbol, interval), interval, row, isClosed };
    hub.publish(stream, format(facts), { symbol, interval });
  }
}
