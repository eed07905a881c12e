import fc from 'fast-check';
import { DAY_MS, type Hole, intervalMs } from '@slt/domain';
import { clip, daysOfMonth, monthStart, planArchive } from './archive-plan';
import { countMissing, holeOf } from './coverage';

const utc = (text: string): number => Date.parse(`${text}Z`);
const now = utc('2025-07-10T12:00');

function holes(...ranges: [string, string][]): Hole[] {
  return ranges.map(([from, to]) => holeOf(utc(from), utc(to), '1m'));
}

function plan(from: string, to: string, missing = holes([from, to])) {
  return planArchive(missing, { interval: '1m', window: { from: utc(from), to: utc(to) }, now });
}

describe('planArchive', () => {
  it('takes whole months, whole days, and leaves the rest to REST', () => {
    const { units, rest } = plan('2025-04-29T13:00', '2025-07-10T11:59');
    expect(units.map((unit) => unit.period)).toEqual([
      ...['09', '08', '07', '06', '05', '04', '03', '02', '01'].map((day) => `2025-07-${day}`),
      '2025-06',
      '2025-05',
      '2025-04-30',
    ]);
    expect(rest).toEqual(
      holes(['2025-04-29T13:00', '2025-04-29T23:59'], ['2025-07-10T00:00', '2025-07-10T11:59']),
    );
  });

  it('does not download a month for a few of its days, nor a day for a few of its candles', () => {
    const missing = holes(['2025-05-03T00:00', '2025-05-04T23:59'], ['2025-05-20T10:00', '2025-05-20T10:30']);
    const { units, rest } = plan('2025-05-01T00:00', '2025-05-31T23:59', missing);
    expect(units.map((unit) => unit.period)).toEqual(['2025-05-04', '2025-05-03']);
    expect(rest).toEqual(missing.slice(1));
  });

  it('offers the days of a month that is not there', () => {
    const missing = holes(['2025-02-01T00:00', '2025-02-28T23:59']);
    const { units } = plan('2025-02-01T00:00', '2025-02-28T23:59', missing);
    expect(units).toHaveLength(1);
    const days = daysOfMonth(units[0]!, missing, '1m');
    expect([days.length, days[0]?.period, days.at(-1)?.period]).toEqual([28, '2025-02-28', '2025-02-01']);
  });

  it('puts every missing candle in exactly one place', () => {
    const hole = fc.tuple(fc.nat(200_000), fc.nat(150_000));
    fc.assert(
      fc.property(
        fc.array(hole, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('1m', '5m', '1h', '1d'),
        (parts, interval) => {
          const step = intervalMs(interval);
          let at = Math.ceil(utc('2024-01-15T00:00') / step) * step;
          const missing: Hole[] = [];
          for (const [gap, length] of parts) {
            const from = at + Math.ceil(((gap + 1) * 60_000) / step) * step;
            at = from + Math.floor((length * 60_000) / step) * step;
            missing.push(holeOf(from, at, interval));
          }
          const window = { from: missing[0]!.from, to: at };
          const { units, rest } = planArchive(missing, { interval, window, now: at + 5 * DAY_MS });
          const inUnits = units.reduce((sum, unit) => sum + countMissing(clip(missing, unit, interval)), 0);
          expect(inUnits + countMissing(rest)).toBe(countMissing(missing));
          expect(units.reduce((sum, unit) => sum + unit.missing, 0)).toBe(inUnits);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('knows the calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (instant) => {
        const date = new Date(instant);
        expect(monthStart(instant)).toBe(Date.UTC(date.getUTCFullYear(), date.getUTCMonth()));
      }),
    );
    expect(plan('2024-02-29T00:00', '2024-03-01T23:59').units.map((unit) => unit.period)).toEqual([
      '2024-03-01',
      '2024-02-29',
    ]);
  });
});
