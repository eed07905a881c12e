/** Candles of a span of time: whole months and days from the public archive, the rest by REST. */
import type { Interval } from '@slt/domain';
import type { SeriesSync } from './newest-sync';
import type { SyncRange } from './options';
import type { SyncSetting } from './run-history-sync';

export interface SpanWanted {
  readonly symbols: readonly string[];
  readonly interval: Interval;
  readonly range: Extract<SyncRange, { kind: 'span' }>;
}

export async function syncSpan(_wanted: SpanWanted, _setting: SyncSetting): Promise<SeriesSync[]> {
  throw new Error('not yet');
}
