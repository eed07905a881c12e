import { DAY_MS, HOUR_MS, MINUTE_MS, type Candle } from '@slt/domain';
import { eventsOf, only } from './spec-candles';
import { utcDay, utcMonth, utcWeek } from './periods';
import type { SmcEvent } from './smc-event';
import { SmcEngine } from './smc-engine';

const at = (text: string): number => Date.parse(`${text}Z`);

/** One candle at each of the times; the n-th one (from 0) spans 100 + n to 90 + n. */
function rising(times: readonly string[]): Candle[] {
  return times.map((time, n) => candle(at(time), 100 + n, 90 + n));
}

function candle(openTime: number, high: number, low: number): Candle {
  return { openTime, open: low, high, low, close: low, volume: 1 };
}

/** Hourly candles over [from, to), each from the hour's count + 10 down to the count. */
function hourly(from: string, to: string): Candle[] {
  const length = (at(to) - at(from)) / HOUR_MS;
  return Array.from({ length }, (_, n) => candle(at(from) + n * HOUR_MS, n + 10, n));
}

function levels(events: readonly SmcEvent[]): string[] {
  return only(events, 'period-level').map(({ period, side, level, atTime, knownAtTime }) => {
    return `${period} ${side} ${level} of ${timeOf(atTime)} known ${timeOf(knownAtTime)}`;
  });
}

const timeOf = (instant: number): string => new Date(instant).toISOString().slice(5, 16);

const HOURLY = { intervalMs: HOUR_MS };

describe('the levels of a period', () => {
  it('are known when its last candle has closed', () => {
    // 2025-01-15 is a Wednesday; hours 0…23 of it, then the next day's.
    expect(levels(eventsOf(hourly('2025-01-15T00:00', '2025-01-15T23:00'), HOURLY))).toEqual([]);
    expect(levels(eventsOf(hourly('2025-01-15T00:00', '2025-01-17T00:00'), HOURLY))).toEqual([
      'day high 33 of 01-15T23:00 known 01-15T23:00', // hour 23: 23 + 10
      'day low 0 of 01-15T00:00 known 01-15T23:00',
      'day high 57 of 01-16T23:00 known 01-16T23:00', // hour 47
      'day low 24 of 01-16T00:00 known 01-16T23:00',
    ]);
  });

  it('are each followed by a pool', () => {
    const events = eventsOf(hourly('2025-01-15T00:00', '2025-01-16T00:00'), HOURLY);
    const last = events.filter(({ kind, knownAt }) => knownAt === 23 && kind !== 'session');
    expect(last.filter((event) => event.kind !== 'liquidity' || event.source === 'day')).toMatchObject([
      { kind: 'period-level', period: 'day', side: 'high', level: 33, at: 23 },
      { kind: 'liquidity', source: 'day', side: 'high', state: 'active', level: 33, at: 23 },
      { kind: 'period-level', period: 'day', side: 'low', level: 0, at: 0 },
      { kind: 'liquidity', source: 'day', side: 'low', state: 'active', level: 0, at: 0 },
    ]);
  });

  it('are of the first candle on ties', () => {
    const candles = hourly('2025-01-15T00:00', '2025-01-16T00:00').map(({ openTime }) =>
      candle(openTime, 10, 5),
    );
    expect(levels(eventsOf(candles, HOURLY))).toEqual([
      'day high 10 of 01-15T00:00 known 01-15T23:00',
      'day low 5 of 01-15T00:00 known 01-15T23:00',
    ]);
  });

  it('are known by the first candle after, where the last one is missing', () => {
    const times = [
      '2025-01-15T00:00',
      '2025-01-15T12:00',
      '2025-01-16T07:00',
      '2025-01-18T09:00',
      '2025-01-18T10:00',
    ];
    expect(levels(eventsOf(rising(times), HOURLY))).toEqual([
      'day high 101 of 01-15T12:00 known 01-16T07:00',
      'day low 90 of 01-15T00:00 known 01-16T07:00',
      'day high 102 of 01-16T07:00 known 01-18T09:00', // nothing of the 17th
      'day low 92 of 01-16T07:00 known 01-18T09:00',
    ]);
  });

  it('are left out for the period that the engine entered in the middle', () => {
    const late = hourly('2025-01-15T01:00', '2025-01-17T00:00');
    expect(levels(eventsOf(late, HOURLY))).toEqual([
      'day high 56 of 01-16T23:00 known 01-16T23:00',
      'day low 23 of 01-16T00:00 known 01-16T23:00',
    ]);
    // A hole at the start is another matter, once the engine has seen an earlier candle.
    const holed = [
      ...hourly('2025-01-15T23:00', '2025-01-16T00:00'),
      ...hourly('2025-01-16T05:00', '2025-01-17T00:00'),
    ];
    expect(levels(eventsOf(holed, HOURLY))).toEqual([
      'day high 28 of 01-16T23:00 known 01-16T23:00', // hour 18 of its own count
      'day low 0 of 01-16T05:00 known 01-16T23:00',
    ]);
  });

  it('are those of weeks from Monday to Sunday', () => {
    const events = eventsOf(hourly('2025-01-13T00:00', '2025-01-20T01:00'), HOURLY);
    expect(levels(events).filter((text) => text.startsWith('week'))).toEqual([
      'week high 177 of 01-19T23:00 known 01-19T23:00', // 7 · 24 − 1 + 10
      'week low 0 of 01-13T00:00 known 01-19T23:00',
    ]);
  });

  it('are those of months, after the day and the week', () => {
    // 2024-02-29 is a Thursday; a month of 29 days.
    const events = eventsOf(hourly('2024-02-01T00:00', '2024-03-01T01:00'), HOURLY);
    expect(levels(events).slice(-4)).toEqual([
      'day high 705 of 02-29T23:00 known 02-29T23:00', // 29 · 24 − 1 + 10
      'day low 672 of 02-29T00:00 known 02-29T23:00',
      'month high 705 of 02-29T23:00 known 02-29T23:00',
      'month low 0 of 02-01T00:00 known 02-29T23:00',
    ]);
    // 2024-06-30 is a Sunday: all three end at once.
    const june = eventsOf(hourly('2024-06-01T00:00', '2024-07-01T00:00'), HOURLY);
    expect(
      levels(june)
        .slice(-6)
        .map((text) => text.split(' ').slice(0, 2).join(' ')),
    ).toEqual(['day high', 'day low', 'week high', 'week low', 'month high', 'month low']);
  });

  it('come with every candle of a day', () => {
    const candles = ['2025-01-15T00:00', '2025-01-16T00:00', '2025-01-18T00:00'];
    expect(levels(eventsOf(rising(candles), { intervalMs: DAY_MS }))).toEqual([
      'day high 100 of 01-15T00:00 known 01-15T00:00',
      'day low 90 of 01-15T00:00 known 01-15T00:00',
      'day high 101 of 01-16T00:00 known 01-16T00:00',
      'day low 91 of 01-16T00:00 known 01-16T00:00',
      'day high 102 of 01-18T00:00 known 01-18T00:00',
      'day low 92 of 01-18T00:00 known 01-18T00:00',
    ]);
  });

  it('of the day before and of its own day come together on a candle after a hole', () => {
    const candles = rising(['2025-01-15T00:00', '2025-01-16T12:00']);
    expect(levels(eventsOf(candles, { intervalMs: DAY_MS / 2 }))).toEqual([
      'day high 100 of 01-15T00:00 known 01-16T12:00',
      'day low 90 of 01-15T00:00 known 01-16T12:00',
      'day high 101 of 01-16T12:00 known 01-16T12:00',
      'day low 91 of 01-16T12:00 known 01-16T12:00',
    ]);
  });

  it('are said once, even if more candles than there is room for come', () => {
    const last = at('2025-01-15T23:59');
    const candles = [candle(at('2025-01-15T00:00'), 10, 5), candle(last, 12, 6), candle(last + 1_000, 99, 1)];
    const next = candle(at('2025-01-16T00:00'), 20, 15);
    expect(levels(eventsOf([...candles, next], { intervalMs: MINUTE_MS }))).toEqual([
      'day high 12 of 01-15T23:59 known 01-15T23:59',
      'day low 5 of 01-15T00:00 known 01-15T23:59',
    ]);
  });
});

describe('the view of periods', () => {
  it('shows what goes on and what was completed', () => {
    const engine = new SmcEngine(HOURLY);
    for (const one of hourly('2025-01-15T00:00', '2025-01-16T02:00')) engine.step(one);
    const { day, month } = engine.view().periods;
    const time = (hour: number): number => at('2025-01-15T00:00') + hour * HOUR_MS;
    expect(day).toEqual({
      current: {
        start: time(24),
        end: time(48),
        high: { level: 35, at: 25, atTime: time(25) },
        low: { level: 24, at: 24, atTime: time(24) },
      },
      previous: {
        start: time(0),
        end: time(24),
        high: { level: 33, at: 23, atTime: time(23) },
        low: { level: 0, at: 0, atTime: time(0) },
      },
    });
    expect(month).toMatchObject({
      current: { start: at('2025-01-01T00:00'), end: at('2025-02-01T00:00') },
      previous: null,
    });
  });

  it('is a copy', () => {
    const engine = new SmcEngine(HOURLY);
    for (const one of hourly('2025-01-15T00:00', '2025-01-16T02:00')) engine.step(one);
    const before = engine.view();
    Object.assign(engine.view().periods.day.previous!.high, { level: -1 });
    Object.assign(engine.view().sessions.london.previous!, { start: 0 });
    expect(engine.view()).toEqual(before);
  });

  it('shows no current one whose last candle is in', () => {
    const engine = new SmcEngine(HOURLY);
    for (const one of hourly('2025-01-15T00:00', '2025-01-16T00:00')) engine.step(one);
    expect(engine.view().periods.day.current).toBeNull();
  });
});

describe('periods', () => {
  it.each([
    [utcDay, '2024-02-29T23:59:59.999', '2024-02-29', '2024-03-01'],
    [utcDay, '2024-03-01T00:00', '2024-03-01', '2024-03-02'],
    [utcWeek, '2025-01-12T23:59', '2025-01-06', '2025-01-13'],
    [utcWeek, '2025-01-13T00:00', '2025-01-13', '2025-01-20'],
    [utcWeek, '2024-12-31T12:00', '2024-12-30', '2025-01-06'],
    [utcMonth, '2024-02-15T00:00', '2024-02-01', '2024-03-01'],
    [utcMonth, '2025-02-28T23:59', '2025-02-01', '2025-03-01'],
    [utcMonth, '2000-02-29T00:00', '2000-02-01', '2000-03-01'],
    [utcMonth, '2024-12-31T23:59', '2024-12-01', '2025-01-01'],
    [utcMonth, '2025-01-01T00:00', '2025-01-01', '2025-02-01'],
  ])('%p at %s is %s to %s', (schedule, instant, start, end) => {
    expect(schedule(at(instant))).toEqual({ start: Date.parse(start), end: Date.parse(end) });
  });
});
