import fc from 'fast-check';
import { HOUR_MS, MINUTE_MS } from '@slt/domain';
import { createGeneratedMarket } from './generated-market';
import type { KlineRow, Market, MarketInterval } from './market';

const START = Date.UTC(2026, 5, 1);
const make = (): Market => createGeneratedMarket({ seed: 3, symbols: 5, epoch: START });
const SYMBOL = 'BTCUSDT';
const TICK = 0.1;

const rowsOf = (market: Market, interval: MarketInterval, from: number, to: number): KlineRow[] =>
  market.klines(SYMBOL, interval, { from, to, limit: 1500, fromEnd: false }, to + 31 * 24 * HOUR_MS);

describe('a shifted price', () => {
  it('begins with the next candle and ends where it is told to', () => {
    const market = make();
    const now = START + 30_000;
    const shift = market.shiftPrice({ symbol: SYMBOL, factor: 0.9, until: START + 3 * MINUTE_MS }, now);
    expect(shift).toEqual({ from: START + MINUTE_MS, until: START + 3 * MINUTE_MS });
    const truth = rowsOf(make(), '1m', START, START + 4 * MINUTE_MS);
    const shifted = rowsOf(market, '1m', START, START + 4 * MINUTE_MS);
    const factors = [1, 0.9, 0.9, 1, 1];
    factors.forEach((factor, i) => {
      for (const field of ['open', 'high', 'low', 'close'] as const) {
        expect(Math.abs(Number(shifted[i]![field]) - factor * Number(truth[i]![field]))).toBeLessThan(TICK);
      }
      expect(shifted[i]!.volume).toBe(truth[i]!.volume);
    });
  });

  it('is the same in the book, the mark price and the candle in progress', () => {
    const market = make();
    market.shiftPrice({ symbol: SYMBOL, factor: 1.2 }, START);
    const now = START + 90_000;
    const last = Number(market.forming(SYMBOL, '1m', now)!.close);
    expect(last / Number(make().forming(SYMBOL, '1m', now)!.close)).toBeCloseTo(1.2, 4);
    const { bidPrice, askPrice } = market.book(SYMBOL, now);
    expect(Number(bidPrice)).toBeLessThanOrEqual(last);
    expect(Number(askPrice)).toBeGreaterThanOrEqual(last);
    expect(Number(market.markPrice(SYMBOL, now).markPrice) / last).toBeCloseTo(1, 2);
    expect(Number(market.ticker24h(SYMBOL, now).lastPrice)).toBe(last);
  });

  it('leaves the past, and other symbols, as they were', () => {
    const market = make();
    market.shiftPrice({ symbol: SYMBOL, factor: 2, from: START - HOUR_MS }, START);
    const from = START - 2 * HOUR_MS;
    expect(rowsOf(market, '1m', from, START)).toEqual(rowsOf(make(), '1m', from, START));
    const range = { from, to: START + HOUR_MS, limit: 500, fromEnd: false };
    const ether = (of: Market): KlineRow[] => of.klines('ETHUSDT', '1m', range, START + HOUR_MS);
    expect(ether(market)).toEqual(ether(make()));
  });

  it('multiplies with another one', () => {
    const market = make();
    market.shiftPrice({ symbol: SYMBOL, factor: 1.5 }, START);
    market.shiftPrice({ symbol: SYMBOL, factor: 0.5, from: START + 2 * MINUTE_MS }, START);
    const at = (of: Market, minute: number): number => {
      const open = START + minute * MINUTE_MS;
      return Number(rowsOf(of, '1m', open, open)[0]!.close);
    };
    expect(at(market, 1) / at(make(), 1)).toBeCloseTo(1.5, 4);
    expect(at(market, 2) / at(make(), 2)).toBeCloseTo(0.75, 4); // 1.5 × 0.5
  });

  it.each([0, -1, Infinity, Number.NaN])('refuses a factor of %p', (factor) =>
    expect(() => make().shiftPrice({ symbol: SYMBOL, factor }, START)).toThrow('factor above 0'),
  );

  it('refuses to end before it begins, and unknown symbols', () => {
    expect(() => make().shiftPrice({ symbol: SYMBOL, factor: 2, until: START }, START)).toThrow('after from');
    expect(() => make().shiftPrice({ symbol: 'NONE', factor: 2 }, START)).toThrow('not listed');
  });

  it('adds up: longer candles hold the minutes, and the candle in progress ends as the closed one', () => {
    const minute = fc.integer({ min: 1, max: 180 });
    const factor = fc.double({ min: 0.5, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(minute, minute, factor), { minLength: 1, maxLength: 3 }), (shifts) => {
        const market = make();
        for (const [from, length, by] of shifts) {
          const start = START + from * MINUTE_MS;
          market.shiftPrice(
            { symbol: SYMBOL, factor: by, from: start, until: start + length * MINUTE_MS },
            START,
          );
        }
        for (const interval of ['5m', '1h'] as const) {
          const span = interval === '5m' ? 5 * MINUTE_MS : HOUR_MS;
          for (const row of rowsOf(market, interval, START, START + 4 * HOUR_MS)) {
            const parts = rowsOf(market, '1m', row.openTime, row.openTime + span - MINUTE_MS);
            expect(row.open).toBe(parts[0]!.open);
            expect(row.close).toBe(parts.at(-1)!.close);
            expect(Number(row.high)).toBe(Math.max(...parts.map((part) => Number(part.high))));
            expect(Number(row.low)).toBe(Math.min(...parts.map((part) => Number(part.low))));
          }
        }
        const [from] = shifts[0]!;
        const open = START + from * MINUTE_MS;
        const ending = market.forming(SYMBOL, '1m', open + MINUTE_MS - 1)!;
        const closed = rowsOf(market, '1m', open, open)[0]!;
        expect([ending.open, ending.high, ending.low]).toEqual([closed.open, closed.high, closed.low]);
        expect(Math.abs(Number(ending.close) - Number(closed.close))).toBeLessThan(100 * TICK);
      }),
      { numRuns: 25 },
    );
  });
});
