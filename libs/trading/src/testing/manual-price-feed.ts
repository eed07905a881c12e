/** A market that stands still until a test moves it. */
import { AppError, type Clock, type UtcMs } from '@slt/domain';
import type { FundingFacts } from '../core/paper/paper-account';
import type { Quote } from '../core/paper/quote';
import type { PriceFeed, QuoteListener } from '../paper/price-feed';

export class ManualPriceFeed implements PriceFeed {
  followed: readonly string[] = [];
  /** Quotes fail with it while it stands. */
  failure: AppError | undefined;
  private readonly quotes = new Map<string, Quote>();
  private readonly settled = new Map<string, FundingFacts[]>();
  private listener: QuoteListener | undefined;

  constructor(private readonly clock: Clock) {}

  open(listener: QuoteListener): Promise<void> {
    this.listener = listener;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.listener = undefined;
    this.followed = [];
    return Promise.resolve();
  }

  follow(symbols: readonly string[]): void {
    const joined = symbols.filter((symbol) => !this.followed.includes(symbol));
    this.followed = [...symbols];
    for (const symbol of joined) queueMicrotask(() => this.tell(symbol));
  }

  quote(symbol: string): Promise<Quote> {
    const quote = this.quotes.get(symbol);
    if (this.failure !== undefined) return Promise.reject(this.failure);
    if (quote !== undefined) return Promise.resolve({ ...quote, at: this.clock.now() });
    return Promise.reject(new AppError('transient', 'TEST.NO_PRICE', `${symbol} has no price yet`));
  }

  fundings(symbol: string, after: UtcMs, until: UtcMs): Promise<readonly FundingFacts[]> {
    const rows = this.settled.get(symbol) ?? [];
    return Promise.resolve(rows.filter(({ at }) => at > after && at <= until));
  }

  /** Last and mark at the price, the book half a tick around it and outwards. */
  move(symbol: string, price: number, tickSize: number, more: Partial<Quote> = {}): void {
    const bid = Math.floor((price - tickSize / 2) / tickSize) * tickSize;
    const round = (value: number): number => Number(value.toFixed(10));
    const sides = { bid: round(bid), ask: round(bid + tickSize) };
    this.quotes.set(symbol, { ...sides, last: price, mark: price, at: this.clock.now(), ...more });
    this.tell(symbol);
  }

  book(symbol: string): Quote {
    return this.quotes.get(symbol)!;
  }

  settle(symbol: string, facts: FundingFacts): void {
    this.settled.set(symbol, [...(this.settled.get(symbol) ?? []), facts]);
  }

  private tell(symbol: string): void {
    const quote = this.quotes.get(symbol);
    if (quote === undefined || !this.followed.includes(symbol)) return;
    this.listener?.(symbol, { ...quote, at: this.clock.now() });
  }
}
