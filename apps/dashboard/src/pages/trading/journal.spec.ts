import { drawdownsOf, queryOf, rBins } from './journal';

describe('the journal in figures', () => {
  it('counts trades by R, the extremes at the ends', () => {
    const bins = rBins([-9, -2.01, -2, -1, -0.01, 0, 0.49, 3.99, 4, 50, null].map((r) => ({ r })));
    expect(bins).toHaveLength(14);
    expect(bins.filter(({ count }) => count > 0)).toEqual([
      { from: -Infinity, to: -2, count: 2 },
      { from: -2, to: -1.5, count: 1 },
      { from: -1, to: -0.5, count: 1 },
      { from: -0.5, to: 0, count: 1 },
      { from: 0, to: 0.5, count: 2 },
      { from: 3.5, to: 4, count: 1 },
      { from: 4, to: Infinity, count: 2 },
    ]);
  });

  it('measures each fall from the highest before it', () => {
    const points = [100, 120, 90, 130, 117].map((equity, at) => ({ at, equity }));
    // 1 - 90 / 120, 1 - 117 / 130
    expect(drawdownsOf(points)).toEqual([0, 0, 0.25, 0, expect.closeTo(0.1)]);
  });

  it('asks only for what is filtered', () => {
    expect(queryOf({ symbol: '', setup: 'block-retest', limit: '5' })).toBe('setup=block-retest&limit=5');
  });
});
