/** The log of events as the state it leads to: what had been known once a candle had closed, and nothing later. */
import type { Candle } from '../../api/types';
import type { BlockEvent, GapEvent, LogEvent, PoolEvent, SessionEvent } from '../../api/types/smc';

export interface Zone<Event> {
  /** The event that made it. */
  readonly born: Event;
  /** The newest one of its id. */
  readonly latest: Event;
}

export interface Zones {
  readonly blocks: readonly Zone<BlockEvent>[];
  readonly gaps: readonly Zone<GapEvent>[];
  /** Live ones. */
  readonly pools: readonly Zone<PoolEvent>[];
  /** Pools that were taken: the wick went beyond and came back. */
  readonly sweeps: readonly Zone<PoolEvent>[];
  readonly sessions: readonly Zone<SessionEvent>[];
}

/** @param until open time of the last candle that counts */
export function knownUntil(events: readonly LogEvent[], until: number): LogEvent[] {
  return events.filter(({ knownAtTime }) => knownAtTime <= until);
}

/** @param known events in their order, as knownUntil gives them */
export function zonesOf(known: readonly LogEvent[]): Zones {
  const blocks = latestById(
    known.filter((event) => event.kind === 'order-block'),
    ({ id }) => id,
  );
  const gaps = latestById(
    known.filter((event) => event.kind === 'fair-value-gap'),
    ({ id }) => id,
  );
  const pools = latestById(
    known.filter((event) => event.kind === 'liquidity'),
    ({ id }) => id,
  );
  const sessions = latestById(
    known.filter((event) => event.kind === 'session'),
    ({ session, atTime }) => `${session} ${atTime}`,
  );
  return {
    blocks: blocks.filter(({ latest: { state } }) => state !== 'spent' && state !== 'dropped'),
    gaps: gaps.filter(({ latest: { state } }) => state !== 'inverse' && state !== 'dropped'),
    pools: pools.filter(({ latest: { state } }) => state === 'active'),
    sweeps: pools.filter(({ latest: { state } }) => state === 'swept'),
    sessions,
  };
}

function latestById<Event>(events: readonly Event[], idOf: (event: Event) => string): Zone<Event>[] {
  const zones = new Map<string, Zone<Event>>();
  for (const event of events) {
    const id = idOf(event);
    zones.set(id, { born: zones.get(id)?.born ?? event, latest: event });
  }
  return [...zones.values()];
}

export interface Extreme {
  readonly level: number;
  readonly at: number;
}

/**
 * Top and bottom that price deals in: begun anew by each swing pivot of their kind, extended by every candle. Undefined
 * before there was a pivot of each kind.
 */
export function dealingRangeOf(
  candles: readonly Candle[],
  known: readonly LogEvent[],
): { readonly top: Extreme; readonly bottom: Extreme } | undefined {
  const pivots = known.filter((event) => event.kind === 'pivot').filter(({ scale }) => scale === 'swing');
  const high = pivots.findLast(({ side }) => side === 'high');
  const low = pivots.findLast(({ side }) => side === 'low');
  if (high === undefined || low === undefined) return undefined;
  let top: Extreme = { level: high.level, at: high.atTime };
  let bottom: Extreme = { level: low.level, at: low.atTime };
  for (const candle of candles) {
    if (candle.openTime > high.atTime && candle.high > top.level) {
      top = { level: candle.high, at: candle.openTime };
    }
    if (candle.openTime > low.atTime && candle.low < bottom.level) {
      bottom = { level: candle.low, at: candle.openTime };
    }
  }
  return { top, bottom };
}
