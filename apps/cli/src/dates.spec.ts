import fc from 'fast-check';
import { parseInstant } from './dates';

describe('parseInstant', () => {
  it.each([
    ['2025-01-31', Date.UTC(2025, 0, 31)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2025-01-31T12:30Z', Date.UTC(2025, 0, 31, 12, 30)],
    ['2025-01-31T12:30:15.250+02:00', Date.UTC(2025, 0, 31, 10, 30, 15, 250)],
    ['1738326600000', 1_738_326_600_000],
  ])('%s', (text, instant) => expect(parseInstant(text)).toBe(instant));

  it.each([
    '',
    'yesterday',
    '2025-02-30',
    '2025-13-01',
    '2025-1-1',
    '2025-01-31T12:30',
    '1738326600',
    '-1',
    '31.01.2025',
  ])('refuses "%s"', (text) => expect(() => parseInstant(text)).toThrow(/is no date/));

  it('reads back every instant it is given as ISO', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(1e12), max: new Date(2e12), noInvalidDate: true }), (date) => {
        expect(parseInstant(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});
