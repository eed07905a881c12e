/** What the market streams tell of themselves. */
import type { DurationMs, UtcMs } from '@slt/domain';
import type { StreamKey } from './core/stream-key';

export interface Interruption {
  readonly subscriptions: readonly StreamKey[];
  readonly reason: string;
}

export interface MarketStreamsStatus {
  /** Sockets that are open and serve. */
  readonly connections: number;
  readonly subscriptions: number;
  readonly reconnects: number;
  /** Exchange time. */
  readonly lastFrameAt?: UtcMs;
  /** How old the last frame was on arrival; wall time. */
  readonly lagMs?: DurationMs;
  /** Streams that have said nothing for too long, and those the exchange refused. */
  readonly silentSymbols: number;
  /** Messages that could not be understood. */
  readonly malformed: number;
}
