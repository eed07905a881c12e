/** Collects the events of one candle. */
import type { SmcEvent } from './smc-event';

const NOTHING: readonly SmcEvent[] = Object.freeze([]);

export class EventLog {
  /** Nobody listens: detectors need not make events. */
  isMuted = false;
  /**
   * Kept from candle to candle, since a list that grows from nothing asks for memory anew each time. It forgets what was
   * taken: others may let go of it soon.
   */
  private readonly events: (SmcEvent | undefined)[] = [];
  private count = 0;

  add(event: SmcEvent): void {
    const { count, events } = this;
    if (count === events.length) events.push(event);
    else events[count] = event;
    this.count = count + 1;
  }

  /** What was added since the last call; always the same frozen list when that is nothing. */
  take(): readonly SmcEvent[] {
    const { count, events } = this;
    if (count === 0) return NOTHING;
    this.count = 0;
    const taken = events.slice(0, count) as SmcEvent[];
    for (let i = 0; i < count; i++) events[i] = undefined;
    return taken;
  }

  /** The same one by one, without a list. */
  takeEach(onEvent: (event: SmcEvent) => void): void {
    const { count, events } = this;
    this.count = 0;
    for (let i = 0; i < count; i++) {
      const event = events[i]!;
      events[i] = undefined;
      onEvent(event);
    }
  }
}
