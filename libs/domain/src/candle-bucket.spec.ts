import fc from 'fast-check';
import { CandleBucket } from './candle-bucket';
import { aggregateColumns, columnsOf, toCandles } from './candle-columns';

const minute = (i: number, volume: number) => ({
  openTime: i * 60_000,
  open: 10 + i,
  high: 20 + i,
  low: 5 - i,
  close: 11 + i,
  volume,
});

describe('candle bucket', () => {
  it('folds five minutes into one candle, volume as the exchange prints it', () => {
    const bucket = new CandleBucket(60_000, 300_000);
    const given = [0.1, 0.2, 0.3, 0.1, 0.2].map((volume, i) => minute(i, volume));
    expect(given.map((candle) => bucket.add(candle)).slice(0, 4)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    bucket.reset();
    const [candle] = given.flatMap((each) => bucket.add(each) ?? []);
    // 0.1 + 0.2 + 0.3 + 0.1 + 0.2 = 0.9, where plain float addition says 0.9000000000000001
    expect(candle).toEqual({ openTime: 0, open: 10, high: 24, low: 1, close: 15, volume: 0.9 });
  });

  it('makes nothing of a bucket that lacks a candle, wherever it lacks', () => {
    for (let lacking = 0; lacking < 5; lacking++) {
      const given = [0, 1, 2, 3, 4].filter((i) => i !== lacking).map((i) => minute(i, 1));
      expect(aggregateColumns(columnsOf(given), '1m', '5m').length).toBe(0);
    }
  });

  it('tells how far a candle is, and only where none of it lacks', () => {
    const given = [0, 1, 2, 3, 4, 5].map((i) => minute(i, 0.1));
    for (let lacking = -1; lacking < 5; lacking++) {
      const bucket = new CandleBucket(60_000, 300_000);
      for (const candle of given) {
        const soFar = bucket.soFar(candle);
        const i = candle.openTime / 60_000;
        const isWhole = i === 5 || lacking < 0 || i <= lacking;
        // The first opened it, the high rises and the low falls with each; 0.1 + … as the exchange prints it.
        const expected =
          i === 5
            ? candle
            : { openTime: 0, open: 10, high: 20 + i, low: 5 - i, close: 11 + i, volume: (i + 1) / 10 };
        expect([lacking, i, soFar]).toEqual([lacking, i, isWhole ? expected : undefined]);
        const added = i === lacking ? undefined : bucket.add(candle);
        if (i === 4 && lacking < 0) expect(added).toEqual(soFar);
      }
    }
  });

  it('sums decimal volumes exactly', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9_999_999_999 }), { minLength: 60, maxLength: 60 }),
        (thousandths) => {
          const given = thousandths.map((volume, i) => minute(i, volume / 1000));
          const [hour] = toCandles(aggregateColumns(columnsOf(given), '1m', '1h'));
          const exact = thousandths.reduce((sum, volume) => sum + volume, 0); // an integer, exact below 2^53
          expect(hour!.volume).toBe(exact / 1000);
        },
      ),
    );
  });
});
