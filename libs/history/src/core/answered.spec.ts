import { columnsOf, type Hole, MINUTE_MS, type UtcMs } from '@slt/domain';
import { judgeAnswer, mayBeginLate } from './answered';
import { holeOf } from './coverage';

const at = (minute: number): UtcMs => minute * MINUTE_MS;
const series = (...minutes: number[]) =>
  columnsOf(minutes.map((m) => ({ openTime: at(m), open: 1, high: 1, low: 1, close: 1, volume: 1 })));
const hole = (from: number, to: number): Hole => holeOf(at(from), at(to), '1m');
const judge = (minutes: number[], options: { late?: boolean; known?: Hole[] } = {}) =>
  judgeAnswer(series(...minutes), {
    interval: '1m',
    window: { from: at(1), to: at(6) },
    mayBeginLate: options.late ?? false,
    knownBefore: options.known ?? [],
  });

describe('judgeAnswer', () => {
  it('is content with a whole series', () => {
    expect(judge([1, 2, 3, 4, 5, 6])).toEqual({ suspicious: [], knownHoles: [], missingInside: 0 });
  });

  it('asks again for a hole, and remembers it', () => {
    expect(judge([1, 2, 5, 6])).toEqual({
      suspicious: [hole(3, 4)],
      knownHoles: [hole(3, 4)],
      missingInside: 2,
    });
  });

  it('does not ask again for a hole that was known', () => {
    expect(judge([1, 2, 5, 6], { known: [hole(3, 4)] }).suspicious).toEqual([]);
  });

  it('forgets a known hole that was filled, and keeps those outside the window', () => {
    expect(judge([1, 2, 3, 4, 5, 6], { known: [hole(-5, -4), hole(3, 4)] }).knownHoles).toEqual([
      hole(-5, -4),
    ]);
  });

  it('takes the beginning of a young listing as it is', () => {
    expect(judge([4, 5, 6], { late: true })).toEqual({
      suspicious: [],
      knownHoles: [hole(1, 3)],
      missingInside: 0,
    });
    expect(judge([4, 5, 6]).suspicious).toEqual([hole(1, 3)]);
  });

  it('never takes a missing end for granted', () => {
    expect(judge([1, 2, 3, 4])).toEqual({ suspicious: [hole(5, 6)], knownHoles: [], missingInside: 2 });
  });

  it('knows nothing of a series without a row', () => {
    expect(judge([], { late: true })).toEqual({ suspicious: [], knownHoles: [], missingInside: 0 });
  });
});

describe('mayBeginLate', () => {
  it('for the young and those of unknown age', () => {
    expect(mayBeginLate(undefined, at(10))).toBe(true);
    expect(mayBeginLate(at(11), at(10))).toBe(true);
    expect(mayBeginLate(at(9), at(10))).toBe(false);
  });
});
