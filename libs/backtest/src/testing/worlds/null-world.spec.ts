import type { Candle } from '@slt/domain';
import { livelinessAt } from './price-walk';
import { nullWorld, type WorldOptions } from './world';

const OPTIONS: WorldOptions = { seed: 7, symbols: 2, minutes: 8_000, volatility: [0.001, 0.002] };
const WORLD = nullWorld(OPTIONS);
const [FIRST, SECOND] = [...WORLD.candles.values()] as [readonly Candle[], readonly Candle[]];

const returnsOf = (candles: readonly Candle[]): number[] =>
  candles.map(({ open, close }) => close / open - 1);
const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number): number =>
    meanOf(x.map((value, i) => (value - mx) * (y[i]! - my)));
  const scale = Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB));
  return product(a, meanA, b, meanB) / scale;
}

/** The mean in its standard errors; of a null mean it is standard normal. */
function deviationOf(values: readonly number[]): number {
  return meanOf(values) / Math.sqrt(meanOf(values.map((value) => value * value)) / values.length);
}

describe('a market without an edge', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(nullWorld({ ...OPTIONS, minutes: 500 }).candles.get('AAUSDT')).toEqual(FIRST.slice(0, 500));
    const other = nullWorld({ ...OPTIONS, minutes: 500, seed: 8 });
    expect(other.candles.get('AAUSDT')).not.toEqual(FIRST.slice(0, 500));
  });

  it('is made of sound candles on a grid, each opening where the last one closed', () => {
    const decimals = Math.max(...FIRST.map(({ close }) => (String(close).split('.')[1] ?? '').length));
    expect(decimals).toBeLessThanOrEqual(4);
    FIRST.forEach(({ open, high, low, close, volume }, i) => {
      expect(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close)).toBe(true);
      expect(volume).toBeGreaterThan(0);
      if (i > 0) expect(open).toBe(FIRST[i - 1]!.close);
    });
  });

  it('has no drift: not on the whole, not after a rise, not after a fall, not after ten minutes of either', () => {
    for (const candles of WORLD.candles.values()) {
      const returns = returnsOf(candles);
      const after = (isSo: (i: number) => boolean): number[] => returns.filter((_, i) => i >= 10 && isSo(i));
      const risen = (i: number, minutes: number): boolean => candles[i - minutes]!.open < candles[i]!.open;
      const cases = [
        returns,
        after((i) => risen(i, 1)),
        after((i) => !risen(i, 1)),
        after((i) => risen(i, 10)),
        after((i) => !risen(i, 10)),
      ];
      for (const values of cases) expect(Math.abs(deviationOf(values))).toBeLessThan(4);
    }
  });

  it('has fat tails, volatility that clusters, and symbols that move together somewhat', () => {
    const returns = returnsOf(FIRST);
    const squares = returns.map((value) => value * value);
    expect(meanOf(squares.map((value) => value * value)) / meanOf(squares) ** 2).toBeGreaterThan(3.5); // normal: 3
    const magnitudes = returns.map(Math.abs);
    expect(correlation(magnitudes.slice(1), magnitudes.slice(0, -1))).toBeGreaterThan(0.05);
    const together = correlation(returns, returnsOf(SECOND));
    expect(together).toBeGreaterThan(0.15);
    expect(together).toBeLessThan(0.6);
  });

  it('keeps hours: busy ones move and trade more', () => {
    const turnover = (candles: readonly Candle[]): number =>
      meanOf(candles.map(({ volume, close }) => volume * close));
    const busy = FIRST.filter(({ openTime }) => livelinessAt(openTime) > 1.1);
    const quiet = FIRST.filter(({ openTime }) => livelinessAt(openTime) < 0.95);
    const move = (candles: readonly Candle[]): number => meanOf(returnsOf(candles).map(Math.abs));
    expect(move(busy)).toBeGreaterThan(1.2 * move(quiet));
    expect(turnover(busy)).toBeGreaterThan(1.2 * turnover(quiet));
  });
});
