/** What the cluster uses of the exchange and of history, so that a test can stand in with a few lines. */
import type { MarketStreams, Universe } from '@slt/exchange';
import type { HistoryService } from '@slt/history';

export type StreamFeed = Pick<
  MarketStreams,
  'closedCandles' | 'interruptions' | 'open' | 'add' | 'remove' | 'close' | 'status'
>;
export type FormingSource = Pick<MarketStreams, 'forming'>;
export type UniverseFeed = Pick<Universe, 'load' | 'current' | 'changes'>;
export type HistorySource = Pick<HistoryService, 'ensureHistory' | 'fetchRange' | 'persist'>;
