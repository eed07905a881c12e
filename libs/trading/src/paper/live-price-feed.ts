/**
 * The live market for a paper broker: streams of those symbols that have a position or orders, REST at the moment of an
 * order and where a stream is silent. Before the first trade is heard, the last price is the middle of the book.
 */
import { Logger } from '@nestjs/common';
import { type Clock, HOUR_MS, type UtcMs } from '@slt/domain';
import type { BookTop, PriceClient, PriceEvent, PriceStreams } from '@slt/exchange';
import type { FundingFacts } from '../core/paper/paper-account';
import type { Quote } from '../core/paper/quote';
import type { PriceFeed, QuoteListener } from './price-feed';

/** Wall time: what a stream said longer ago is asked for anew before an order meets it. */
const FRESH_MS = 2_000;
/** Wall time between attempts to get a first quote of a followed symbol. */
const RETRY_MS = 1_000;

/** What is known of a symbol. */
interface Known {
  readonly book?: BookTop;
  readonly last?: number;
  readonly mark?: number;
  /** Exchange time of the newest of it. */
  readonly at: UtcMs;
  /** performance.now() when the book was heard. */
  readonly heardAt: number;
}

interface Volume {
  readonly perMinute: number;
  readonly at: UtcMs;
}

const NOTHING: Known = { at: 0, heardAt: Number.NEGATIVE_INFINITY };

export class LivePriceFeed implements PriceFeed {
  private readonly logger = new Logger(LivePriceFeed.name);
  private readonly known = new Map<string, Known>();
  private readonly volumes = new Map<string, Volume>();
  private readonly retries = new Map<string, NodeJS.Timeout>();
  private followed = new Set<string>();
  private listener: QuoteListener | undefined;

  constructor(
    private readonly streams: PriceStreams,
    private readonly prices: PriceClient,
    private readonly clock: Clock,
  ) {}

  open(listener: QuoteListener): Promise<void> {
    this.listener = listener;
    this.streams.open({
      onPrice: (event) => this.take(event),
      onRestored: (symbols) => symbols.forEach((symbol) => void this.refresh(symbol)),
    });
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.listener = undefined;
    this.streams.close();
    for (const timer of this.retries.values()) clearTimeout(timer);
    for (const state of [this.retries, this.known]) state.clear();
    this.followed = new Set();
    return Promise.resolve();
  }

  follow(symbols: readonly string[]): void {
    const wanted = new Set(symbols);
    const joined = symbols.filter((symbol) => !this.followed.has(symbol));
    const left = [...this.followed].filter((symbol) => !wanted.has(symbol));
    if (this.listener === undefined || joined.length + left.length === 0) return;
    this.followed = wanted;
    for (const symbol of left) this.forget(symbol);
    this.streams.follow(symbols);
    for (const symbol of joined) void this.refresh(symbol);
  }

  async quote(symbol: string): Promise<Quote> {
    const known = this.known.get(symbol);
    const isFresh =
      known !== undefined && this.streams.isLive && performance.now() - known.heardAt < FRESH_MS;
    const quote = isFresh ? this.quoteOf(symbol) : undefined;
    return quote ?? this.ask(symbol);
  }

  async fundings(symbol: string, after: UtcMs, until: UtcMs): Promise<readonly FundingFacts[]> {
    if (until <= after) return [];
    const settled = await this.prices.fundings({ symbol, from: after + 1, to: until });
    return settled.filter((funding) => funding.symbol === symbol && funding.at > after);
  }

  private take(event: PriceEvent): void {
    const { symbol } = event;
    if (!this.followed.has(symbol)) return;
    const known = this.known.get(symbol) ?? NOTHING;
    const at = Math.max(known.at, event.at);
    this.known.set(symbol, { ...known, ...partOf(event), at });
    this.tell(symbol);
  }

  private tell(symbol: string): void {
    const quote = this.quoteOf(symbol);
    if (quote !== undefined) this.listener?.(symbol, quote);
  }

  /** Undefined until book and mark are known. */
  private quoteOf(symbol: string): Quote | undefined {
    const { book, last, mark, at } = this.known.get(symbol) ?? NOTHING;
    if (book === undefined || mark === undefined) return undefined;
    const minuteVolume = this.volumes.get(symbol)?.perMinute;
    return { ...book, last: last ?? (book.bid + book.ask) / 2, mark, at, minuteVolume };
  }

  private async ask(symbol: string): Promise<Quote> {
    const [book, mark, minuteVolume] = await Promise.all([
      this.prices.bookTop(symbol),
      this.prices.markPrice(symbol),
      this.volumeOf(symbol),
    ]);
    const at = this.clock.now();
    const last = this.known.get(symbol)?.last;
    if (this.followed.has(symbol)) {
      this.known.set(symbol, {
        book,
        mark,
        at,
        heardAt: performance.now(),
        ...(last === undefined ? {} : { last }),
      });
    }
    // A trade of before the gap may lie outside the book of now.
    const middle = (book.bid + book.ask) / 2;
    const isWithin = last !== undefined && last >= book.bid && last <= book.ask;
    return { ...book, last: isWithin ? last : middle, mark, at, minuteVolume };
  }

  /** Tells what REST says of a followed symbol; again and again until it says something. */
  private async refresh(symbol: string): Promise<void> {
    clearTimeout(this.retries.get(symbol));
    this.retries.delete(symbol);
    try {
      const quote = await this.ask(symbol);
      if (this.followed.has(symbol)) this.listener?.(symbol, quote);
    } catch (error) {
      if (!this.followed.has(symbol)) return;
      this.logger.warn(`${symbol} has no price, asked again: ${String(error)}`);
      this.retries.set(
        symbol,
        setTimeout(() => void this.refresh(symbol), RETRY_MS),
      );
    }
  }

  /** Once an hour; an exchange that does not tell it is assumed to trade little. */
  private async volumeOf(symbol: string): Promise<number | undefined> {
    const known = this.volumes.get(symbol);
    if (known !== undefined && this.clock.now() - known.at < HOUR_MS) return known.perMinute;
    try {
      const perMinute = await this.prices.minuteVolume(symbol);
      this.volumes.set(symbol, { perMinute, at: this.clock.now() });
      return perMinute;
    } catch {
      return known?.perMinute;
    }
  }

  private forget(symbol: string): void {
    clearTimeout(this.retries.get(symbol));
    this.retries.delete(symbol);
    this.known.delete(symbol);
  }
}

function partOf(event: PriceEvent): Partial<Known> {
  switch (event.kind) {
    case 'book': {
      const { bid, ask, bidQuantity, askQuantity } = event;
      return { book: { bid, ask, bidQuantity, askQuantity }, heardAt: performance.now() };
    }
    case 'trade':
      return { last: event.price };
    case 'mark':
      return { mark: event.price };
  }
}
