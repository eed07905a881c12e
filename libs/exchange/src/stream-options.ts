import { DAY_MS, type DurationMs, HOUR_MS, SECOND_MS } from '@slt/domain';
import type { BackoffRule } from './core/backoff';

/** How market streams behave. All times are wall time: network matters do not run at the emulator's speed. */
export interface MarketStreamsOptions {
  /** Appended to the endpoint's stream address. Klines on any other path are acknowledged and stay silent. */
  readonly path: string;
  readonly maxStreamsPerConnection: number;
  readonly streamsPerMessage: number;
  /** Between two messages of ours on a connection; the exchange allows ten a second, pongs included. */
  readonly messageGapMs: DurationMs;
  readonly handshakeTimeoutMs: DurationMs;
  readonly ackTimeoutMs: DurationMs;
  readonly pingEveryMs: DurationMs;
  /** Nothing heard for so long after a ping: the socket is half open. */
  readonly pongTimeoutMs: DurationMs;
  /** A busy connection without a single frame for so long is replaced. */
  readonly silenceMs: DurationMs;
  /** A stream without a frame for so many of its intervals, while its connection speaks, is subscribed again. */
  readonly silentIntervals: number;
  /** A connection is replaced before the exchange ends it; each at its own moment within the last tenth. */
  readonly lifetimeMs: DurationMs;
  /** How long the old connection still serves beside its successor. */
  readonly overlapMs: DurationMs;
  readonly backoff: BackoffRule;
  /** A connection that served for so long was a success: the next back-off begins anew. */
  readonly stableMs: DurationMs;
  readonly random: () => number;
}

export const STREAM_DEFAULTS: MarketStreamsOptions = {
  path: '/market/stream',
  maxStreamsPerConnection: 200,
  streamsPerMessage: 200,
  messageGapMs: 250,
  handshakeTimeoutMs: 10 * SECOND_MS,
  ackTimeoutMs: 10 * SECOND_MS,
  pingEveryMs: 10 * SECOND_MS,
  pongTimeoutMs: 5 * SECOND_MS,
  silenceMs: 20 * SECOND_MS,
  silentIntervals: 3,
  lifetimeMs: DAY_MS - HOUR_MS / 2,
  overlapMs: 3 * SECOND_MS,
  backoff: { baseMs: 500, maxMs: 30 * SECOND_MS },
  stableMs: 30 * SECOND_MS,
  random: Math.random,
};
