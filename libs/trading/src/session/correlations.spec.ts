import { type Candle, CandleSeries, MINUTE_MS } from '@slt/domain';
import fc from 'fast-check';
import { Correlations } from './correlations';

const T0 = Date.UTC(2026, 0, 1);

/** A price that goes its own way from minute to minute. */
const priceAt = (minute: number): number => 100 + 10 * Math.sin(minute * 1.7) + 5 * Math.sin(minute * 0.37);

function candleAt(minute: number, factor: number): Candle {
  const price = factor * priceAt(minute);
  return { openTime: T0 + minute * MINUTE_MS, open: price, high: price, low: price, close: price, volume: 1 };
}

function seriesOf(minutes: readonly number[], factor = 1): CandleSeries {
  const series = new CandleSeries('AUSDT', '1m', 1_000);
  for (const minute of minutes) series.append(candleAt(minute, factor), { acceptHole: true });
  return series;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, minute) => minute);

describe('correlations', () => {
  it('compare what opened at the same time, also while one series has its newest candle and the other not', () => {
    const ahead = seriesOf(upTo(60));
    const behind = seriesOf(upTo(59), 3);
    const correlations = new Correlations();
    expect(correlations.between(ahead, behind)).toBeCloseTo(1, 9);
    expect(correlations.between(behind, ahead)).toBeCloseTo(1, 9);
  });

  it('keep the two apart also when the second one brings a new minute', () => {
    const correlations = new Correlations();
    const opposite = new CandleSeries('OUSDT', '1m', 100);
    for (const minute of upTo(40)) {
      const candle = candleAt(minute, 1);
      opposite.append({ ...candle, close: 10_000 / candle.close });
    }
    expect(correlations.between(opposite, seriesOf(upTo(40)))).toBeCloseTo(-1, 9);
    expect(correlations.between(opposite, seriesOf(upTo(41)))).toBeCloseTo(-1, 9);
  });

  it('pass over minutes that one of them lacks', () => {
    const holed = seriesOf(
      upTo(80).filter((minute) => minute < 30 || minute > 41),
      7,
    );
    expect(new Correlations().between(seriesOf(upTo(80)), holed)).toBeCloseTo(1, 9);
  });

  it('see each new candle', () => {
    const correlations = new Correlations();
    const one = seriesOf(upTo(19));
    const other = seriesOf(upTo(19), 2);
    expect(correlations.between(one, other)).toBeUndefined();
    // 21 closes make 20 returns, the least that says something.
    for (const minute of [19, 20]) {
      one.append(candleAt(minute, 1));
      expect(correlations.between(one, other)).toBeUndefined();
      other.append(candleAt(minute, 2));
    }
    expect(correlations.between(one, other)).toBeCloseTo(1, 9);
  });

  it('do not mix up series when minutes pass', () => {
    const correlations = new Correlations();
    const flat = new CandleSeries('FUSDT', '1m', 100);
    const [one, other] = [seriesOf(upTo(40)), seriesOf(upTo(40), 2)];
    for (const minute of upTo(40)) flat.append({ ...candleAt(minute, 1), close: 5 });
    expect(correlations.between(one, flat)).toBeUndefined();
    one.append(candleAt(40, 1));
    expect(correlations.between(one, other)).toBeCloseTo(1, 9);
    expect(correlations.between(flat, other)).toBeUndefined();
    expect(correlations.between(other, one)).toBeCloseTo(1, 9);
  });

  it('look at the newest 240 closes', () => {
    const one = seriesOf(upTo(1_000));
    const other = new CandleSeries('BUSDT', '1m', 1_000);
    // The opposite for long, the same of late.
    for (const minute of upTo(1_000)) {
      const candle = candleAt(minute, 1);
      other.append(minute < 760 ? { ...candle, close: 10_000 / candle.close } : candle);
    }
    expect(new Correlations().between(one, other)).toBeCloseTo(1, 9);
  });

  it('are the same whatever was asked before, also of series that were loaded anew', () => {
    const step = fc.record({
      which: fc.nat({ max: 79 }),
      minutes: fc.integer({ min: 0, max: 300 }),
      isLoaded: fc.boolean(),
      asked: fc.tuple(fc.nat({ max: 79 }), fc.nat({ max: 79 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const all = Array.from({ length: 80 }, (_, i) => new CandleSeries(`${i}`, '1m', i % 2 ? 120 : 300));
        for (const [i, series] of all.entries()) {
          for (const minute of upTo(30)) series.append(candleAt(minute, 1 + i));
        }
        const correlations = new Correlations();
        for (const { which, minutes, isLoaded, asked } of steps) {
          const series = all[which]!;
          if (isLoaded) series.load(seriesOf(upTo(minutes), 1.01 ** minutes).toColumns());
          const next = (series.lastOpenTime ?? T0) / MINUTE_MS - T0 / MINUTE_MS + 1;
          for (let i = 0; i < minutes; i++) series.append(candleAt(next + i, minutes));
          const [one, other] = [all[asked[0]]!, series];
          expect(correlations.between(one, other)).toBe(new Correlations().between(one, other));
        }
        for (const one of [...all, ...all]) {
          for (const other of [all[0]!, all[40]!])
            expect(correlations.between(one, other)).toBe(new Correlations().between(one, other));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are not known of series without common candles', () => {
    const empty = new CandleSeries('CUSDT', '1m', 10);
    const correlations = new Correlations();
    expect(correlations.between(seriesOf(upTo(60)), empty)).toBeUndefined();
    expect(correlations.between(empty, empty)).toBeUndefined();
  });
});
