/**
 * Against trading-signals, an independent and kept library, on random walks and on series that do not move. Where its
 * definition differs, the test says how, and compares where both must agree.
 */
import {
  ADX,
  ATR,
  BollingerBands as LibraryBands,
  BollingerBandsWidth,
  EMA,
  MACD,
  RSI,
  RVOL,
  VWAP,
} from 'trading-signals';
import type { Candle } from '@slt/domain';
import { Adx, Atr, BollingerBands, Ema, Macd, RelativeVolume, RollingVwap, Rsi, SessionVwap } from '.';

const DAY = 1_440;
/** Of the compared value: sums of some hundred doubles in another order. */
const TIGHT = 1e-11;

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function walk(length: number, price: number, seed: number): Candle[] {
  const random = randomOf(seed);
  let close = price;
  return Array.from({ length }, (_, i) => {
    const open = close;
    close = open * (1 + (random() - 0.5) / 100);
    const high = Math.max(open, close) * (1 + random() / 500);
    const low = Math.min(open, close) * (1 - random() / 500);
    return { openTime: i * 60_000, open, high, low, close, volume: 1 + 1_000 * random() };
  });
}

const WALKS = [
  ['at 60,000', walk(3_000, 60_000, 1)],
  ['at 0.00001', walk(3_000, 0.00001, 2)],
  ['around 1', walk(3_000, 1, 3)],
] as const;

/** NaN and null both mean: none yet. A matcher for each of so many numbers would take seconds. */
function expectClose(
  ours: number,
  theirs: number | null | undefined,
  tolerance: number,
  scale?: number,
): void {
  if (theirs === null || theirs === undefined) {
    if (!Number.isNaN(ours)) throw new Error(`${ours}, but the library has none`);
  } else if (!(Math.abs(ours - theirs) <= tolerance * Math.abs(scale ?? theirs))) {
    throw new Error(`${ours} is not the library's ${theirs}`);
  }
}

describe.each(WALKS)('on a walk %s', (_, candles) => {
  it('ATR is the same from the first value on', () => {
    const [ours, theirs] = [new Atr(14), new ATR(14)];
    for (const candle of candles) expectClose(ours.step(candle), theirs.add(candle), TIGHT);
  });

  it('RSI is the same from the first value on', () => {
    const [ours, theirs] = [new Rsi(14), new RSI(14)];
    for (const { close } of candles) expectClose(ours.step(close), theirs.add(close), TIGHT, 100);
  });

  it('EMA is the same; the library begins with the first number, so it is given the mean of the first n instead', () => {
    const [ours, theirs] = [new Ema(20), new EMA(20)];
    const mean = candles.slice(0, 20).reduce((sum, { close }) => sum + close, 0) / 20;
    candles.slice(0, 20).forEach(({ close }) => ours.step(close));
    theirs.add(mean);
    for (const { close } of candles.slice(20)) {
      ours.step(close);
      theirs.add(close);
      const value = (theirs as unknown as { result: number }).result; // it hides the first n − 1
      expectClose(ours.value, value, TIGHT);
    }
  });

  it('MACD is the same once the seeds have faded: (25 ÷ 27)^400 < 1e-13', () => {
    const ours = new Macd();
    const theirs = new MACD(new EMA(12), new EMA(26), new EMA(9));
    candles.forEach(({ close }, i) => {
      ours.step(close);
      const result = theirs.add(close);
      if (i < 500) return;
      expectClose(ours.value, result?.macd, TIGHT, close);
      expectClose(ours.signal, result?.signal, TIGHT, close);
      expectClose(ours.histogram, result?.histogram, TIGHT, close);
    });
  });

  it('Bollinger bands and their width are the same from the first value on', () => {
    const [ours, theirs] = [new BollingerBands(20, 2), new LibraryBands(20, 2)];
    const width = new BollingerBandsWidth(new LibraryBands(20, 2));
    for (const { close } of candles) {
      ours.step(close);
      const bands = theirs.add(close);
      for (const name of ['upper', 'middle', 'lower'] as const) expectClose(ours[name], bands?.[name], TIGHT);
      expectClose(ours.value, width.add(close), 1e-9); // theirs is a difference of the bands, which lie close together
    }
  });

  it('ADX, +DI and −DI are the same once the seeds have faded: (13 ÷ 14)^500 < 1e-15', () => {
    // The library counts the first candle as one that did not move; Wilder begins with the second.
    const [ours, theirs] = [new Adx(14), new ADX(14)];
    candles.forEach((candle, i) => {
      ours.step(candle);
      const adx = theirs.add(candle);
      if (i < 1_000) return;
      expectClose(ours.value, adx, 1e-10, 100);
      expectClose(ours.plusDi, 100 * Number(theirs.pdi), 1e-10, 100);
      expectClose(ours.minusDi, 100 * Number(theirs.mdi), 1e-10, 100);
    });
  });

  it('VWAP is the same, begun anew at each midnight', () => {
    const ours = new SessionVwap();
    let theirs = new VWAP();
    candles.forEach((candle, i) => {
      if (i % DAY === 0) theirs = new VWAP();
      expectClose(ours.step(candle), theirs.add(candle), TIGHT);
    });
  });

  it('rolling VWAP is that of the last n candles alone', () => {
    const ours = new RollingVwap(60);
    candles.forEach((candle, i) => {
      ours.step(candle);
      if (i < 59) return expect(ours.value).toBeNaN();
      if (i % 7 > 0) return;
      const theirs = new VWAP();
      expectClose(ours.value, theirs.updates(candles.slice(i - 59, i + 1)).at(-1), TIGHT);
    });
  });

  it('relative volume is the same from the first value on', () => {
    const [ours, theirs] = [new RelativeVolume(20), new RVOL(20)];
    for (const { volume } of candles) expectClose(ours.step(volume), theirs.add(volume), TIGHT);
  });
});

describe('on a series that does not move, without volume', () => {
  const still: Candle[] = Array.from({ length: 100 }, (_, i) => {
    return { openTime: i * 60_000, open: 0.1, high: 0.1, low: 0.1, close: 0.1, volume: 0 };
  });

  it('what measures movement says: none', () => {
    const [atr, adx, bands] = [new Atr(14), new Adx(14), new BollingerBands(20)];
    const [theirAtr, theirAdx, theirWidth] = [
      new ATR(14),
      new ADX(14),
      new BollingerBandsWidth(new LibraryBands(20)),
    ];
    for (const candle of still) {
      expectClose(atr.step(candle), theirAtr.add(candle), TIGHT);
      adx.step(candle);
      theirAdx.add(candle);
      bands.step(candle.close);
      theirWidth.add(candle.close);
    }
    expect([atr.value, adx.value, adx.plusDi, adx.minusDi, bands.value]).toEqual([0, 0, 0, 0, 0]);
    expect([theirAtr.getResultOrThrow(), theirAdx.getResultOrThrow()]).toEqual([0, NaN]); // 0 ÷ 0 in theirs
    expect(theirWidth.getResultOrThrow()).toBeLessThan(1e-15);
  });

  it('what divides by volume has no value in either', () => {
    const [session, rolling, relative] = [new SessionVwap(), new RollingVwap(20), new RelativeVolume(20)];
    const [theirVwap, theirRelative] = [new VWAP(), new RVOL(20)];
    for (const candle of still) {
      expectClose(session.step(candle), theirVwap.add(candle), 0);
      expect(rolling.step(candle)).toBeNaN();
      expectClose(relative.step(candle.volume), theirRelative.add(candle.volume), 0);
    }
  });

  it('RSI is 50 by our definition; the library says 100', () => {
    const [ours, theirs] = [new Rsi(14), new RSI(14)];
    for (const { close } of still) {
      ours.step(close);
      theirs.add(close);
    }
    expect([ours.value, theirs.getResultOrThrow()]).toEqual([50, 100]);
  });
});
