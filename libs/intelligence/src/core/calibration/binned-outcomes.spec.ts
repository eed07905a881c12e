import fc from 'fast-check';
import { BinnedOutcomes } from './binned-outcomes';

const row = fc.record({ probability: fc.double({ min: 0, max: 1, noNaN: true }), isWin: fc.boolean() });

describe('binned outcomes', () => {
  it('are of about equal size, ascending', () => {
    const rows = [0.9, 0.1, 0.2, 0.8, 0.3].map((probability) => ({ probability, isWin: probability > 0.25 }));
    expect(new BinnedOutcomes(rows).bins(2, 9)).toEqual([
      { said: expect.closeTo(0.15, 12), wins: 0, total: 2 },
      { said: expect.closeTo((0.3 + 0.8 + 0.9) / 3, 12), wins: 3, total: 3 },
    ]);
    expect(new BinnedOutcomes(rows).bins(1, 1)).toHaveLength(1);
    expect(new BinnedOutcomes(rows).bins(100, 9)).toHaveLength(1);
  });

  it('hold each row once, and each stretch of time is one or the others', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 8, maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        (rows, most) => {
          const outcomes = new BinnedOutcomes(rows);
          const totals = (bins: readonly { wins: number; total: number }[]): [number, number] => [
            bins.reduce((sum, { total }) => sum + total, 0),
            bins.reduce((sum, { wins }) => sum + wins, 0),
          ];
          const all = outcomes.bins(1, most);
          expect(all.length).toBeLessThanOrEqual(most);
          expect(totals(all)).toEqual([rows.length, rows.filter(({ isWin }) => isWin).length]);
          for (const fold of [0, 1, 2, 3]) {
            const [only, onlyWins] = totals(outcomes.bins(1, most, { only: fold }));
            const [others, otherWins] = totals(outcomes.bins(1, most, { except: fold }));
            expect([only + others, onlyWins + otherWins]).toEqual(totals(all));
            expect(only).toBeGreaterThanOrEqual(2);
          }
        },
      ),
    );
  });

  it('takes the oldest quarter for the first stretch', () => {
    const rows = Array.from({ length: 8 }, (_, i) => ({ probability: 1 - i / 8, isWin: true }));
    expect(new BinnedOutcomes(rows).bins(1, 9, { only: 0 }).map(({ said }) => said)).toEqual([0.875, 1]);
  });
});
