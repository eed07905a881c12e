import { MINUTE_MS } from '@slt/domain';
import { decideInterval, OpenTimes } from './open-times';

const minutes = (...times: number[]): Float64Array => Float64Array.from(times, (time) => time * MINUTE_MS);
const everyMinute = Array.from({ length: 20 }, (_, i) => i);

describe('the interval of a file', () => {
  it.each([
    ['is the step that all candles keep', minutes(...everyMinute), '1m'],
    ['is found behind holes', minutes(0, 1, 4, 10), '1m'],
    ['is the step of most, though one be shorter', minutes(0, 5, 10, 11, 15, 20, 25), '5m'],
    ['is the smallest where no step is that of most', minutes(0, 3, 4, 6, 8, 11, 13), '1m'],
    ['passes over steps that are no interval', Float64Array.of(0, 60_000, 90_000, 120_000, 180_000), '1m'],
    ['passes over what stands twice or goes back', minutes(0, 1, 1, 0, 1, 2), '1m'],
  ])('%s', (_, openTimes, interval) => {
    expect(decideInterval(openTimes)).toEqual({ kind: 'interval', interval });
  });

  it.each([
    ['one candle', minutes(7), /too few/],
    ['seconds', Float64Array.of(1_700_000_040, 1_700_000_100), /60 ms apart.*seconds/],
    ['an odd step', minutes(0, 7, 14), /420000 ms apart/],
  ])('is not told by %s', (_, openTimes, problem) => {
    expect(decideInterval(openTimes)).toEqual({
      kind: 'unknown',
      problem: expect.stringMatching(problem) as string,
    });
  });

  it('that was given stands, unless no candle keeps it', () => {
    expect(decideInterval(minutes(7), '1h')).toEqual({ kind: 'interval', interval: '1h' });
    expect(decideInterval(minutes(0, 5), '1m')).toEqual({ kind: 'interval', interval: '1m' });
    expect(decideInterval(minutes(0, 1, 6, 11, 16), '1m')).toEqual({ kind: 'interval', interval: '1m' });
    for (const given of ['1m', '1h'] as const) {
      expect(decideInterval(minutes(0, 5, 10, 15), given)).toEqual({
        kind: 'contradiction',
        problem: `its candles are 5m apart, not ${given}`,
      });
    }
  });
});

describe('open times', () => {
  it('count what is missing between them', () => {
    const times = new OpenTimes('1m');
    for (const time of minutes(3, 4, 7, 8, 10)) expect(times.take(time)).toBeUndefined();
    expect(times).toMatchObject({
      count: 5,
      first: 3 * MINUTE_MS,
      last: 10 * MINUTE_MS,
      holeCount: 2,
      missing: 3, // minutes 5, 6 and 9
      holes: [
        { from: 5 * MINUTE_MS, to: 6 * MINUTE_MS, count: 2 },
        { from: 9 * MINUTE_MS, to: 9 * MINUTE_MS, count: 1 },
      ],
    });
  });

  it('are refused where they do not follow, and nothing is counted', () => {
    const times = new OpenTimes('1m');
    times.take(600_000);
    expect(times.take(600_000)).toMatch(/600000 is there twice/);
    expect(times.take(540_000)).toMatch(/540000 is before 600000/);
    expect(times.take(690_000)).toMatch(/690000 is 90000 ms after/);
    expect(times).toMatchObject({ count: 1, holeCount: 0, last: 600_000 });
  });
});
