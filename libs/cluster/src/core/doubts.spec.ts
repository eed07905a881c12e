import { columnsOf } from '@slt/domain';
import { addDoubt, afterAsking, compareRows, type Doubt, dueDoubt, forgetDoubtsBefore } from './doubts';

const POLICY = { holeMinMs: 600_000, holeMaxMs: 3_600_000, disagreementMs: 5_000 };
const hole = { reason: 'hole' as const, from: 60_000, to: 120_000 };

describe('doubts', () => {
  it('are held once, and come up after their delay', () => {
    const doubts = addDoubt(addDoubt([], hole, 0, POLICY), { ...hole, to: 60_000 }, 0, POLICY);
    expect(doubts).toHaveLength(1);
    expect(dueDoubt(doubts, 599_999)).toBeUndefined();
    expect(dueDoubt(doubts, 600_000)).toBe(doubts[0]);
  });

  it('about a hole come back ever more seldom, until all of it is there', () => {
    let doubts = addDoubt([], hole, 0, POLICY);
    const delays: number[] = [];
    for (let i = 0; i < 5; i++) {
      doubts = afterAsking(doubts, doubts[0] as Doubt, { rows: 1, count: 2 }, 0, POLICY);
      delays.push(doubts[0]!.dueAt / 600_000);
    }
    expect(delays).toEqual([1, 2, 4, 6, 6]); // ten minutes, doubling, at most an hour
    expect(afterAsking(doubts, doubts[0]!, { rows: 2, count: 2 }, 0, POLICY)).toEqual([]);
  });

  it('about a disagreement end with any answer, not with none', () => {
    const [doubt] = addDoubt([], { reason: 'disagreement', from: 0, to: 0 }, 0, POLICY);
    expect(afterAsking([doubt!], doubt!, undefined, 0, POLICY)).toHaveLength(1);
    expect(afterAsking([doubt!], doubt!, { rows: 0, count: 1 }, 0, POLICY)).toEqual([]);
  });

  it('are given up with the candles they are about, and never grow without end', () => {
    let doubts: readonly Doubt[] = [];
    for (let i = 0; i < 200; i++) {
      doubts = addDoubt(doubts, { reason: 'disagreement', from: i * 60_000, to: i * 60_000 }, 0, POLICY);
    }
    expect(doubts).toHaveLength(64);
    expect(forgetDoubtsBefore(doubts, 199 * 60_000)).toHaveLength(1);
  });

  it('tells absent rows from different ones', () => {
    const row = (minute: number, close: number) => ({
      openTime: minute * 60_000,
      open: 1,
      high: 9,
      low: 1,
      close,
      volume: 1,
    });
    const held = columnsOf([row(0, 2), row(2, 2), row(3, 2)]);
    const rest = columnsOf([row(0, 2), row(1, 2), row(3, 5)]);
    expect(compareRows(held, rest)).toEqual({ absent: 1, different: 1, odd: [60_000, 180_000] });
  });
});
