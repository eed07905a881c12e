import fc from 'fast-check';
import { MAX_TIME } from './limits';
import { timeText } from './time-text';

describe('the text of a time', () => {
  it.each([0, 7, 999_999, 1_000_000, 1_000_001, 60_000_000, 1_736_961_000_000, MAX_TIME])(
    'of %i is its number',
    (time) => {
      expect(timeText(time)).toBe(String(time));
    },
  );

  it('is the number for every time', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: MAX_TIME }), (time) => timeText(time) === String(time)));
  });
});
