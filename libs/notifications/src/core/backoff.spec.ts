import { backoffMs } from './backoff';

it('doubles up to five minutes, a quarter by chance', () => {
  expect([1, 2, 5, 9, 10, 1000].map((attempt) => backoffMs(attempt, 0))).toEqual([
    750, 1500, 12_000, 192_000, 225_000, 225_000,
  ]);
  // 16 s × (0.75 + 0.8 / 4)
  expect(backoffMs(5, 0.8)).toBe(15_200);
});
