/** A listed contract, in our words. Decimal strings keep the exchange's exact tick and step. */
import type { UtcMs } from './time';

export type InstrumentStatus = 'pending' | 'trading' | 'settling' | 'closed';

export interface Instrument {
  readonly symbol: string;
  /** The exchange's own word: PERPETUAL, TRADIFI_PERPETUAL, CURRENT_QUARTER, … */
  readonly contractType: string;
  readonly status: InstrumentStatus;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly marginAsset: string;
  /** COIN, INDEX, EQUITY, … */
  readonly underlyingType: string;
  /** The exchange's words for what the coin is about, such as DeFi or Layer-1; may be empty. */
  readonly sectors: readonly string[];
  /** Candles begin here. */
  readonly onboardTime: UtcMs;
  /** When trading ends; a date about a century ahead for a perpetual that nobody means to delist. */
  readonly deliveryTime: UtcMs;
  readonly filters: InstrumentFilters;
}

/** Prices in quote, quantities in base asset, all decimal strings as the exchange sent them. */
export interface InstrumentFilters {
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
}
