import { CallLimiter } from './call-limiter';

it('refuses calls above the limit until the window ends', () => {
  const limiter = new CallLimiter(2, 1_000);
  expect([5_000, 5_100, 5_200].map((at) => limiter.charge('a', at))).toEqual([undefined, undefined, 800]);
  expect(limiter.charge('b', 5_300)).toBeUndefined();
  expect(limiter.charge('a', 6_000)).toBeUndefined();
  limiter.reset();
  expect(limiter.charge('a', 6_001)).toBeUndefined();
});
