/** A contract from its announcement to its removal: pending → trading → settling → gone. */
import type { UtcMs } from '@slt/domain';
import type { EmulatedSymbol, SymbolEvent, SymbolFacts, SymbolStatus } from './market';
import type { Life } from './row-source';

/** What the exchange shows as the delivery of a perpetual that nobody means to end: 2100-12-25. */
export const NEVER: UtcMs = 4_133_404_800_000;

export interface LifeCycle {
  /** Appears in exchangeInfo. */
  readonly announced: UtcMs;
  /** Trading, and candles: [start, end). */
  readonly life: Life;
  /** From when on the end is known. */
  delistingAnnounced: UtcMs;
  /** Leaves exchangeInfo. */
  removed: UtcMs;
}

export interface ListedSymbol extends EmulatedSymbol {
  readonly cycle: LifeCycle;
  /** Whether exchangeInfo shows it. */
  isListed(now: UtcMs): boolean;
  /** All changes of its life, known or not yet; not sorted. */
  events(): SymbolEvent[];
}

export function listSymbol(facts: SymbolFacts, cycle: LifeCycle): ListedSymbol {
  const symbol: ListedSymbol = {
    ...facts,
    cycle,
    isListed: (now) => now >= cycle.announced && now < cycle.removed,
    statusAt: (now) => (symbol.isListed(now) ? statusWhileListed(cycle.life, now) : 'CLOSE'),
    deliveryDateAt: (now) => (now >= cycle.delistingAnnounced ? cycle.life.end : NEVER),
    events: () => [
      { at: cycle.announced, kind: 'announced', symbol },
      { at: cycle.life.start, kind: 'trading', symbol },
      { at: cycle.delistingAnnounced, kind: 'delisting', symbol },
      { at: cycle.life.end, kind: 'settling', symbol },
      { at: cycle.removed, kind: 'removed', symbol },
    ],
  };
  return symbol;
}

function statusWhileListed(life: Life, now: UtcMs): SymbolStatus {
  if (now < life.start) return 'PENDING_TRADING';
  return now < life.end ? 'TRADING' : 'SETTLING';
}
