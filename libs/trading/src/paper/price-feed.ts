/** Where a paper broker hears prices from: the live market, or a market that a test moves by hand. */
import type { UtcMs } from '@slt/domain';
import type { FundingFacts } from '../core/paper/paper-account';
import type { Quote } from '../core/paper/quote';

export type QuoteListener = (symbol: string, quote: Quote) => void;

export interface PriceFeed {
  /** Quotes of followed symbols flow to the listener, each symbol's in the order of their time. */
  open(listener: QuoteListener): Promise<void>;
  close(): Promise<void>;
  /** From now on these symbols and no others; after a gap each begins with a fresh quote. */
  follow(symbols: readonly string[]): void;
  /** The market as it is now, of any symbol. @throws AppError transient; not-found for one that is not listed */
  quote(symbol: string): Promise<Quote>;
  /** Settlements after the instant, up to the other, inclusive; ascending. @throws AppError transient */
  fundings(symbol: string, after: UtcMs, until: UtcMs): Promise<readonly FundingFacts[]>;
}
