import * as fc from 'fast-check';
import { type Candle, MINUTE_MS } from '@slt/domain';
import { type Expected, type Minute, MinuteBarrier } from './minute-barrier';

const T0 = Date.UTC(2025, 5, 2);
const at = (i: number): number => T0 + i * MINUTE_MS;
const candleOf = (i: number): Candle => ({
  openTime: at(i),
  ...{ open: 1, high: 1, low: 1, close: 1, volume: 1 },
});
const expecting = (symbol: string, next: number, isRepairing = false): Expected => ({
  ...{ symbol, next: at(next), isRepairing },
});
const told = (minute: Minute | undefined): readonly [number, string[]] | undefined =>
  minute && [(minute.openTime - T0) / MINUTE_MS, minute.candles.map(({ symbol }) => symbol)];

describe('minute barrier', () => {
  it('gives a minute once every symbol has told its candle, in the order of their names', () => {
    const barrier = new MinuteBarrier(60 * MINUTE_MS);
    barrier.add('B', candleOf(0));
    expect(barrier.take([expecting('A', 0), expecting('B', 1)])).toBeUndefined();
    barrier.add('A', candleOf(0));
    expect(told(barrier.take([expecting('A', 1), expecting('B', 1)]))).toEqual([0, ['A', 'B']]);
    expect(barrier.isEmpty).toBe(true);
  });

  it('goes on without what a symbol has passed over, and without one that has left', () => {
    const barrier = new MinuteBarrier(60 * MINUTE_MS);
    barrier.add('A', candleOf(0));
    barrier.add('B', candleOf(1));
    expect(told(barrier.take([expecting('A', 1), expecting('B', 2)]))).toEqual([0, ['A']]);
    expect(told(barrier.take([expecting('B', 2)]))).toEqual([1, ['B']]);
  });

  it('waits an hour for a symbol that is silent, and as long as it takes for one that is being repaired', () => {
    const barrier = new MinuteBarrier(60 * MINUTE_MS);
    for (let i = 0; i <= 60; i++) barrier.add('A', candleOf(i));
    const a = expecting('A', 62);
    expect(barrier.take([a, expecting('B', 0)])).toBeUndefined();
    barrier.add('A', candleOf(61));
    expect(barrier.take([a, expecting('B', 0, true)])).toBeUndefined();
    expect(told(barrier.take([a, expecting('B', 0)]))).toEqual([0, ['A']]);
  });

  it('tells of what waits of a symbol', () => {
    const barrier = new MinuteBarrier(0);
    barrier.add('A', candleOf(3));
    barrier.add('A', candleOf(4));
    expect(barrier.firstOf('A')).toBe(at(3));
    expect(barrier.firstOf('B')).toBeUndefined();
  });

  it('gives every candle once, minutes ascending and whole, however symbols run ahead of one another', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 1, maxLength: 60 }), (turns) => {
        const symbols = ['D', 'A', 'C', 'B'];
        const next = new Map(symbols.map((symbol) => [symbol, 0]));
        const barrier = new MinuteBarrier(60 * MINUTE_MS);
        const given: Minute[] = [];
        const step = (symbol: string): void => {
          const i = next.get(symbol)!;
          next.set(symbol, i + 1);
          barrier.add(symbol, candleOf(i));
          const expected = [...next].map(([each, n]) => expecting(each, n));
          for (let minute = barrier.take(expected); minute; minute = barrier.take(expected))
            given.push(minute);
        };
        for (const turn of turns) step(symbols[turn]!);
        const whole = Math.min(...next.values());
        expect(given.map((minute) => told(minute))).toEqual(
          Array.from({ length: whole }, (_, i) => [i, ['A', 'B', 'C', 'D']]),
        );
      }),
    );
  });
});
