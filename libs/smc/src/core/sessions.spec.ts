import { DAY_MS, HOUR_MS, MINUTE_MS, type Candle } from '@slt/domain';
import { eventsOf, only } from './spec-candles';
import { SESSION_NAMES, type SessionName } from './session-name';
import { sessionSchedule } from './sessions';
import type { SmcEvent } from './smc-event';
import { SmcEngine } from './smc-engine';
import { instantOf, offsetAt } from './zone-time';

const at = (text: string): number => Date.parse(`${text}Z`);
const timeOf = (instant: number): string => new Date(instant).toISOString().slice(0, 16);

function heldOn(name: SessionName, date: string): string {
  // From the instant at which no session of an earlier local day is still on, for zones from UTC−5 to UTC+11.
  const { start, end } = sessionSchedule(name)(at(`${date}T00:00`));
  return `${timeOf(start)} … ${timeOf(end)}`;
}

describe('the hours of a session', () => {
  it.each<[SessionName, string, string, string]>([
    // Tokyo: UTC+9 all year.
    ['tokyo', '2025-01-15', '2025-01-15T00:00', '2025-01-15T09:00'],
    ['tokyo', '2025-07-15', '2025-07-15T00:00', '2025-07-15T09:00'],
    // London: UTC in winter, UTC+1 from 30 March to 26 October 2025.
    ['london', '2025-03-29', '2025-03-29T08:00', '2025-03-29T17:00'],
    ['london', '2025-03-30', '2025-03-30T07:00', '2025-03-30T16:00'],
    ['london', '2025-10-25', '2025-10-25T07:00', '2025-10-25T16:00'],
    ['london', '2025-10-26', '2025-10-26T08:00', '2025-10-26T17:00'],
    // New York: UTC−5 in winter, UTC−4 from 9 March to 2 November 2025.
    ['new-york', '2025-03-08', '2025-03-08T13:00', '2025-03-08T22:00'],
    ['new-york', '2025-03-09', '2025-03-09T12:00', '2025-03-09T21:00'],
    ['new-york', '2025-11-01', '2025-11-01T12:00', '2025-11-01T21:00'],
    ['new-york', '2025-11-02', '2025-11-02T13:00', '2025-11-02T22:00'],
    ['new-york-kill-zone', '2025-03-08', '2025-03-08T12:00', '2025-03-08T15:00'],
    ['new-york-kill-zone', '2025-03-09', '2025-03-09T11:00', '2025-03-09T14:00'],
    // 02:00 to 05:00 in New York; on 9 March clocks go from 02:00 to 03:00, the first hour does not exist.
    ['london-kill-zone', '2025-03-08', '2025-03-08T07:00', '2025-03-08T10:00'],
    ['london-kill-zone', '2025-03-09', '2025-03-09T07:00', '2025-03-09T09:00'],
    ['london-kill-zone', '2025-03-10', '2025-03-10T06:00', '2025-03-10T09:00'],
    // On 2 November 01:00 to 02:00 comes twice, 02:00 once.
    ['london-kill-zone', '2025-11-01', '2025-11-01T06:00', '2025-11-01T09:00'],
    ['london-kill-zone', '2025-11-02', '2025-11-02T07:00', '2025-11-02T10:00'],
    // 20:00 to 24:00 in New York: the evening before in UTC, still on at 00:00 UTC of the day.
    ['asian-kill-zone', '2025-03-09', '2025-03-09T01:00', '2025-03-09T05:00'],
    ['asian-kill-zone', '2025-03-10', '2025-03-10T00:00', '2025-03-10T04:00'],
    ['asian-kill-zone', '2025-11-02', '2025-11-02T00:00', '2025-11-02T04:00'],
    ['asian-kill-zone', '2025-11-03', '2025-11-03T01:00', '2025-11-03T05:00'],
    // Sydney: UTC+11 in summer, UTC+10 from 6 April to 5 October 2025; it begins the evening before in UTC.
    ['sydney', '2025-04-05', '2025-04-04T20:00', '2025-04-05T05:00'],
    ['sydney', '2025-04-06', '2025-04-05T21:00', '2025-04-06T06:00'],
    ['sydney', '2025-10-04', '2025-10-03T21:00', '2025-10-04T06:00'],
    ['sydney', '2025-10-05', '2025-10-04T20:00', '2025-10-05T05:00'],
  ])('%s on %s are %s to %s UTC', (name, date, start, end) => {
    expect(heldOn(name, date)).toBe(`${start} … ${end}`);
  });

  it('follow each other without a gap in the answers', () => {
    for (const name of SESSION_NAMES) {
      const schedule = sessionSchedule(name);
      let { start, end } = schedule(at('2024-12-30T00:00'));
      for (let day = 0; day < 370; day++) {
        expect(end - start).toBeGreaterThanOrEqual(2 * HOUR_MS);
        expect(schedule(end - 1)).toEqual({ start, end });
        const next = schedule(end);
        expect(Math.abs(next.start - start - DAY_MS)).toBeLessThanOrEqual(HOUR_MS);
        ({ start, end } = next);
      }
    }
  });
});

describe('the clock of a zone', () => {
  it('is ahead of UTC by its offset, daylight saving included', () => {
    expect(offsetAt('America/New_York', at('2025-03-09T06:59')) / HOUR_MS).toBe(-5);
    expect(offsetAt('America/New_York', at('2025-03-09T07:00')) / HOUR_MS).toBe(-4);
    expect(offsetAt('Asia/Kolkata', at('2025-01-01T00:00')) / HOUR_MS).toBe(5.5);
    expect(offsetAt('Europe/London', -1) / HOUR_MS).toBe(1); // British Standard Time, 1968 to 1971
  });

  it('shows a time first at the earlier instant, and skipped ones at the change', () => {
    const dayOf = (text: string): number => at(text) / DAY_MS;
    // 01:30 came twice in New York: at 05:30 and at 06:30 UTC.
    expect(timeOf(instantOf('America/New_York', dayOf('2025-11-02T00:00'), 90))).toBe('2025-11-02T05:30');
    // 02:30 never came: clocks went from 02:00 to 03:00 at 07:00 UTC.
    expect(timeOf(instantOf('America/New_York', dayOf('2025-03-09T00:00'), 150))).toBe('2025-03-09T07:00');
    // Lord Howe Island moves its clocks by half an hour: 02:00 to 02:30 at 15:30 UTC of the day before.
    expect(timeOf(instantOf('Australia/Lord_Howe', dayOf('2025-10-05T00:00'), 135))).toBe('2025-10-04T15:30');
  });
});

function candle(openTime: number, high: number, low: number): Candle {
  return { openTime, open: low, high, low, close: low, volume: 1 };
}

/** One candle every so often over [from, to), each from its count + 10 down to its count. */
function every(intervalMs: number, from: string, to: string): Candle[] {
  const length = (at(to) - at(from)) / intervalMs;
  return Array.from({ length }, (_, n) => candle(at(from) + n * intervalMs, n + 10, n));
}

function told(events: readonly SmcEvent[], name: SessionName): string[] {
  return only(events, 'session')
    .filter(({ session }) => session === name)
    .map(({ state, high, low, atTime, knownAtTime }) => {
      return `${state} ${high} ${low} from ${timeOf(atTime).slice(11)} known ${timeOf(knownAtTime).slice(11)}`;
    });
}

const QUARTERS = { intervalMs: 15 * MINUTE_MS };

describe('a session', () => {
  it('opens with its first candle and is closed by its last one', () => {
    const candles = every(15 * MINUTE_MS, '2025-01-15T07:00', '2025-01-15T18:00');
    expect(told(eventsOf(candles, QUARTERS), 'london')).toEqual([
      'open 14 4 from 08:00 known 08:00', // candle 4
      'closed 49 4 from 08:00 known 16:45', // candle 39 is the last
    ]);
  });

  it('leaves a pool at its high and one at its low, about the candles of these', () => {
    const candles = every(15 * MINUTE_MS, '2025-01-15T07:00', '2025-01-15T17:00');
    const last = eventsOf(candles, QUARTERS).filter(({ knownAt }) => knownAt === 39);
    const from = last.findIndex((event) => event.kind === 'session');
    expect(last.slice(from)).toMatchObject([
      { kind: 'session', session: 'london', state: 'closed', at: 4 },
      { kind: 'liquidity', source: 'london', side: 'high', state: 'active', level: 49, at: 39 },
      { kind: 'liquidity', source: 'london', side: 'low', state: 'active', level: 4, at: 4 },
    ]);
  });

  it('is closed by the first candle after, where the last one is missing', () => {
    const candles = [
      ...every(15 * MINUTE_MS, '2025-01-15T07:00', '2025-01-15T16:45'),
      candle(at('2025-01-15T19:00'), 500, 1),
    ];
    expect(told(eventsOf(candles, QUARTERS), 'london')).toEqual([
      'open 14 4 from 08:00 known 08:00',
      'closed 48 4 from 08:00 known 19:00',
    ]);
  });

  it('opens late where its first candles are missing, once there was an earlier candle', () => {
    const candles = [
      candle(at('2025-01-15T07:00'), 9, 8),
      ...every(15 * MINUTE_MS, '2025-01-15T09:00', '2025-01-15T17:00'),
    ];
    expect(told(eventsOf(candles, QUARTERS), 'london')).toEqual([
      'open 10 0 from 09:00 known 09:00',
      'closed 41 0 from 09:00 known 16:45',
    ]);
  });

  it('is silent where the engine began in its middle, and not at its very start', () => {
    const entered = every(15 * MINUTE_MS, '2025-01-15T08:15', '2025-01-15T18:00');
    expect(told(eventsOf(entered, QUARTERS), 'london')).toEqual([]);
    const fromStart = every(15 * MINUTE_MS, '2025-01-15T08:00', '2025-01-15T18:00');
    expect(told(eventsOf(fromStart, QUARTERS), 'london')).toHaveLength(2);
  });

  it('is silent if a hole swallows it', () => {
    const candles = [candle(at('2025-01-15T07:00'), 9, 8), candle(at('2025-01-15T17:00'), 9, 8)];
    expect(told(eventsOf(candles, QUARTERS), 'london')).toEqual([]);
  });

  it('ends with the candle that reaches its end, whatever comes of it later', () => {
    // Candles of four hours: 08:00, 12:00, and 16:00, which closes at 20:00.
    const candles = every(4 * HOUR_MS, '2025-01-15T04:00', '2025-01-16T00:00');
    expect(told(eventsOf(candles, { intervalMs: 4 * HOUR_MS }), 'london')).toEqual([
      'open 11 1 from 08:00 known 08:00',
      'closed 13 1 from 08:00 known 16:00',
    ]);
  });

  it('opens and closes on one candle that spans it', () => {
    const candles = every(12 * HOUR_MS, '2025-01-15T00:00', '2025-01-16T00:00');
    expect(told(eventsOf(candles, { intervalMs: 12 * HOUR_MS }), 'tokyo')).toEqual([
      'open 10 0 from 00:00 known 00:00',
      'closed 10 0 from 00:00 known 00:00',
    ]);
    // Candles that open at 00:00 and 12:00 miss London's start; that at 12:00 is its first and last.
    expect(told(eventsOf(candles, { intervalMs: 12 * HOUR_MS }), 'london')).toEqual([
      'open 11 1 from 12:00 known 12:00',
      'closed 11 1 from 12:00 known 12:00',
    ]);
  });

  it('of yesterday is closed before that of today opens', () => {
    const candles = [candle(at('2025-01-15T08:00'), 12, 11), candle(at('2025-01-16T09:00'), 22, 21)];
    expect(told(eventsOf(candles, QUARTERS), 'london')).toEqual([
      'open 12 11 from 08:00 known 08:00',
      'closed 12 11 from 08:00 known 09:00',
      'open 22 21 from 09:00 known 09:00',
    ]);
  });

  it('keeps to the order of the list within one candle', () => {
    const candles = [candle(at('2025-01-14T18:00'), 9, 8), candle(at('2025-01-15T08:30'), 9, 8)];
    const sessions = only(eventsOf(candles, QUARTERS), 'session').map(
      ({ session, state }) => `${session} ${state}`,
    );
    // The first is within New York; 08:30 UTC is 17:30 in Tokyo, 08:30 in London, 03:30 in New York.
    expect(sessions).toEqual(['tokyo open', 'london open', 'london-kill-zone open']);
  });

  it('is held on every day, weekends too, on days of changing clocks too', () => {
    const candles = every(15 * MINUTE_MS, '2025-03-07T00:00', '2025-03-11T00:00');
    const zones = told(eventsOf(candles, QUARTERS), 'london-kill-zone').map((text) => {
      return text.replace(/ \d+ \d+ from/, '');
    });
    expect(zones).toEqual([
      'open 07:00 known 07:00',
      'closed 07:00 known 09:45',
      'open 07:00 known 07:00',
      'closed 07:00 known 09:45',
      'open 07:00 known 07:00', // Sunday 9 March: two hours
      'closed 07:00 known 08:45',
      'open 06:00 known 06:00',
      'closed 06:00 known 08:45',
    ]);
  });
});

describe('the view of sessions', () => {
  it('shows the running one and the last completed one', () => {
    const engine = new SmcEngine(QUARTERS);
    for (const one of every(15 * MINUTE_MS, '2025-01-15T07:00', '2025-01-16T08:30')) engine.step(one);
    const { london, 'new-york': newYork } = engine.view().sessions;
    expect(london).toMatchObject({
      current: {
        start: at('2025-01-16T08:00'),
        end: at('2025-01-16T17:00'),
        high: { level: 111 },
        low: { level: 100 },
      },
      previous: {
        start: at('2025-01-15T08:00'),
        end: at('2025-01-15T17:00'),
        high: { level: 49 },
        low: { level: 4 },
      },
    });
    expect(newYork.current).toBeNull();
  });

  it('hides one that the engine entered in the middle', () => {
    const engine = new SmcEngine(QUARTERS);
    for (const one of every(15 * MINUTE_MS, '2025-01-15T08:15', '2025-01-15T10:00')) engine.step(one);
    expect(engine.view().sessions.london).toEqual({ current: null, previous: null });
  });
});
