/** Highs and lows of the last completed UTC day, week (from Monday) and month; each leaves a liquidity pool behind. */
import { dateOf, DAY_MS, dayOf, dayOfDate, mondayOf, type UtcMs } from '@slt/domain';
import type { CandleWindow } from './candle-window';
import type { EventLog } from './event-log';
import type { Liquidity } from './liquidity';
import type { PeriodName, Side } from './smc-event';
import type { ExtremeView, PeriodView } from './smc-view';
import type { SnapshotReader } from './snapshot-reader';
import type { Occurrence, Schedule, Span, SpanListener } from './span';
import { SpanSet } from './span-set';

export interface PeriodParts {
  readonly window: CandleWindow;
  readonly log: EventLog;
  readonly liquidity: Liquidity;
}

export class Periods implements SpanListener<PeriodName> {
  private readonly set: SpanSet<PeriodName>;

  constructor(private readonly parts: PeriodParts) {
    this.set = new SpanSet<PeriodName>(parts.window, PERIODS, this);
  }

  step(): void {
    this.set.step();
  }

  closed({ name, previous }: Span<PeriodName>): void {
    if (previous === null) return;
    this.announce(name, 'high', previous.high);
    this.announce(name, 'low', previous.low);
  }

  view(): Record<PeriodName, PeriodView> {
    const views = this.set.spans.map((span) => {
      return [span.name, { current: span.current, previous: span.lastEnded }] as const;
    });
    return Object.fromEntries(views) as Record<PeriodName, PeriodView>;
  }

  toJSON(): unknown {
    return this.set.toJSON();
  }

  restore(reader: SnapshotReader): void {
    this.set.restore(reader);
  }

  private announce(period: PeriodName, side: Side, extreme: ExtremeView): void {
    const { window, log, liquidity } = this.parts;
    if (log.wants('period-level')) {
      log.add({
        kind: 'period-level',
        period,
        side,
        level: extreme.level,
        at: extreme.at,
        atTime: extreme.atTime,
        knownAt: window.index,
        knownAtTime: window.openTime,
      });
    }
    liquidity.add(period, side, extreme);
  }
}

const PERIODS: readonly (readonly [PeriodName, Schedule])[] = [
  ['day', utcDay],
  ['week', utcWeek],
  ['month', utcMonth],
];

export function utcDay(instant: UtcMs): Occurrence {
  return fromDays(dayOf(instant), dayOf(instant) + 1);
}

export function utcWeek(instant: UtcMs): Occurrence {
  const monday = mondayOf(dayOf(instant));
  return fromDays(monday, monday + 7);
}

export function utcMonth(instant: UtcMs): Occurrence {
  const { year, month } = dateOf(dayOf(instant));
  const next = month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
  return fromDays(dayOfDate({ year, month, day: 1 }), dayOfDate(next));
}

function fromDays(start: number, end: number): Occurrence {
  return { start: start * DAY_MS, end: end * DAY_MS };
}
