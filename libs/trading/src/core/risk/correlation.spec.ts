import fc from 'fast-check';
import { correlatedExposure, correlationOf, type Exposure } from './correlation';

/** Logarithms of prices that begin at 100. */
const path = (returns: readonly number[]): number[] =>
  returns.reduce<number[]>((logs, each) => [...logs, logs.at(-1)! + each], [Math.log(100)]);
const WAVE = Array.from({ length: 30 }, (_, i) => Math.sin(i * 1.7) / 100);

describe('correlation of returns', () => {
  it('is 1 with the same returns at other prices, −1 with the opposite ones', () => {
    const sevenfold = path(WAVE).map((log) => log + Math.log(7));
    expect(correlationOf(path(WAVE), sevenfold)).toBeCloseTo(1, 12);
    expect(correlationOf(path(WAVE), path(WAVE.map((each) => -2 * each)))).toBeCloseTo(-1, 12);
  });

  it('compares the ends of series of different lengths', () => {
    const longer = [42, 17, ...path(WAVE)];
    expect(correlationOf(longer, path(WAVE))).toBeCloseTo(1, 12);
  });

  it('is not known of few returns, nor of a price that stands', () => {
    expect(correlationOf(path(WAVE.slice(0, 19)), path(WAVE.slice(0, 19)))).toBeUndefined();
    expect(correlationOf(path(WAVE.slice(0, 20)), path(WAVE.slice(0, 20)))).toBeCloseTo(1, 12);
    expect(correlationOf(path(WAVE), path(WAVE.map(() => 0)))).toBeUndefined();
  });

  it('is symmetric and in [−1, 1]', () => {
    const returns = fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), {
      minLength: 20,
      maxLength: 60,
    });
    fc.assert(
      fc.property(returns, returns, (a, b) => {
        const one = correlationOf(path(a), path(b));
        const other = correlationOf(path(b), path(a));
        if (one === undefined || other === undefined) return;
        expect(Math.abs(one)).toBeLessThanOrEqual(1);
        expect(one).toBeCloseTo(other, 9);
      }),
    );
  });
});

describe('correlated exposure', () => {
  const held = (symbol: string, direction: 'long' | 'short', notional: number, sector = 'L1'): Exposure => ({
    symbol,
    direction,
    notional,
    margin: notional / 5,
    sectors: sector === '' ? [] : [sector],
  });
  const candidate = { symbol: 'AAA', direction: 'long', sectors: ['L1'] } as const;

  it('adds what is of the same sector, less what is held against it', () => {
    const exposures = [held('B', 'long', 300), held('C', 'short', 100), held('D', 'long', 900, 'Meme')];
    expect(correlatedExposure(candidate, exposures, 0.7)).toBe(300 - 100);
    expect(correlatedExposure({ ...candidate, direction: 'short' }, exposures, 0.7)).toBe(100 - 300);
  });

  it('goes by the measured correlation where there is one', () => {
    const measured: Record<string, number> = { B: 0.8, C: -0.9, D: 0.69, E: NaN };
    const correlation = (other: string): number | undefined => measured[other];
    const exposures = [
      held('B', 'long', 100), // 0.8 × 100
      held('C', 'short', 100), // falls when A rises, and is short: + 0.9 × 100
      held('D', 'long', 100), // below the threshold
      held('E', 'long', 100), // measured as nothing: its sector decides
    ];
    expect(correlatedExposure({ ...candidate, correlation }, exposures, 0.7)).toBeCloseTo(80 + 90 + 100, 9);
  });

  it('takes symbols without a sector for one', () => {
    const plain = { ...candidate, sectors: [] };
    expect(correlatedExposure(plain, [held('B', 'long', 50, ''), held('C', 'long', 9)], 0.7)).toBe(50);
  });
});
