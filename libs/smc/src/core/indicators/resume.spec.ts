/** Saved as JSON at any candle and restored, an indicator goes on to the last bit as if nothing had been. */
import fc from 'fast-check';
import type { Candle } from '@slt/domain';
import { Adx, Atr, BollingerBands, Ema, Macd, RelativeVolume, RollingVwap, Rsi, SessionVwap } from '.';
import { SlidingSum } from './sliding-sum';

interface Indicator {
  readonly value: number;
  toJSON(): unknown;
}

interface Kind<T extends Indicator = Indicator> {
  readonly name: string;
  readonly make: () => T;
  readonly restore: (state: unknown) => T;
  readonly step: (indicator: T, candle: Candle) => unknown;
}

const kind = <T extends Indicator>(it: Kind<T>): Kind => it as unknown as Kind;

const KINDS: readonly Kind[] = [
  kind({ name: 'ATR', make: () => new Atr(5), restore: Atr.restore, step: (it, candle) => it.step(candle) }),
  kind({
    name: 'RSI',
    make: () => new Rsi(5),
    restore: Rsi.restore,
    step: (it, { close }) => it.step(close),
  }),
  kind({
    name: 'EMA',
    make: () => new Ema(5),
    restore: Ema.restore,
    step: (it, { close }) => it.step(close),
  }),
  kind({
    name: 'MACD',
    make: () => new Macd(3, 6, 4),
    restore: Macd.restore,
    step: (it, { close }) => [it.step(close), it.signal, it.histogram],
  }),
  kind({
    name: 'Bollinger bands',
    make: () => new BollingerBands(5, 1.5),
    restore: BollingerBands.restore,
    step: (it, { close }) => [it.step(close), it.upper, it.middle, it.lower],
  }),
  kind({
    name: 'ADX',
    make: () => new Adx(4),
    restore: Adx.restore,
    step: (it, candle) => [it.step(candle), it.plusDi, it.minusDi],
  }),
  kind({
    name: 'session VWAP',
    make: () => new SessionVwap(),
    restore: SessionVwap.restore,
    step: (it, candle) => it.step(candle),
  }),
  kind({
    name: 'rolling VWAP',
    make: () => new RollingVwap(6),
    restore: RollingVwap.restore,
    step: (it, candle) => it.step(candle),
  }),
  kind({
    name: 'relative volume',
    make: () => new RelativeVolume(6),
    restore: RelativeVolume.restore,
    step: (it, { volume }) => it.step(volume),
  }),
];

const amount = fc.oneof(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.constantFrom(1, 2, 100));
const candles = fc
  .array(
    fc.tuple(amount, amount, fc.double({ min: 0, max: 1, noNaN: true }), fc.oneof(amount, fc.constant(0))),
    {
      maxLength: 40,
    },
  )
  .map((rows) =>
    rows.map(([a, b, where, volume], i): Candle => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const close = Math.min(high, low + (high - low) * where);
      return { openTime: i * 3_600_000, open: close, high, low, close, volume };
    }),
  );

describe.each(KINDS.map((it) => [it.name, it] as const))('%s', (_, { make, restore, step }) => {
  it('goes on where it was', () => {
    fc.assert(
      fc.property(candles, fc.nat(), (series, split) => {
        const whole = make();
        const expected = series.map((candle) => step(whole, candle));
        const at = split % (series.length + 1);
        const first = make();
        const before = series.slice(0, at).map((candle) => step(first, candle));
        const saved = JSON.stringify(first);
        const resumed = restore(JSON.parse(saved));
        expect(JSON.stringify(resumed)).toBe(saved);
        expect(resumed.value).toBe(first.value);
        expect([...before, ...series.slice(at).map((candle) => step(resumed, candle))]).toEqual(expected);
      }),
    );
  });

  it.each([null, 'text', {}, []])('is not restored from %j', (state) => {
    expect(() => restore(state)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'SMC.SNAPSHOT' }) as Error,
    );
  });
});

describe('a sliding sum', () => {
  it('is that of the last n numbers, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000)), fc.integer({ min: 1, max: 9 }), (values, length) => {
        const sliding = new SlidingSum(length);
        values.forEach((value, i) => {
          sliding.step(value);
          const window = values.slice(Math.max(0, i + 1 - length), i + 1);
          expect(sliding.sum).toBe(window.reduce((sum, each) => sum + each, 0)); // whole numbers: exact
          expect(sliding.isFull).toBe(i + 1 >= length);
        });
      }),
    );
  });

  it('is exactly zero when all is zero, however large what has left', () => {
    const sliding = new SlidingSum(3);
    for (const value of [1e300, 0.1, 1e-300, 0, 0, 0]) sliding.step(value);
    expect(sliding.sum).toBe(0);
  });
});
