import fc from 'fast-check';
import { dateOf, dayOf, dayOfDate, mondayOf } from './civil-time';
import { DAY_MS } from './time';

describe('the calendar', () => {
  it('agrees with the platform on every day', () => {
    const days = fc.integer({ min: -800_000, max: 2_932_896 });
    fc.assert(
      fc.property(days, (day) => {
        const date = new Date(day * DAY_MS);
        const expected = {
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        };
        expect(dateOf(day)).toEqual(expected);
        expect(dayOfDate(expected)).toBe(day);
        expect(new Date(mondayOf(day) * DAY_MS).getUTCDay()).toBe(1);
        expect(day - mondayOf(day)).toBe((date.getUTCDay() + 6) % 7);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['1970-01-01', 0],
    ['1970-01-02', 1],
    ['2000-02-29', 11_016],
    ['2024-02-29', 19_782],
  ])('counts %s as day %i', (text, day) => {
    const [year, month, dayOfMonth] = text.split('-').map(Number);
    expect(dayOfDate({ year: year!, month: month!, day: dayOfMonth! })).toBe(day);
    expect(dayOf(Date.parse(text))).toBe(day);
  });
});
