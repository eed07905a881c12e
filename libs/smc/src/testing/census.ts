/** Counts events, so that a test can show that what it compared was there. */
import type { SmcEvent } from '../core/smc-event';

/** How often each kind of event occurred, by its distinguishing words: `order-block swing bullish spent`. */
export type Census = Map<string, number>;

export function countEvents(census: Census, events: Iterable<SmcEvent>): void {
  for (const event of events) {
    const key = censusKey(event);
    census.set(key, (census.get(key) ?? 0) + 1);
  }
}

function censusKey(event: SmcEvent): string {
  switch (event.kind) {
    case 'pivot':
      return `pivot ${event.scale} ${event.side} ${event.label ?? 'first'}`;
    case 'bos':
    case 'choch':
      return `${event.kind} ${event.scale} ${event.direction}`;
    case 'order-block':
      return `order-block ${event.scale} ${event.direction} ${event.state}`;
    case 'fair-value-gap':
      return `fair-value-gap ${event.direction} ${event.state}`;
    case 'equal-level':
      return `equal-level ${event.side}`;
    case 'liquidity':
      return `liquidity ${event.source} ${event.side} ${event.state}`;
    case 'period-level':
      return `period-level ${event.period} ${event.side}`;
    case 'session':
      return `session ${event.session} ${event.state}`;
  }
}
