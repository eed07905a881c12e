import { DAY_MS } from '@slt/domain';
import { createGeneratedMarket } from './generated-market';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const DAYS = 12;

interface Series {
  returns: number[];
  volumes: number[];
  empty: number;
}

describe.each([1, 42])('markets of seed %i look like markets:', (seed) => {
  const market = createGeneratedMarket({ seed, symbols: 200, epoch: NOW });
  const range = { from: NOW - DAYS * DAY_MS, to: NOW - 1, limit: 1e6, fromEnd: false };

  function series(symbol: string): Series {
    const rows = market.klines(symbol, '1m', range, NOW);
    const closes = rows.map((row) => Number(row.close));
    return {
      returns: closes.slice(1).map((close, i) => Math.log(close / closes[i]!)),
      volumes: rows.map((row) => Number(row.volume)),
      empty: rows.filter((row) => row.trades === 0).length / rows.length,
    };
  }

  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const correlation = (a: number[], b: number[]): number => {
    const [ma, mb] = [mean(a), mean(b)];
    const covariance = mean(a.map((value, i) => (value - ma) * (b[i]! - mb)));
    const variance = (values: number[], m: number): number => mean(values.map((value) => (value - m) ** 2));
    return covariance / Math.sqrt(variance(a, ma) * variance(b, mb));
  };

  const sample = ['BTCUSDT', 'ETHUSDT', 'LINKUSDT', 'ADAUSDT', 'KSMUSDT'].map((symbol) => series(symbol));

  it('fat tails', () => {
    for (const { returns } of sample) {
      const variance = mean(returns.map((value) => value ** 2));
      expect(mean(returns.map((value) => value ** 4)) / variance ** 2).toBeGreaterThan(4);
    }
  });

  it('about as volatile as the real ones', () => {
    for (const { returns } of sample) {
      const daily = Math.sqrt(mean(returns.map((value) => value ** 2)) * 1440);
      expect(daily).toBeGreaterThan(0.008);
      expect(daily).toBeLessThan(0.15);
    }
  });

  it('calm and storm in clusters', () => {
    for (const { returns } of sample) {
      const sizes = returns.map(Math.abs);
      for (const lag of [1, 10, 60])
        expect(correlation(sizes.slice(lag), sizes.slice(0, -lag))).toBeGreaterThan(0.02);
    }
  });

  it('returns that say nothing of the next one', () => {
    for (const { returns } of sample)
      expect(Math.abs(correlation(returns.slice(1), returns.slice(0, -1)))).toBeLessThan(0.1);
  });

  it('symbols that move together', () => {
    for (const { returns } of sample.slice(1))
      expect(correlation(returns, sample[0]!.returns)).toBeGreaterThan(0.15);
  });

  it('volume by the hour of the day, and with movement', () => {
    const { volumes, returns } = sample[0]!;
    const atHour = (hour: number): number => mean(volumes.filter((_, i) => Math.floor(i / 60) % 24 === hour));
    expect(atHour(14)).toBeGreaterThan(atHour(5) * 1.5);
    expect(correlation(volumes.slice(1), returns.map(Math.abs))).toBeGreaterThan(0.2);
  });

  it('quiet symbols with empty minutes', () => {
    const symbols = market
      .listed(NOW)
      .filter((symbol) => symbol.statusAt(NOW) === 'TRADING')
      .map(({ symbol }) => symbol);
    const shares = symbols.map((symbol) => {
      const rows = market.klines(symbol, '1m', { ...range, from: NOW - DAY_MS }, NOW);
      return rows.filter((row) => row.trades === 0).length / Math.max(1, rows.length);
    });
    expect(shares.filter((share) => share > 0.1).length).toBeGreaterThanOrEqual(5);
    expect(shares.filter((share) => share === 0).length).toBeGreaterThan(80);
    expect(series('币安人生USDT').empty).toBeGreaterThan(0.1);
  });
});
