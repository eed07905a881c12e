/** Trading sessions by the wall clocks of their cities: their running and final extremes, which leave pools behind. */
import { dayOf, HOUR_MS, MINUTE_MS } from '@slt/domain';
import type { CandleWindow } from './candle-window';
import type { EventLog } from './event-log';
import type { Liquidity } from './liquidity';
import { SESSION_NAMES, type SessionName } from './session-name';
import type { SessionView } from './smc-view';
import type { SnapshotReader } from './snapshot-reader';
import type { Occurrence, Schedule, Span, SpanListener } from './span';
import { SpanSet } from './span-set';
import { instantOf, offsetAt } from './zone-time';

export interface SessionParts {
  readonly window: CandleWindow;
  readonly log: EventLog;
  readonly liquidity: Liquidity;
}

export class Sessions implements SpanListener<SessionName> {
  private readonly set: SpanSet<SessionName>;
  private readonly glances: Readonly<Record<SessionName, SessionView>>;

  constructor(private readonly parts: SessionParts) {
    const schedules = SESSION_NAMES.map((name) => [name, sessionSchedule(name)] as const);
    this.set = new SpanSet<SessionName>(parts.window, schedules, this);
    this.glances = this.eachSession(glanceAt);
  }

  step(): void {
    this.set.step();
  }

  opened(span: Span<SessionName>): void {
    this.announce(span, 'open', span);
  }

  closed(span: Span<SessionName>): void {
    const { previous } = span;
    if (previous === null) return;
    this.announce(span, 'closed', { high: previous.high.level, low: previous.low.level });
    this.parts.liquidity.add(span.name, 'high', previous.high);
    this.parts.liquidity.add(span.name, 'low', previous.low);
  }

  view(): Record<SessionName, SessionView> {
    return this.eachSession((span) => ({
      current: span.isWhole ? span.current : null,
      previous: span.lastEnded,
    }));
  }

  /** The same, made when it is asked for, and of what has ended without copies: it is not to be changed. */
  glance(): Readonly<Record<SessionName, SessionView>> {
    return this.glances;
  }

  private eachSession(viewOf: (span: Span<SessionName>) => SessionView): Record<SessionName, SessionView> {
    const views: Partial<Record<SessionName, SessionView>> = {};
    for (const span of this.set.spans) views[span.name] = viewOf(span);
    return views as Record<SessionName, SessionView>;
  }

  toJSON(): unknown {
    return this.set.toJSON();
  }

  restore(reader: SnapshotReader): void {
    this.set.restore(reader);
  }

  private announce(
    { name, firstAt, firstAtTime }: Span<SessionName>,
    state: 'open' | 'closed',
    { high, low }: { high: number; low: number },
  ): void {
    const { window, log } = this.parts;
    if (!log.wants('session', state)) return;
    log.add({
      kind: 'session',
      session: name,
      state,
      high,
      low,
      at: firstAt,
      atTime: firstAtTime,
      knownAt: window.index,
      knownAtTime: window.openTime,
    });
  }
}

/** As it is whenever it is asked. */
const glanceAt = (span: Span<SessionName>): SessionView => ({
  get current() {
    return span.isWhole ? span.current : null;
  },
  get previous() {
    return span.previous;
  },
});

/** Local wall time in whole hours; `to` is exclusive. */
const HOURS: Readonly<Record<SessionName, { timeZone: string; from: number; to: number }>> = {
  sydney: { timeZone: 'Australia/Sydney', from: 7, to: 16 },
  tokyo: { timeZone: 'Asia/Tokyo', from: 9, to: 18 },
  london: { timeZone: 'Europe/London', from: 8, to: 17 },
  'new-york': { timeZone: 'America/New_York', from: 8, to: 17 },
  'asian-kill-zone': { timeZone: 'America/New_York', from: 20, to: 24 },
  'london-kill-zone': { timeZone: 'America/New_York', from: 2, to: 5 },
  'new-york-kill-zone': { timeZone: 'America/New_York', from: 7, to: 10 },
};

/** Twenty years of each session; then it begins anew. */
const MAX_REMEMBERED = 7_500;
const MINUTES_PER_HOUR = HOUR_MS / MINUTE_MS;
const remembered = new Map<SessionName, Map<number, Occurrence>>();

/** When the session is held; answers are shared by all engines. */
export function sessionSchedule(name: SessionName): Schedule {
  const { timeZone } = HOURS[name];
  return (instant) => {
    // The session of the day before has ended, unless clocks did something odd in between.
    let localDay = dayOf(instant + offsetAt(timeZone, instant)) - 1;
    let occurrence = sessionOf(name, localDay);
    while (occurrence.end <= instant) occurrence = sessionOf(name, ++localDay);
    return occurrence;
  };
}

function sessionOf(name: SessionName, localDay: number): Occurrence {
  let days = remembered.get(name);
  if (days === undefined) remembered.set(name, (days = new Map<number, Occurrence>()));
  const known = days.get(localDay);
  if (known !== undefined) return known;
  const { timeZone, from, to } = HOURS[name];
  const start = instantOf(timeZone, localDay, from * MINUTES_PER_HOUR);
  const end = instantOf(timeZone, localDay, to * MINUTES_PER_HOUR);
  const occurrence = { start, end };
  if (days.size >= MAX_REMEMBERED) days.clear();
  days.set(localDay, occurrence);
  return occurrence;
}
