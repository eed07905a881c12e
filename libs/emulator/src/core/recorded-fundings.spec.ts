import { HOUR_MS } from '@slt/domain';
import { RecordedFundings } from './recorded-fundings';

const DAY = Date.UTC(2025, 5, 2);
const at = (hours: number): number => DAY + hours * HOUR_MS;

describe('recorded fundings', () => {
  it('fall due every eight hours at the usual rate where none is recorded', () => {
    const usual = new RecordedFundings();
    expect(usual.between(at(0), at(16), 10, at(-1))).toEqual(
      [0, 8, 16].map((h) => ({ at: at(h), rate: 0.0001 })),
    );
    expect(usual.between(at(0), at(100), 2, at(1))).toEqual(
      [8, 16].map((h) => ({ at: at(h), rate: 0.0001 })),
    );
    expect(usual.rateAt(at(9))).toBe(0.0001);
    expect(usual.nextAfter(at(8))).toBe(at(16));
  });

  it('are as recorded where they are, of the minute, and usual before and after', () => {
    const fundings = new RecordedFundings([
      { at: at(20) + 3, rate: -0.002 },
      { at: at(12), rate: 0.001 },
    ]);
    expect(fundings.between(at(1), at(24), 10, at(0))).toEqual([
      { at: at(8), rate: 0.0001 },
      { at: at(12), rate: 0.001 },
      { at: at(20), rate: -0.002 },
      { at: at(24), rate: 0.0001 },
    ]);
    expect([11, 12, 19, 20, 23, 24].map((h) => fundings.rateAt(at(h)))).toEqual([
      ...[0.0001, 0.001, 0.001, -0.002, -0.002, 0.0001],
    ]);
    expect([1, 8, 12, 20].map((h) => fundings.nextAfter(at(h)))).toEqual([8, 12, 20, 24].map(at));
  });

  it('are known from before the listing only where they are recorded', () => {
    const fundings = new RecordedFundings([{ at: at(4), rate: 0.001 }]);
    expect(fundings.between(at(0), at(8), 10, at(7))).toEqual([
      { at: at(4), rate: 0.001 },
      { at: at(8), rate: 0.0001 },
    ]);
  });
});
