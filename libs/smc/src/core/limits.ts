/** What the engine can count and measure. */
import type { UtcMs } from '@slt/domain';

/** Prices and volumes above it are refused, so that no sum or difference of them can overflow. */
export const MAX_AMOUNT = 1e290;
/** The last millisecond of the year 9999: beyond it calendars have no four-digit years. */
export const MAX_TIME: UtcMs = 253_402_300_799_999;
/** Indices of candles fit into 32 bits; 3800 years of minutes do. */
export const MAX_INDEX = 2_000_000_000;
