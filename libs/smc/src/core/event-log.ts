/** Collects the events of one candle. */
import type { SmcEvent, SmcEventKind } from './smc-event';

const NOTHING: readonly SmcEvent[] = Object.freeze([]);

/** What somebody listens for. */
export interface SmcInterests {
  /** All events of a kind, or those of some states; none of a kind that is left out. */
  readonly kinds: Readonly<Partial<Record<SmcEventKind, 'all' | readonly string[]>>>;
  /** In ATR of the present candle: of a gap that is not so high only the end of its time on the list, `dropped`, is told. */
  readonly smallestGap?: number;
}

export class EventLog {
  /** Nobody listens: detectors need not make events. */
  isMuted = false;
  /**
   * Kept from candle to candle, since a list that grows from nothing asks for memory anew each time. It forgets what was
   * taken: others may let go of it soon.
   */
  private readonly events: (SmcEvent | undefined)[] = [];
  private count = 0;
  /** See SmcInterests. */
  readonly smallestGap: number;
  /** By kind and state; undefined: all. */
  private readonly wanted: Readonly<Record<string, Readonly<Record<string, boolean>> | 'all'>> | undefined;

  /** @param interests other events are not made; without it all are */
  constructor(interests?: SmcInterests) {
    this.wanted = interests && Object.fromEntries(Object.entries(interests.kinds).map(tableOf));
    this.smallestGap = interests?.smallestGap ?? 0;
  }

  /** Whether anybody listens: what nobody hears need not be made. */
  wants(kind: SmcEventKind, state = ''): boolean {
    if (this.isMuted) return false;
    if (this.wanted === undefined) return true;
    const states = this.wanted[kind];
    return states === 'all' || states?.[state] === true;
  }

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

function tableOf([kind, states]: [string, 'all' | readonly string[]]) {
  return [
    kind,
    states === 'all' ? states : Object.fromEntries(states.map((state) => [state, true])),
  ] as const;
}
