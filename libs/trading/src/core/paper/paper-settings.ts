/** What a paper account assumes of the exchange: fees, margin, depth of the market. Ordinary USDT accounts of 2026. */
import type { Decimal } from '../broker';

/**
 * What a taker pays beyond the best price. The first part of an order meets what stands there (`touchNotional`, or the
 * quote's own quantity); the rest moves the price by the square-root law: on average
 * `bpsAtMinuteVolume × √(rest ÷ minute volume)`.
 */
export interface ImpactSettings {
  /** USDT at the best price where the quote does not say. */
  readonly touchNotional: number;
  /** Basis points that an order as large as a minute's trade pays on average. */
  readonly bpsAtMinuteVolume: number;
  /** USDT traded a minute where the quote does not say; never less is assumed. */
  readonly minuteVolume: number;
  /** The average never moves by more. */
  readonly maxBps: number;
}

/** Maintenance margin by position notional: each tier's rate holds for the part of the notional within it. */
export interface MarginTier {
  /** USDT; inclusive. The last tier's is Infinity in effect. */
  readonly upTo: number;
  readonly rate: Decimal;
}

export interface PaperSettings {
  readonly initialBalance: Decimal;
  readonly makerFeeRate: Decimal;
  readonly takerFeeRate: Decimal;
  /** On top of the taker's fee, of the notional, as far as the wallet has it. */
  readonly liquidationFeeRate: Decimal;
  /** Of symbols that nobody prepared. */
  readonly defaultLeverage: number;
  readonly impact: ImpactSettings;
  /** Between bid and ask where there is no book; one tick at least. */
  readonly spreadBps: number;
  /** Ascending. */
  readonly tiers: readonly MarginTier[];
  /**
   * `quotes`: an order meets the quote it is placed with. `candles`: it meets the open of the next candle, so that none
   * fills on the candle that made it.
   */
  readonly matching: 'quotes' | 'candles';
}

export const PAPER_DEFAULTS: PaperSettings = {
  initialBalance: '10000',
  makerFeeRate: '0.0002',
  takerFeeRate: '0.0005',
  liquidationFeeRate: '0.0125',
  defaultLeverage: 20,
  impact: { touchNotional: 2_000, bpsAtMinuteVolume: 10, minuteVolume: 50_000, maxBps: 1_000 },
  spreadBps: 2,
  tiers: [
    { upTo: 50_000, rate: '0.004' },
    { upTo: 600_000, rate: '0.005' },
    { upTo: 3_000_000, rate: '0.0065' },
    { upTo: Infinity, rate: '0.01' },
  ],
  matching: 'quotes',
};
