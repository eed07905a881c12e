/** Each indicator on a few candles, with the arithmetic beside the number. */
import type { Candle } from '@slt/domain';
import { SmcEngine } from '../smc-engine';
import { Adx, Atr, BollingerBands, Ema, Macd, RelativeVolume, RollingVwap, Rsi, SessionVwap } from '.';

const DAY_MS = 86_400_000;

function candle(high: number, low: number, close: number, more: Partial<Candle> = {}): Candle {
  return { openTime: 0, open: close, high, low, close, volume: 1, ...more };
}

const each = <T>(inputs: readonly T[], step: (input: T) => number): number[] => inputs.map(step);

describe('by definition', () => {
  it('ATR is the mean of the first true ranges, then Wilder’s', () => {
    const atr = new Atr(2);
    const candles = [candle(12, 10, 11), candle(16, 14, 15), candle(14, 9, 10), candle(11, 10, 10.5)];
    // True ranges: 12−10 = 2; 16−11 = 5 (gap up); 15−9 = 6 (gap down); 11−10 = 1
    expect(each(candles, (next) => atr.step(next))).toEqual([
      NaN,
      3.5, // (2 + 5) ÷ 2
      4.75, // (3.5 · 1 + 6) ÷ 2
      2.875, // (4.75 · 1 + 1) ÷ 2
    ]);
  });

  it('ATR is the engine’s own, to the last bit', () => {
    const [atr, engine] = [new Atr(3), new SmcEngine({ atrLength: 3 })];
    for (let i = 0; i < 50; i++) {
      const close = 100 + ((i * 7919) % 97) / 7;
      const next = candle(close + (i % 5) / 3, close - (i % 7) / 9, close, { openTime: i * 60_000 });
      atr.step(next);
      engine.step(next);
      expect(engine.view().atr ?? NaN).toBe(atr.value);
    }
  });

  it('RSI weighs gains against losses', () => {
    const rsi = new Rsi(2);
    expect(each([10, 12, 11, 14, 14], (close) => rsi.step(close))).toEqual([
      NaN,
      NaN, // one change is too few for a mean of two
      (100 * 1) / 1.5, // gains (2 + 0) ÷ 2 = 1, losses (0 + 1) ÷ 2 = 0.5
      (100 * 2) / 2.25, // gains (1 + 3) ÷ 2 = 2, losses (0.5 + 0) ÷ 2 = 0.25
      (100 * 1) / 1.125, // gains (2 + 0) ÷ 2 = 1, losses (0.25 + 0) ÷ 2 = 0.125
    ]);
  });

  it('RSI is 100 without a loss, 0 without a gain, 50 without either', () => {
    const after = (closes: number[]): number => {
      const rsi = new Rsi(2);
      return each(closes, (close) => rsi.step(close)).at(-1)!;
    };
    expect([after([1, 2, 3]), after([3, 2, 1]), after([2, 2, 2])]).toEqual([100, 0, 50]);
  });

  it('EMA begins with the simple mean', () => {
    const ema = new Ema(3); // weight 2 ÷ (3 + 1) = 0.5
    expect(each([1, 2, 6, 5, 1], (input) => ema.step(input))).toEqual([NaN, NaN, 3, 4, 2.5]);
  });

  it('MACD is fast less slow, its signal an EMA of that', () => {
    const macd = new Macd(1, 3, 2); // weights 1, 0.5, 2 ÷ 3
    const seen = [1, 2, 6, 5, 1].map((close) => {
      macd.step(close);
      return [macd.value, macd.signal, macd.histogram];
    });
    expect(seen).toEqual([
      [NaN, NaN, NaN],
      [NaN, NaN, NaN],
      [3, NaN, NaN], // 6 − 3
      [1, 2, -1], // 5 − 4; (3 + 1) ÷ 2
      [-1.5, expect.closeTo(-1 / 3, 12), expect.closeTo(-1.5 + 1 / 3, 12)], // 1 − 2.5; 2 + (−1.5 − 2) · 2 ÷ 3
    ]);
  });

  it('Bollinger bands lie at population standard deviations', () => {
    const bands = new BollingerBands(4, 2);
    for (const close of [99, 2, 4, 4, 6]) bands.step(close);
    // mean of 2, 4, 4, 6 = 4; variance (4 + 0 + 0 + 4) ÷ 4 = 2
    expect(bands.middle).toBe(4);
    expect(bands.deviation).toBeCloseTo(Math.SQRT2, 15);
    expect(bands.upper).toBeCloseTo(4 + 2 * Math.SQRT2, 14);
    expect(bands.lower).toBeCloseTo(4 - 2 * Math.SQRT2, 14);
    expect(bands.value).toBeCloseTo(Math.SQRT2, 14); // 4 · √2 ÷ 4
  });

  it('Bollinger bands keep the digits of a small spread at a large price', () => {
    const bands = new BollingerBands(4, 2);
    // 60000 ± 2^-20: the deviation is exactly 2^-20; the naive mean of squares less square of the mean loses it whole
    for (const sign of [1, -1, 1, -1]) bands.step(60_000 + sign * 2 ** -20);
    expect(bands.deviation).toBe(2 ** -20);
    const squares = [1, -1, 1, -1].map((sign) => (60_000 + sign * 2 ** -20) ** 2);
    expect(squares.reduce((sum, square) => sum + square, 0) / 4 - 60_000 ** 2).not.toBeCloseTo(2 ** -40, 13);
  });

  it('Bollinger bands forget a spike as soon as it has left', () => {
    const bands = new BollingerBands(3, 2);
    for (const close of [1e15, 0.1, 0.1, 0.1]) bands.step(close);
    expect([bands.middle, bands.deviation, bands.value]).toEqual([0.1, 0, 0]);
  });

  it('ADX is Wilder’s, beginning with the second candle', () => {
    const adx = new Adx(2);
    const candles = [
      candle(10, 8, 9),
      candle(12, 9, 11), // up 2, down −1: +2; TR max(3, 12 − 9, 9 − 9) = 3
      candle(13, 8, 9), // up 1, down 1: neither; TR max(5, 13 − 11, 11 − 8) = 5
      candle(12, 6, 7), // up −1, down 2: −2; TR max(6, 12 − 9, 9 − 6) = 6
      candle(15, 7, 14), // up 3, down −1: +3; TR max(8, 15 − 7, 7 − 7) = 8
    ];
    const seen = candles.map((next) => {
      adx.step(next);
      return [adx.plusDi, adx.minusDi, adx.value];
    });
    expect(seen).toEqual([
      [NaN, NaN, NaN],
      [NaN, NaN, NaN],
      [25, 0, NaN], // (2 + 0) ÷ 2 = 1 of (3 + 5) ÷ 2 = 4; DX 100
      [10, 20, expect.closeTo((100 + 100 / 3) / 2, 12)], // 0.5 and 1 of (4 + 6) ÷ 2 = 5; DX 10 ÷ 30
      [
        expect.closeTo((100 * 1.75) / 6.5, 12), // (0.5 + 3) ÷ 2 of (5 + 8) ÷ 2
        expect.closeTo((100 * 0.5) / 6.5, 12), // 1 ÷ 2
        expect.closeTo(((100 + 100 / 3) / 2 + (100 * 1.25) / 2.25) / 2, 12),
      ],
    ]);
  });

  it('VWAP begins anew at midnight UTC', () => {
    const vwap = new SessionVwap();
    const candles = [
      candle(12, 9, 9, { openTime: DAY_MS - 120_000, volume: 3 }), // typical price 10
      candle(24, 18, 18, { openTime: DAY_MS - 60_000, volume: 1 }), // 20
      candle(7, 4, 4, { openTime: DAY_MS, volume: 0 }), // no volume yet
      candle(7, 4, 4, { openTime: DAY_MS + 60_000, volume: 2 }), // 5
    ];
    // (30 + 20) ÷ 4
    expect(each(candles, (next) => vwap.step(next))).toEqual([10, 12.5, NaN, 5]);
  });

  it('rolling VWAP needs n candles and some volume', () => {
    const vwap = new RollingVwap(2);
    const volumes = [3, 1, 0, 0, 4];
    const candles = volumes.map((volume, i) => candle(10 * (i + 1), 10 * (i + 1), 10 * (i + 1), { volume }));
    // (30 + 20) ÷ 4; 20 ÷ 1; nothing; 200 ÷ 4
    expect(each(candles, (next) => vwap.step(next))).toEqual([NaN, 12.5, 20, NaN, 50]);
  });

  it('relative volume leaves the candle itself out of its mean', () => {
    const relative = new RelativeVolume(2);
    // 6 ÷ 2; 0 ÷ 4.5; 3 ÷ 3; 3 ÷ 1.5; 0 ÷ 3; 5 ÷ 1.5; then (0 + 5), (5 + 0), and at last (0 + 0)
    expect(each([1, 3, 6, 0, 3, 3, 0, 0, 7], (volume) => relative.step(volume))).toEqual([
      NaN,
      NaN,
      6 / 2,
      0 / 4.5,
      3 / 3,
      3 / 1.5,
      0 / 3,
      0 / 1.5,
      NaN,
    ]);
  });

  it.each([0, -1, 1.5, NaN, 1e9])('no length is %d', (length) => {
    const refused = expect.objectContaining({ kind: 'invalid', code: 'SMC.OPTIONS' }) as Error;
    const makers = [Adx, Atr, BollingerBands, Ema, RelativeVolume, RollingVwap, Rsi];
    for (const Maker of makers) expect(() => new Maker(length)).toThrow(refused);
    expect(() => new Macd(12, length, 9)).toThrow(refused);
  });
});
