import fc from 'fast-check';
import type { Hole } from '@slt/domain';
import { fetchWindow } from './fetch-window';
import { type Page, pageWeight, planPages } from './page-planner';

const STEP = 60_000;

/** Holes in slots of a minute, both ends inclusive. */
function hole(from: number, to: number): Hole {
  return { from: from * STEP, to: to * STEP, count: to - from + 1 };
}

function plan(...holes: [number, number][]): { limits: number[]; weight: number } {
  const pages = planPages(
    holes.map(([from, to]) => hole(from, to)),
    '1m',
  );
  return { limits: pages.map((page) => page.limit), weight: weightOf(pages) };
}

function weightOf(pages: readonly Page[]): number {
  return pages.reduce((sum, page) => sum + page.weight, 0);
}

/** Tries every page from every missing candle, by definition and without cleverness. */
function bruteForce(holes: readonly Hole[]): { weight: number; requests: number } {
  const slots = holes.flatMap((h) => Array.from({ length: h.count }, (_, i) => h.from / STEP + i));
  const best: { weight: number; requests: number }[] = [];
  best[slots.length] = { weight: 0, requests: 0 };
  for (let i = slots.length - 1; i >= 0; i--) {
    for (let j = i; j < slots.length && slots[j]! - slots[i]! < 1500; j++) {
      const rest = best[j + 1]!;
      const weight = pageWeight(slots[j]! - slots[i]! + 1) + rest.weight;
      const requests = 1 + rest.requests;
      const known = best[i];
      if (
        known === undefined ||
        weight < known.weight ||
        (weight === known.weight && requests < known.requests)
      ) {
        best[i] = { weight, requests };
      }
    }
  }
  return best[0]!;
}

const holesArbitrary = fc
  .array(
    fc.tuple(
      fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 700 })),
      fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1700 })),
    ),
    { minLength: 0, maxLength: 8 },
  )
  .map((parts) => {
    let at = 0;
    return parts.map(([gap, length]) => {
      const found = hole(at + gap, at + gap + length - 1);
      at += gap + length;
      return found;
    });
  });

describe('planPages', () => {
  it('asks for nothing when nothing is missing', () => {
    expect(planPages([], '1m')).toEqual([]);
  });

  it.each([
    // missing, pages, weight
    [10, [10], 1],
    [99, [99], 1],
    [100, [100], 2],
    [198, [198], 2], // 2 × 99 weigh the same, in more requests
    [499, [499], 2],
    [598, [499, 99], 3],
    [998, [499, 499], 4],
    [1000, [1000], 5], // 499 + 499 + 2 weigh the same, in more requests
    [1500, [499, 499, 499, 3], 7],
  ])('%i candles in a row', (count, limits, weight) => {
    const found = plan([1, count]);
    expect(found.weight).toBe(weight);
    expect(found.limits).toEqual(limits);
  });

  it('lets holes near each other share a page', () => {
    expect(plan([0, 0], [50, 50], [98, 98])).toEqual({ limits: [99], weight: 1 });
    expect(plan([0, 0], [99, 99])).toEqual({ limits: [100], weight: 2 }); // one request instead of two
    expect(plan([0, 0], [1_000, 1_000])).toEqual({ limits: [1, 1], weight: 2 });
  });

  it('ends each page at a wanted candle, never beyond', () => {
    const [page] = planPages([hole(5, 5), hole(20, 25)], '1m');
    expect(page).toEqual({ startTime: 5 * STEP, endTime: 25 * STEP, limit: 21, weight: 1 });
  });

  it('covers every missing candle, in order, within the exchange’s limits', () => {
    fc.assert(
      fc.property(holesArbitrary, (holes) => {
        const pages = planPages(holes, '1m');
        pages.forEach((page, i) => {
          expect(page.limit).toBe((page.endTime - page.startTime) / STEP + 1);
          expect(page.limit).toBeLessThanOrEqual(1000);
          expect(page.weight).toBe(pageWeight(page.limit));
          if (i > 0) expect(page.startTime).toBeGreaterThan(pages[i - 1]!.endTime);
        });
        const uncovered = holes.flatMap(({ from, count }) =>
          Array.from({ length: count }, (_, i) => from + i * STEP).filter(
            (at) => !pages.some((page) => page.startTime <= at && at <= page.endTime),
          ),
        );
        expect(uncovered).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('weighs as little as any plan can, in as few requests', () => {
    fc.assert(
      fc.property(holesArbitrary, (holes) => {
        const pages = planPages(holes, '1m');
        const best = holes.length === 0 ? { weight: 0, requests: 0 } : bruteForce(holes);
        expect({ weight: weightOf(pages), requests: pages.length }).toEqual(best);
      }),
      { numRuns: 150 },
    );
  });

  it('plans half a million candles in a row, and ten thousand scattered holes', () => {
    const year = planPages([hole(0, 499_999)], '1m');
    expect(weightOf(year)).toBe(2 * Math.ceil(500_000 / 499) - 1); // 1002 pages of two, the last of one
    const scattered = planPages(
      Array.from({ length: 10_000 }, (_, i) => hole(i * 137, i * 137 + (i % 3))),
      '1m',
    );
    expect(scattered.length).toBeGreaterThan(1_000);
  });
});

describe('fetchWindow', () => {
  const now = 1_000 * STEP + 30_000; // candle 1000 is forming, 999 is the last closed

  it('holds the last closed candles, never the forming one', () => {
    expect(fetchWindow({ now, interval: '1m', limit: 10 })).toEqual({ from: 990 * STEP, to: 999 * STEP });
    expect(fetchWindow({ now: 1_000 * STEP, interval: '1m', limit: 1 })).toEqual({
      from: 999 * STEP,
      to: 999 * STEP,
    });
  });

  it('of a young listing holds what exists', () => {
    expect(fetchWindow({ now, interval: '1m', limit: 10, onboardTime: 995 * STEP + 1 })).toEqual({
      from: 995 * STEP,
      to: 999 * STEP,
    });
  });

  it('is empty before the first closed candle', () => {
    const { from, to } = fetchWindow({ now, interval: '1m', limit: 10, onboardTime: 1_000 * STEP + 1 });
    expect(to).toBeLessThan(from);
  });
});
