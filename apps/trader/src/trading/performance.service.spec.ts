import { thinned } from './performance.service';

describe('a thinned curve', () => {
  const curve = Array.from({ length: 10 }, (_, i) => ({ at: 100 * i, equity: i }));

  it('is whole where there are few points', () => {
    expect(thinned(curve, 10)).toEqual(curve);
    expect(thinned([], 5)).toEqual([]);
  });

  it('keeps the last point of each span, the last of all among them', () => {
    // Spans of 900 ÷ 3 + 1 = 301, counted from the end: 900–600, 599–299, 298–0.
    expect(thinned(curve, 3).map(({ at }) => at)).toEqual([200, 500, 900]);
  });

  it('never has more than asked for', () => {
    const dense = Array.from({ length: 5_000 }, (_, i) => ({ at: i % 7 === 0 ? i : i + 0.5, equity: i }));
    expect(thinned(dense, 1_000).length).toBeLessThanOrEqual(1_000);
    expect(thinned(dense, 1_000).at(-1)).toEqual(dense.at(-1));
  });
});
