/**
 * When silence is a fault. A connection that is silent for too long is replaced; a stream that is silent while its
 * connection speaks is subscribed again. Every remedy that did not help doubles the patience, so that a market that
 * merely sleeps is not disturbed for ever.
 */
import type { DurationMs } from '@slt/domain';

const MAX_DOUBLINGS = 5;
/** With this many streams something is always said. */
const BUSY_STREAMS = 10;

export interface ConnectionSilence {
  readonly streams: number;
  /** Wall time that a busy connection may be silent. */
  readonly busyLimitMs: DurationMs;
  /** Wall length of the shortest interval that is streamed. */
  readonly intervalMs: DurationMs;
  /** Replacements for silence since the last frame. */
  readonly vainRemedies: number;
}

/** Wall time after which the connection counts as dead although its socket answers. */
export function connectionPatienceMs({
  streams,
  busyLimitMs,
  intervalMs,
  vainRemedies,
}: ConnectionSilence): DurationMs {
  const patience = streams >= BUSY_STREAMS ? busyLimitMs : Math.max(busyLimitMs, 2.5 * intervalMs);
  return patience * 2 ** Math.min(vainRemedies, MAX_DOUBLINGS);
}

/** Wall time after which one stream is subscribed again. */
export function streamPatienceMs(
  intervalMs: DurationMs,
  intervals: number,
  vainRemedies: number,
): DurationMs {
  return intervalMs * intervals * 2 ** Math.min(vainRemedies, MAX_DOUBLINGS);
}
