/** Exchange time from round trips. The shortest of several trips bounds the error best: half of it. */
import type { DurationMs, UtcMs } from '@slt/domain';

export interface ClockProbe {
  /** Local monotonic clock, wall milliseconds. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** What the exchange said in between. */
  readonly serverTime: UtcMs;
}

export interface ClockAnchor {
  /** Local monotonic clock, wall milliseconds … */
  readonly localAt: number;
  /** … when the exchange's clock showed this. */
  readonly exchangeAt: UtcMs;
  readonly roundTripMs: DurationMs;
}

/** The probe with the shortest round trip; undefined without probes. */
export function bestProbe(probes: readonly ClockProbe[]): ClockProbe | undefined {
  return probes.reduce<ClockProbe | undefined>(
    (best, probe) => (best === undefined || roundTrip(probe) < roundTrip(best) ? probe : best),
    undefined,
  );
}

/** The exchange read its clock in the middle of the trip, give or take half of it. */
export function anchorOf(probe: ClockProbe): ClockAnchor {
  return {
    localAt: (probe.sentAt + probe.receivedAt) / 2,
    exchangeAt: probe.serverTime,
    roundTripMs: roundTrip(probe),
  };
}

/** @param speed how many times faster than the wall the exchange's clock runs */
export function exchangeTimeAt(anchor: ClockAnchor, localNow: number, speed: number): UtcMs {
  return anchor.exchangeAt + (localNow - anchor.localAt) * speed;
}

/** How far the exchange's clock may be from ours, in its own milliseconds: half the trip, and one for rounding. */
export function uncertaintyOf(anchor: ClockAnchor, speed: number): DurationMs {
  return (anchor.roundTripMs / 2) * speed + 1;
}

function roundTrip(probe: ClockProbe): DurationMs {
  return probe.receivedAt - probe.sentAt;
}
