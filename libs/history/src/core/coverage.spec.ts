import fc from 'fast-check';
import { columnsOf, type Hole, MINUTE_MS, type UtcMs } from '@slt/domain';
import { cover, countMissing, holeOf, isFresh, subtractHoles, uniteHoles } from './coverage';

const at = (minute: number): UtcMs => minute * MINUTE_MS;
const series = (...minutes: number[]) =>
  columnsOf(minutes.map((m) => ({ openTime: at(m), open: 1, high: 1, low: 1, close: 1, volume: 1 })));
const hole = (from: number, to: number): Hole => holeOf(at(from), at(to), '1m');
const minutesOf = (holes: readonly Hole[]): number[] =>
  holes.flatMap((h) => Array.from({ length: h.count }, (_, i) => h.from / MINUTE_MS + i));
const holesOf = (minutes: readonly number[]): Hole[] =>
  uniteHoles(
    minutes.map((m) => hole(m, m)),
    [],
    '1m',
  );
const someMinutes = fc.uniqueArray(fc.integer({ min: 0, max: 60 })).map((m) => m.sort((a, b) => a - b));

describe('holes as sets of open times', () => {
  it('are subtracted', () => {
    fc.assert(
      fc.property(someMinutes, someMinutes, (a, b) => {
        const rest = minutesOf(subtractHoles(holesOf(a), holesOf(b), '1m'));
        expect(rest).toEqual(a.filter((m) => !b.includes(m)));
      }),
    );
  });

  it('are united', () => {
    fc.assert(
      fc.property(someMinutes, someMinutes, (a, b) => {
        const both = [...new Set([...a, ...b])].sort((x, y) => x - y);
        expect(minutesOf(uniteHoles(holesOf(a), holesOf(b), '1m'))).toEqual(both);
      }),
    );
  });
});

describe('cover', () => {
  it('tells what is missing from what is known to be missing', () => {
    const cached = { columns: series(2, 3, 6, 9), writtenAt: 0, knownHoles: [hole(4, 5)] };
    const covered = cover(cached, '1m', { from: at(1), to: at(10) });
    expect(minutesOf(covered.missing)).toEqual([1, 7, 8, 10]);
    expect(minutesOf(covered.known)).toEqual([4, 5]);
    expect(covered.columns.length).toBe(4);
  });

  it('misses everything where there is nothing', () => {
    expect(countMissing(cover(undefined, '1m', { from: at(0), to: at(9) }).missing)).toBe(10);
    expect(cover(undefined, '1m', { from: at(1), to: at(0) }).missing).toEqual([]);
  });
});

describe('isFresh', () => {
  const window = { from: at(1), to: at(4) };
  const fresh = (minutes: number[], writtenAt: number, knownHoles: Hole[] = [], now = at(5)): boolean =>
    isFresh(
      { columns: series(...minutes), writtenAt, knownHoles },
      { interval: '1m', window, now, maxAgeMs: MINUTE_MS },
    );

  it('with the last closed candle and no hole, however old the file', () => {
    expect(fresh([1, 2, 3, 4], 0)).toBe(true);
    expect(fresh([0, 1, 2, 3, 4, 5], 0)).toBe(true);
  });

  it('without the last closed candle only while young', () => {
    expect(fresh([1, 2, 3], at(4))).toBe(true);
    expect(fresh([1, 2, 3], at(4) - 1)).toBe(false);
  });

  it('never with a hole, unless the exchange has it too', () => {
    expect(fresh([1, 2, 4], at(5))).toBe(false);
    expect(fresh([2, 3, 4], at(5))).toBe(false);
    expect(fresh([1, 2, 4], 0, [hole(3, 3)])).toBe(true);
  });

  it('never when written in the future or empty', () => {
    expect(fresh([1, 2, 3], at(6))).toBe(false);
    expect(fresh([], at(5))).toBe(false);
  });
});
