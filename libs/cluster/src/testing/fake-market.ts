/**
 * An exchange in memory for the specs: a truth that is a function of symbol and time, streams and REST that tell it
 * as well as they are allowed to, and a clock that runs `speed` times faster than ours.
 */
import { Subject } from 'rxjs';
import {
  aggregateColumns,
  AppError,
  type Candle,
  type CandleColumns,
  type Clock,
  columnsOf,
  EMPTY_COLUMNS,
  type Instrument,
  type Interval,
  intervalMs,
  lastClosedOpenTime,
  openTimeOf,
  type UtcMs,
} from '@slt/domain';
import type { KlineFrame } from '@slt/exchange';
import type { EnsureOptions, HistoryOutcome } from '@slt/history';
import type { HistorySource, StreamFeed, UniverseFeed } from '../neighbours';

export class FastClock implements Clock {
  private readonly started = performance.now();

  constructor(
    readonly speed: number,
    private readonly epoch: UtcMs = 1_760_000_000_000,
  ) {}

  now(): UtcMs {
    return this.epoch + (performance.now() - this.started) * this.speed;
  }

  toWallMs(duration: number): number {
    return duration / this.speed;
  }
}

export function instrument(symbol: string, onboardTime: UtcMs = 0): Instrument {
  const filters = {
    tickSize: '0.1',
    minPrice: '0.1',
    maxPrice: '1000000',
    stepSize: '0.001',
    minQty: '0.001',
    maxQty: '1000',
    marketStepSize: '0.001',
    marketMinQty: '0.001',
    marketMaxQty: '100',
    minNotional: '5',
  };
  return {
    symbol,
    contractType: 'PERPETUAL',
    status: 'trading',
    baseAsset: symbol.replace(/USDT$/, ''),
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    underlyingType: 'COIN',
    sectors: [],
    onboardTime,
    deliveryTime: 4_133_404_800_000,
    filters,
  };
}

/** The candle of that symbol and minute, whatever else happens. */
export function trueCandle(symbol: string, openTime: UtcMs): Candle {
  const minute = openTime / 60_000;
  const seed = [...symbol].reduce((sum, char) => sum + char.codePointAt(0)!, 0);
  const price = (m: number): number => Math.round((100 + ((m * 7919 + seed * 31) % 997) / 10) * 10) / 10;
  const [open, close] = [price(minute), price(minute + 1)];
  return {
    openTime,
    open,
    close,
    high: Math.max(open, close) + 1,
    low: Math.min(open, close) - 1,
    volume: ((minute * 13 + seed) % 1000) / 1000,
  };
}

/** What becomes of a closing frame: a list of frames, each with its delay in wall-clock milliseconds. */
export type Mangle = (frame: KlineFrame) => readonly { frame: KlineFrame; afterMs: number }[];

export class FakeMarket {
  readonly clock: FastClock;
  readonly instruments = new Map<string, Instrument>();
  mangle: Mangle = (frame) => [{ frame, afterMs: 0 }];
  /** Throws what REST is to answer instead. */
  restFault: ((symbol: string, from: UtcMs, to: UtcMs) => void) | undefined;
  /** Throws what history is to answer instead, for the symbol. */
  historyFault: ((symbol: string) => void) | undefined;
  /** Throws what the exchange answers when asked for its symbols. */
  universeFault: (() => void) | undefined;
  /** Candles that REST and history do not have. */
  absent: (symbol: string, openTime: UtcMs) => boolean = () => false;
  /** How REST tells the candle. */
  restCandle = trueCandle;
  historyDelayMs = 20;
  origin: 'cache' | 'fetched' = 'fetched';
  hangOnClose = false;
  hangOnPersist = false;
  readonly persisted = new Map<string, CandleColumns>();
  readonly requests: { symbol: string; interval: Interval; from: UtcMs; to: UtcMs }[] = [];
  private readonly subscribed = new Set<string>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly told = new Map<string, UtcMs>();
  private beat: NodeJS.Timeout | undefined;

  constructor(symbols: readonly string[], speed: number) {
    this.clock = new FastClock(speed);
    for (const symbol of symbols) this.instruments.set(symbol, instrument(symbol));
  }

  /** What the series ought to hold from the open time on, up to the newest closed candle. */
  truth(symbol: string, interval: Interval, from: UtcMs, to: UtcMs): CandleColumns {
    const step = intervalMs('1m');
    const candles: Candle[] = [];
    for (let t = from; t <= to + intervalMs(interval) - step; t += step) {
      if (!this.absent(symbol, t)) candles.push(trueCandle(symbol, t));
    }
    return aggregateColumns(columnsOf(candles), '1m', interval);
  }

  readonly streams = {
    closedCandles: new Subject<KlineFrame>(),
    interruptions: new Subject<{
      subscriptions: readonly { symbol: string; interval: Interval }[];
      reason: string;
    }>(),
    open: async (keys: readonly { symbol: string }[]) => {
      for (const { symbol } of keys) this.subscribed.add(symbol);
      this.beat ??= setInterval(() => this.tellClosed(), 5);
    },
    add: async (keys: readonly { symbol: string }[]) => {
      for (const { symbol } of keys) this.subscribed.add(symbol);
    },
    remove: async (keys: readonly { symbol: string }[]) => {
      for (const { symbol } of keys) this.subscribed.delete(symbol);
    },
    close: async () => {
      this.end();
      if (this.hangOnClose) await new Promise(() => {});
    },
    status: () => ({
      connections: 1,
      subscriptions: this.subscribed.size,
      reconnects: 0,
      silentSymbols: 0,
      malformed: 0,
    }),
  } satisfies StreamFeed;

  private readonly changes = new Subject<{ added: Instrument[]; removed: Instrument[] }>();

  readonly universe = {
    changes: this.changes,
    current: () => this.snapshot(),
    load: async () => {
      this.universeFault?.();
      return this.snapshot();
    },
  } satisfies UniverseFeed;

  list(symbol: string): void {
    const added = instrument(symbol, this.clock.now());
    this.instruments.set(symbol, added);
    this.changes.next({ added: [added], removed: [] });
  }

  delist(symbol: string): void {
    const removed = this.instruments.get(symbol)!;
    this.instruments.delete(symbol);
    this.changes.next({ added: [], removed: [removed] });
  }

  readonly history = {
    ensureHistory: async (
      symbols: readonly string[],
      interval: Interval,
      limit: number,
      options: EnsureOptions = {},
    ) => {
      const outcomes = new Map<string, HistoryOutcome>();
      await Promise.all(
        symbols.map(async (symbol) => {
          await this.later(this.historyDelayMs * (1 + Math.random()));
          const outcome = this.outcomeOf(symbol, interval, limit);
          outcomes.set(symbol, outcome);
          options.onOutcome?.(symbol, outcome);
        }),
      );
      return outcomes;
    },
    fetchRange: async (symbol: string, interval: Interval, from: UtcMs, to: UtcMs) => {
      this.requests.push({ symbol, interval, from, to });
      await this.later(2 + 3 * Math.random());
      this.restFault?.(symbol, from, to);
      return this.rest(symbol, interval, from, to);
    },
    persist: async (series: Iterable<{ symbol: string; interval: Interval; columns: CandleColumns }>) => {
      if (this.hangOnPersist) await new Promise(() => {});
      for (const { symbol, interval, columns } of series)
        this.persisted.set(`${symbol}_${interval}`, columns);
    },
  } satisfies HistorySource;

  end(): void {
    clearInterval(this.beat);
    this.beat = undefined;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.subscribed.clear();
    this.told.clear();
  }

  private outcomeOf(symbol: string, interval: Interval, limit: number): HistoryOutcome {
    try {
      this.historyFault?.(symbol);
    } catch (error) {
      return { kind: 'failed', reason: error as AppError };
    }
    const to = lastClosedOpenTime(this.clock.now(), interval);
    const listed = openTimeOf(this.instruments.get(symbol)?.onboardTime ?? 0, interval);
    const from = Math.max(listed, to - (limit - 1) * intervalMs(interval));
    const columns = to < from ? EMPTY_COLUMNS : this.rest(symbol, interval, from, to);
    return { kind: 'whole', origin: this.origin, columns, requests: 1, weight: 1, knownHoles: 0 };
  }

  private rest(symbol: string, interval: Interval, from: UtcMs, to: UtcMs): CandleColumns {
    const newest = Math.min(to, lastClosedOpenTime(this.clock.now(), interval));
    if (interval !== '1m') return this.truth(symbol, interval, from, newest);
    const candles: Candle[] = [];
    for (let t = from; t <= newest; t += 60_000) {
      if (!this.absent(symbol, t)) candles.push(this.restCandle(symbol, t));
    }
    return columnsOf(candles);
  }

  private snapshot(): NonNullable<ReturnType<UniverseFeed['current']>> {
    return {
      instruments: new Map(this.instruments),
      at: this.clock.now(),
      origin: 'exchange',
      malformed: 0,
      excluded: {},
      unfollowed: new Map(),
    };
  }

  private tellClosed(): void {
    const newest = lastClosedOpenTime(this.clock.now(), '1m');
    for (const symbol of this.subscribed) {
      const from = this.told.get(symbol) ?? newest - 60_000;
      for (let t = from + 60_000; t <= newest; t += 60_000) this.tell(symbol, t);
      this.told.set(symbol, newest);
    }
  }

  private tell(symbol: string, openTime: UtcMs): void {
    const now = this.clock.now();
    const frame: KlineFrame = {
      ...trueCandle(symbol, openTime),
      symbol,
      interval: '1m',
      closeTime: openTime + 59_999,
      isClosed: true,
      eventTime: now,
      receivedAt: now,
    };
    if (this.absent(symbol, openTime)) return;
    for (const { frame: given, afterMs } of this.mangle(frame)) {
      if (afterMs === 0) this.streams.closedCandles.next(given);
      else void this.later(afterMs).then(() => this.streams.closedCandles.next(given));
    }
  }

  private later(wallMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.timers.delete(timer);
        resolve();
      }, wallMs);
      if (wallMs > 100) this.timers.add(timer);
    });
  }
}
