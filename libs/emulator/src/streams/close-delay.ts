/** How late closing frames come, in exchange time: the same for the same candle in every run. */
import type { DurationMs, UtcMs } from '@slt/domain';
import { hashText, uniformAt } from '../core/hash';

/** Bounds of a closing frame's delay; both inclusive. */
export interface CloseDelay {
  readonly minMs: DurationMs;
  readonly maxMs: DurationMs;
}

/** Share of quiet candles whose closing frame comes at all, with the first trade of a later candle. */
const LATE_SHARE = 0.6;

/** Most come within some hundred milliseconds, a few as late as the bounds allow. */
export function closeDelay(symbol: string, openTime: UtcMs, { minMs, maxMs }: CloseDelay): DurationMs {
  const spread = uniformAt(hashText(symbol, 0x636c6f), openTime) ** 4;
  return Math.round(minMs + (maxMs - minMs) * spread);
}

/** Whether the closing frame of a candle that ended without a trade is ever sent. */
export function quietCandleCloses(symbol: string, openTime: UtcMs): boolean {
  return uniformAt(hashText(symbol, 0x717569), openTime) < LATE_SHARE;
}
