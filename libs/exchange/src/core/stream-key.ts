/** Streams by name: the wire lower-cases the symbol, so a name is turned back into a key by table and never by guess. */
import type { Interval } from '@slt/domain';

export interface StreamKey {
  readonly symbol: string;
  readonly interval: Interval;
}

/** Listings, settlements and bracket changes of all symbols. */
export const CONTRACT_INFO_STREAM = '!contractInfo';

export function streamName({ symbol, interval }: StreamKey): string {
  return `${symbol.toLowerCase()}@kline_${interval}`;
}
