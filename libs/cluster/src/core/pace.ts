/** The cluster's delays in exchange time, given how fast the exchange's time runs on our wall clock. */
import type { Clock, DurationMs } from '@slt/domain';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@slt/domain';
import type { DoubtPolicy } from './doubts';
import type { JoinPolicy } from './joiner';

export interface Pace {
  readonly join: JoinPolicy;
  readonly doubt: DoubtPolicy;
  /** On top of two intervals, before a series counts as stale. */
  readonly freshGraceMs: DurationMs;
  readonly auditEveryMs: DurationMs;
}

/** The longer of a span of exchange time and a span of wall time, in exchange time. */
export function atLeastWall(clock: Clock, exchangeMs: DurationMs, wallMs: DurationMs): DurationMs {
  return Math.max(exchangeMs, wallMs / clock.toWallMs(1));
}

/**
 * @param lagMs how late closing frames usually are: on the real exchange some 2 s, and asking REST for candles that
 *   are merely on their way would cost as much weight as having no stream
 */
export function paceOf(clock: Clock, capacity: number, lagMs: DurationMs): Pace {
  const graceMs = atLeastWall(
    clock,
    Math.min(10 * SECOND_MS, Math.max(2 * SECOND_MS, 2 * lagMs + SECOND_MS)),
    250,
  );
  return {
    join: {
      graceMs,
      retryMinMs: atLeastWall(clock, 2 * SECOND_MS, 100),
      retryMaxMs: atLeastWall(clock, 5 * MINUTE_MS, 2 * SECOND_MS),
      holeAsks: 5,
      holeSpanMs: atLeastWall(clock, 20 * SECOND_MS, 1_500),
      maxWaiting: Math.max(256, Math.min(capacity, 2_000)),
      aheadMs: atLeastWall(clock, 10 * MINUTE_MS, SECOND_MS),
      maxHole: capacity,
    },
    doubt: {
      holeMinMs: atLeastWall(clock, 10 * MINUTE_MS, 3 * SECOND_MS),
      holeMaxMs: atLeastWall(clock, 6 * HOUR_MS, 60 * SECOND_MS),
      disagreementMs: atLeastWall(clock, 5 * SECOND_MS, 250),
    },
    freshGraceMs: graceMs + atLeastWall(clock, 5 * SECOND_MS, 1_500),
    auditEveryMs: atLeastWall(clock, 20 * MINUTE_MS, 5 * SECOND_MS),
  };
}
