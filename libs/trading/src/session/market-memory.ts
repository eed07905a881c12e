/** What is known of each symbol's market between candles: its last price, and the filters of one that left the list. */
import type { DurationMs, InstrumentFilters, UtcMs } from '@slt/domain';
import type { MarketWatch } from './market-watch';

interface Price {
  readonly price: number;
  readonly at: UtcMs;
}

export class MarketMemory {
  private readonly prices = new Map<string, Price>();
  private readonly filters = new Map<string, InstrumentFilters>();

  /** @param candleMs after two of them without a candle any other price is newer */
  constructor(
    private readonly market: Pick<MarketWatch, 'instrument' | 'price'>,
    private readonly candleMs: DurationMs,
  ) {}

  /** @param at when the candle closed */
  closed(symbol: string, price: number, at: UtcMs): void {
    this.prices.set(symbol, { price, at });
  }

  /** The account's mark price, for symbols without candles. */
  marked(symbol: string, price: number, at: UtcMs): void {
    const known = this.prices.get(symbol);
    const isOld = known === undefined || at - known.at > 2 * this.candleMs;
    if (isOld && price > 0) this.prices.set(symbol, { price, at });
  }

  /** Undefined: not known. */
  priceOf(symbol: string): number | undefined {
    return this.market.price?.(symbol) ?? this.prices.get(symbol)?.price;
  }

  /** Kept, so that a position can still be closed when its symbol leaves the list. */
  filtersOf(symbol: string): InstrumentFilters | undefined {
    const filters = this.market.instrument(symbol)?.filters ?? this.filters.get(symbol);
    if (filters !== undefined) this.filters.set(symbol, filters);
    return filters;
  }
}
