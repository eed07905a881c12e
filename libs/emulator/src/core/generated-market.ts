/** The generated exchange: any market at any time from a seed. */
import type { UtcMs } from '@slt/domain';
import type { Market } from './market';
import { SourceMarket } from './source-market';
import { GeneratedUniverse } from './universe';

export interface GeneratedMarketOptions {
  readonly seed: number;
  /** Tradable USDT perpetuals, 1–600. */
  readonly symbols: number;
  /** Exchange time at which the run begins; candles do not depend on it. Default 2026-01-01. */
  readonly epoch?: UtcMs;
  /** Listings and delistings of their own accord, none in the day after the epoch. Default true. */
  readonly churn?: boolean;
}

const DEFAULT_EPOCH: UtcMs = 1_767_225_600_000;

/** @throws AppError invalid `MARKET.SYMBOLS` */
export function createGeneratedMarket(options: GeneratedMarketOptions): Market {
  const { seed, symbols, epoch = DEFAULT_EPOCH, churn = true } = options;
  return new SourceMarket(new GeneratedUniverse({ seed, symbols, epoch, churn }));
}
