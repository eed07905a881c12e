/** Collects the events of one candle. */
import type { SmcEvent } from './smc-event';

const NOTHING: readonly SmcEvent[] = Object.freeze([]);

export class EventLog {
  /** Nobody listens: detectors need not make events. */
  isMuted = false;
  /** Kept from candle to candle, since a list that grows from nothing asks for memory anew each time. */
  private readonly events: SmcEvent[] = [];
  private count = 0;

  add(event: SmcEvent): void {
    this.events[this.count++] = event;
  }

  /** What was added since the last call; always the same frozen list when that is nothing. */
  take(): readonly SmcEvent[] {
    const { count, events } = this;
    if (count === 0) return NOTHING;
    this.count = 0;
    return count === 1 ? [events[0]!] : events.slice(0, count);
  }
}
