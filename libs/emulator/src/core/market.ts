/**
 * What the emulated exchange trades, seen from its wire side: symbols with their life cycle, candles at any time, and
 * prices derived from them. Two makers: the seeded generator and the replay of recorded files.
 *
 * Every answer is a function of its arguments (and of delist(), list() and shiftPrice() calls made before); `now` is the exchange's
 * time, and no answer reveals a trade later than `now`.
 */
import type { Interval, UtcMs } from '@slt/domain';

/** What the exchange's candle calls accept: fixed lengths, then 3 days, weeks from Monday, calendar months (UTC). */
export type MarketInterval = Interval | '3d' | '1w' | '1M';

/** `CLOSE`: not yet announced, or gone; such a symbol is not in listed(). */
export type SymbolStatus = 'PENDING_TRADING' | 'TRADING' | 'SETTLING' | 'CLOSE';

/** One candle in the exchange's own decimal strings. */
export interface KlineRow {
  readonly openTime: UtcMs;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** Base asset. */
  readonly volume: string;
  /** Last millisecond of the candle. */
  readonly closeTime: UtcMs;
  readonly quoteVolume: string;
  /** 0 for a minute without trades: then open = high = low = close = the close before. */
  readonly trades: number;
  readonly takerBuyBase: string;
  readonly takerBuyQuote: string;
}

/** Which rows are wanted. */
export interface KlineRange {
  /** Least open time, inclusive. */
  readonly from: UtcMs;
  /** Greatest open time, inclusive. */
  readonly to: UtcMs;
  readonly limit: number;
  /** Where more than `limit` rows lie in the range: true keeps the newest (no startTime given), false the oldest. */
  readonly fromEnd: boolean;
}

/** A listed contract: the fixed part. Decimal strings as exchangeInfo shows them. */
export interface SymbolFacts {
  readonly symbol: string;
  readonly pair: string;
  /** PERPETUAL, TRADIFI_PERPETUAL, CURRENT_QUARTER, NEXT_QUARTER; blank for some that are pending. */
  readonly contractType: string;
  /** Candles begin here; a whole minute. */
  readonly onboardDate: UtcMs;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly marginAsset: string;
  /** Decimals of prices on the wire; not the tick. */
  readonly pricePrecision: number;
  /** Decimals of quantities on the wire. */
  readonly quantityPrecision: number;
  readonly baseAssetPrecision: number;
  readonly quotePrecision: number;
  /** COIN, INDEX, EQUITY, COMMODITY. */
  readonly underlyingType: string;
  readonly underlyingSubType: readonly string[];
  readonly tickSize: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly stepSize: string;
  readonly minQty: string;
  readonly maxQty: string;
  readonly marketStepSize: string;
  readonly marketMinQty: string;
  readonly marketMaxQty: string;
  readonly minNotional: string;
  /** PERCENT_PRICE filter, such as "1.0500" and "0.9500". */
  readonly multiplierUp: string;
  readonly multiplierDown: string;
  readonly triggerProtect: string;
  readonly liquidationFee: string;
  readonly marketTakeBound: string;
  /** 4 or 8. */
  readonly fundingIntervalHours: number;
}

/** A listed contract with its life cycle. */
export interface EmulatedSymbol extends SymbolFacts {
  statusAt(now: UtcMs): SymbolStatus;
  /** 4133404800000 until the end of trading is announced, then that instant. */
  deliveryDateAt(now: UtcMs): UtcMs;
}

/** Something exchangeInfo shows from `at` on; what `!contractInfo` pushes. */
export interface SymbolEvent {
  readonly at: UtcMs;
  /** announced: appears as pending; delisting: deliveryDate is set; removed: leaves exchangeInfo. */
  readonly kind: 'announced' | 'trading' | 'delisting' | 'settling' | 'removed';
  readonly symbol: EmulatedSymbol;
}

export interface BookTicker {
  readonly bidPrice: string;
  readonly bidQty: string;
  readonly askPrice: string;
  readonly askQty: string;
}

export interface Depth {
  /** [price, quantity], best first. */
  readonly bids: readonly (readonly [string, string])[];
  readonly asks: readonly (readonly [string, string])[];
}

export interface MarkPrice {
  readonly markPrice: string;
  readonly indexPrice: string;
  readonly lastFundingRate: string;
  readonly nextFundingTime: UtcMs;
}

export interface FundingRow {
  readonly symbol: string;
  readonly fundingRate: string;
  readonly fundingTime: UtcMs;
  readonly markPrice: string;
}

/** Over the last 24 hours, whole minutes plus the one in progress. */
export interface Ticker {
  readonly priceChange: string;
  readonly priceChangePercent: string;
  readonly weightedAvgPrice: string;
  readonly lastPrice: string;
  readonly lastQty: string;
  readonly openPrice: string;
  readonly highPrice: string;
  readonly lowPrice: string;
  readonly volume: string;
  readonly quoteVolume: string;
  readonly openTime: UtcMs;
  readonly closeTime: UtcMs;
  readonly firstId: number;
  readonly lastId: number;
  readonly count: number;
}

export interface ListingRequest {
  readonly symbol: string;
  /** Trading and candles begin here (rounded up to a whole minute). */
  readonly at: UtcMs;
}

/** A jump that the market does not have of itself. */
export interface PriceShift {
  readonly symbol: string;
  /** What prices are multiplied with, above 0. */
  readonly factor: number;
  /** Rounded up to where a candle of the base interval opens, after now. Default: the next one. */
  readonly from?: UtcMs;
  /** Exclusive, rounded up likewise; default: for ever. */
  readonly until?: UtcMs;
}

/**
 * Symbols that find() does not know give no rows; prices of such symbols throw AppError not-found `MARKET.SYMBOL`.
 * Nothing here hides symbols that exchangeInfo does not show: ask statusAt() for that.
 */
export interface Market {
  /**
   * The market's identity: equal text means equal candles. `seed=1,symbols=300` or `replay=<hash of the files>`;
   * list() and delist() do not change it.
   */
  readonly source: string;
  /** What exchangeInfo shows at `now`: pending, trading and settling. */
  listed(now: UtcMs): readonly EmulatedSymbol[];
  /** Also symbols that exchangeInfo shows no more, or not yet. */
  find(symbol: string): EmulatedSymbol | undefined;
  /** What changed in exchangeInfo in (after, upTo], ascending. */
  events(after: UtcMs, upTo: UtcMs): SymbolEvent[];
  /**
   * Ascending rows of the range with openTime ≤ now. The row that contains `now` is the one in progress, built from
   * what was traded up to `now`; all others are closed and final. Longer intervals are exact aggregates of the base.
   */
  klines(symbol: string, interval: MarketInterval, range: KlineRange, now: UtcMs): KlineRow[];
  /** The same rows as one JSON text in the exchange's 12-element arrays: the fast path, about 0.5 ms for 1000 rows. */
  klinesJson(symbol: string, interval: MarketInterval, range: KlineRange, now: UtcMs): string;
  /**
   * The candle in progress at `now`; it ends exactly as the closed row of klines(). Undefined where none is: the symbol
   * does not trade, or a replayed recording has a hole there.
   */
  forming(symbol: string, interval: MarketInterval, now: UtcMs): KlineRow | undefined;
  /** No trade in the candle of the base interval that opens then (also true where there is no candle). */
  tradesEmpty(symbol: string, openTime: UtcMs): boolean;
  /** The interval all others of this symbol are made of: 1m, but for recordings of a longer one. */
  baseInterval(symbol: string): Interval;
  book(symbol: string, now: UtcMs): BookTicker;
  /** @param levels at most this many a side */
  depth(symbol: string, now: UtcMs, levels: number): Depth;
  markPrice(symbol: string, now: UtcMs): MarkPrice;
  /** Settled fundings in [from, to], ascending, the oldest `limit`. Give `to` ≤ now. */
  fundingHistory(symbol: string, from: UtcMs, to: UtcMs, limit: number): FundingRow[];
  ticker24h(symbol: string, now: UtcMs): Ticker;
  /**
   * Replay: where it makes sense to begin: the first instant at which all symbols trade, or, where their recordings do
   * not overlap, the earliest first candle. Generated: undefined.
   */
  start(): UtcMs | undefined;
  /** Replay: when the last recording ends and exchange time stops. Generated: undefined. */
  end(): UtcMs | undefined;
  /**
   * Ends trading of a symbol at an instant (rounded up to a whole minute): deliveryDate is set at once.
   * @throws AppError not-found `MARKET.SYMBOL`
   */
  delist(symbol: string, at: UtcMs): void;
  /**
   * Adds a perpetual that trades from an instant on, and is pending until then. A replay has no candles for it and
   * throws AppError rejected `MARKET.REPLAY`. @throws AppError invalid `MARKET.LISTED` if the symbol exists
   */
  list(request: ListingRequest): EmulatedSymbol;
  /**
   * Moves a symbol's prices from a later candle on: candles, book, mark price, all that is made of them. What is past
   * stays. @returns from when until when (undefined: for ever)
   * @throws AppError not-found `MARKET.SYMBOL`; invalid `MARKET.SHIFT`
   */
  shiftPrice(shift: PriceShift, now: UtcMs): { readonly from: UtcMs; readonly until?: UtcMs };
}

/** Id of the first trade of a minute; ids of one minute follow each other (fewer than a million). */
export function firstTradeId(openTime: UtcMs): number {
  return Math.floor(openTime / 60_000) * 1_000_000;
}
