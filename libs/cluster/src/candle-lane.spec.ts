import { type Candle, CandleSeries, columnsOf, ManualClock } from '@slt/domain';
import { CandleLane, find, type LaneFact, type LaneOutlets } from './candle-lane';
import type { Doubt } from './core/doubts';
import type { Ask } from './core/joiner';
import { paceOf } from './core/pace';
import { trueCandle } from './testing/fake-market';

const STEP = 60_000;
const T0 = 1_760_000_040_000 - (1_760_000_040_000 % STEP);
const at = (i: number): number => T0 + i * STEP;
const candle = (i: number): Candle => trueCandle('AAAUSDT', at(i));

function build(capacity = 10) {
  const facts: LaneFact[] = [];
  const asks: Ask[] = [];
  const doubts: Doubt[] = [];
  const delivered: number[] = [];
  let reloads = 0;
  const outlets: LaneOutlets = {
    pace: () => paceOf(new ManualClock(), capacity, 0),
    closed: (_, { openTime }) => void delivered.push((openTime - T0) / STEP),
    ask: (_, ask) => void asks.push(ask),
    revise: (_, doubt) => void doubts.push(doubt),
    reloaded: () => void reloads++,
    note: (_, fact) => void facts.push(fact),
  };
  const lane = new CandleLane(new CandleSeries('AAAUSDT', '1m', capacity), outlets);
  return { lane, facts, asks, doubts, delivered, reloads: () => reloads };
}

const rows = (...indices: number[]) => columnsOf(indices.map(candle));

describe('candle lane', () => {
  it('counts the holes that came with the history, and asks for them later', () => {
    const { lane, doubts, facts } = build();
    lane.load(rows(0, 1, 4, 5), at(0), at(6));
    expect(lane.knownHoles).toBe(1);
    lane.tick(at(6) + 9 * STEP);
    expect(doubts).toEqual([]);
    lane.frame(candle(6), at(7));
    lane.tick(at(16));
    expect(doubts).toMatchObject([{ reason: 'hole', from: at(2), to: at(3) }]);
    lane.revised(doubts[0]!, rows(2, 3), at(16));
    expect(lane.knownHoles).toBe(0);
    expect(facts).toContainEqual({ kind: 'appeared', from: at(2), count: 2 });
    expect(find(lane.series, at(3))).toEqual(candle(3));
    expect(lane.series.length).toBe(7); // 0 to 6
  });

  it('believes an audit only when REST says the same again', () => {
    const { lane, doubts, facts } = build(60);
    lane.load(columnsOf([{ ...candle(0), close: 1 }]), at(0), at(1));
    for (let i = 1; i < 40; i++) {
      lane.tick(at(i));
      lane.frame(candle(i), at(i + 1));
    }
    const audit = doubts[0]!; // between 10 and 30 minutes after the start, by the symbol
    expect(audit).toMatchObject({ reason: 'audit', from: at(0) });
    const last = (audit.to - T0) / STEP;
    const truth = rows(...Array.from({ length: last + 1 }, (_, i) => i));
    expect(lane.revised(audit, truth, at(40))).toBeUndefined();
    expect(find(lane.series, at(0))!.close).toBe(1);
    lane.tick(at(40) + 5_000);
    expect(doubts[1]).toMatchObject({ reason: 'disagreement', from: at(0), to: at(0) });
    lane.revised(doubts[1]!, rows(0), at(40) + 6_000);
    expect(find(lane.series, at(0))).toEqual(candle(0));
    expect(facts).toContainEqual({ kind: 'corrected', from: at(0), count: 1 });
  });

  it('does not take candles back in that have left the ring meanwhile', () => {
    const { lane, doubts, reloads } = build(12);
    lane.load(rows(0, 1, 3), at(0), at(4));
    for (let i = 4; i < 14; i++) lane.frame(candle(i), at(i + 1));
    lane.tick(at(14));
    expect(doubts).toMatchObject([{ reason: 'hole', from: at(2), to: at(2) }]);
    for (let i = 14; i < 20; i++) lane.frame(candle(i), at(i + 1)); // the ring holds 8 to 19
    const before = reloads();
    lane.revised(doubts[0]!, rows(2), at(20));
    expect(reloads()).toBe(before);
    expect(lane.series.firstOpenTime).toBe(at(8));
  });

  it('compares repeats with what it holds, however old', () => {
    const { lane, facts } = build();
    lane.load(rows(0, 1, 4, 5), at(0), at(6));
    lane.frame(candle(1), at(6));
    lane.frame({ ...candle(4), volume: 99 }, at(6));
    expect(facts.map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate', 'disagreement']);
  });

  it('shows what the cache has until whole history is there', () => {
    const { lane, delivered } = build();
    lane.show(rows(0, 1));
    expect(lane.series.length).toBe(2);
    expect(lane.isLive).toBe(false);
    lane.frame(candle(2), at(3));
    expect(delivered).toEqual([]);
    lane.load(rows(0, 1), at(0), at(3));
    expect(delivered).toEqual([2]);
  });

  it('begins with the listing when there is no candle yet', () => {
    const { lane, delivered } = build();
    lane.load(rows(), at(3), at(3) + 100);
    lane.frame(candle(3), at(4));
    expect(delivered).toEqual([3]);
    expect(lane.series.firstOpenTime).toBe(at(3));
  });
});
