/** Collects the events of one candle. */
import type { SmcEvent } from './smc-event';

const NOTHING: readonly SmcEvent[] = Object.freeze([]);

export class EventLog {
  /** Nobody listens: detectors need not make events. */
  isMuted = false;
  private events: SmcEvent[] = [];

  add(event: SmcEvent): void {
    this.events.push(event);
  }

  /** What was added since the last call; always the same frozen list when that is nothing. */
  take(): readonly SmcEvent[] {
    if (this.events.length === 0) return NOTHING;
    const taken = this.events;
    this.events = [];
    return taken;
  }
}
