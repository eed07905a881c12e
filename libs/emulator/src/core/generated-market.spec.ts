import { AppError, DAY_MS, HOUR_MS, MINUTE_MS } from '@slt/domain';
import fc from 'fast-check';
import { createGeneratedMarket } from './generated-market';
import type { EmulatedSymbol, KlineRow, Market, MarketInterval } from './market';
import { bucketOf, stepBucket } from './market-interval';

const NOW = Date.parse('2026-11-22T22:13:20Z');
const YEARS_AGO = Date.parse('2021-03-03T05:07:00Z');
const SYMBOLS = ['BTCUSDT', 'ADAUSDT', '1000PEPEUSDT', '币安人生USDT', 'BTCUSDC', 'XAUUSDT'];

const market = createGeneratedMarket({ seed: 7, symbols: 300, epoch: NOW });

function rowsIn(from: number, to: number, options: Partial<Query> = {}): KlineRow[] {
  const { symbol = 'BTCUSDT', interval = '1m', now = NOW, of = market } = options;
  return of.klines(symbol, interval, { from, to, limit: 1e6, fromEnd: false }, now);
}

interface Query {
  symbol: string;
  interval: MarketInterval;
  now: number;
  of: Market;
}

const isTradable = (symbol: EmulatedSymbol, now: number): boolean =>
  symbol.contractType === 'PERPETUAL' &&
  symbol.statusAt(now) === 'TRADING' &&
  symbol.quoteAsset === 'USDT' &&
  symbol.marginAsset === 'USDT' &&
  symbol.underlyingType === 'COIN';

const tradable = (of: Market, now: number): string[] =>
  of
    .listed(now)
    .filter((symbol) => isTradable(symbol, now))
    .map(({ symbol }) => symbol);

/** What is wrong with a candle, given the one before. */
function faultsOf(row: KlineRow, before: KlineRow | undefined, facts: EmulatedSymbol): string[] {
  const [open, high, low, close] = [row.open, row.high, row.low, row.close].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const [volume, taken, quote] = [row.volume, row.takerBuyBase, row.quoteVolume].map(Number) as [
    number,
    number,
    number,
  ];
  const isOnGrid = (value: number, step: string): boolean => {
    const units = value / Number(step);
    return Math.abs(units - Math.round(units)) < 1e-6 * Math.max(1, units / 1e6);
  };
  const claims: Record<string, boolean> = {
    'follows in time': before === undefined || row.openTime === before.openTime + MINUTE_MS,
    'low and high hold the body': low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close),
    'on the tick': [open, high, low, close].every((price) => isOnGrid(price, facts.tickSize)),
    'on the step': isOnGrid(volume, facts.stepSize),
    'all decimals': row.open.split('.')[1]?.length === facts.pricePrecision,
    'trades have volume': (row.trades === 0) === (volume === 0),
    'takers within all': taken <= volume,
    'quote volume fits': quote >= low * volume - 1e-3 && quote <= high * volume + 1e-3,
    'flat without trades': row.trades > 0 || row.open === (before?.close ?? row.close),
    'no great gap': before === undefined || Math.abs(open / Number(before.close) - 1) < 0.05,
  };
  const at = new Date(row.openTime).toISOString();
  return Object.keys(claims).flatMap((claim) => (claims[claim] ? [] : [`${at}: ${claim}`]));
}

describe('candles of a seed', () => {
  it('are the same whatever was asked before, in whatever pieces', () => {
    const whole = rowsIn(NOW - 3 * DAY_MS, NOW - MINUTE_MS, { symbol: 'SOLUSDT' });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 1500 }),
        fc.boolean(),
        (start, limit, fromEnd) => {
          const fresh = createGeneratedMarket({ seed: 7, symbols: 300, epoch: NOW - 40 * DAY_MS });
          const from = whole[start]!.openTime;
          const to = Math.min(from + (limit - 1) * MINUTE_MS, whole.at(-1)!.openTime);
          const asked = fresh.klines('SOLUSDT', '1m', { from, to, limit, fromEnd }, NOW);
          expect(asked).toEqual(whole.slice(start, start + limit));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('do not depend on how many symbols there are', () => {
    const small = createGeneratedMarket({ seed: 7, symbols: 3, epoch: NOW });
    const span = [YEARS_AGO, YEARS_AGO + HOUR_MS] as const;
    expect(rowsIn(...span, { of: small })).toEqual(rowsIn(...span));
  });

  it('differ by seed and by symbol', () => {
    const other = createGeneratedMarket({ seed: 8, symbols: 300, epoch: NOW });
    const closes = (rows: KlineRow[]): string[] => rows.map((row) => row.close);
    const span = [NOW - HOUR_MS, NOW - MINUTE_MS] as const;
    expect(closes(rowsIn(...span, { of: other }))).not.toEqual(closes(rowsIn(...span)));
    expect(other.source).not.toBe(market.source);
  });

  it('cost the same years ago', () => {
    const cost = (to: number): number => {
      const fresh = createGeneratedMarket({ seed: 9, symbols: 300, epoch: NOW });
      const start = performance.now();
      for (const symbol of tradable(fresh, NOW).slice(0, 40)) {
        fresh.klinesJson(symbol, '1m', { from: 0, to, limit: 1000, fromEnd: true }, NOW);
      }
      return performance.now() - start;
    };
    cost(NOW);
    const [near, far] = [Math.min(cost(NOW), cost(NOW)), Math.min(cost(YEARS_AGO), cost(YEARS_AGO))];
    expect(far).toBeLessThan(near * 10 + 50);
  });

  it.each(SYMBOLS)('of %s are sane, on the tick and follow each other', (symbol) => {
    const { onboardDate } = market.find(symbol)!;
    for (const from of [onboardDate, bucketOf(NOW - DAY_MS, '1m')]) {
      const rows = rowsIn(from, from + DAY_MS, { symbol });
      expect(rows).toHaveLength(1441);
      expect(rows.flatMap((row, i) => faultsOf(row, rows[i - 1], market.find(symbol)!))).toEqual([]);
    }
  });

  it('stay plausible over years', () => {
    for (const symbol of tradable(market, NOW).slice(0, 12)) {
      const { onboardDate } = market.find(symbol)!;
      const days = Array.from({ length: 40 }, (_, i) => onboardDate + ((NOW - onboardDate) * i) / 40);
      const closes = days.map((day) => Number(rowsIn(day, day + MINUTE_MS, { symbol })[0]!.close));
      expect(Math.max(...closes) / Math.min(...closes)).toBeLessThan(200);
    }
  });
});

describe('longer candles', () => {
  const sum = (rows: KlineRow[], field: 'volume' | 'quoteVolume' | 'takerBuyBase'): bigint =>
    rows.reduce((total, row) => total + BigInt(row[field].replace('.', '')), 0n);

  it.each(['3m', '5m', '15m', '1h', '4h', '1d', '3d', '1w', '1M'] as MarketInterval[])(
    'of %s are exact sums of minutes',
    (interval) => {
      const now = NOW - 40 * DAY_MS;
      const last = stepBucket(bucketOf(now, interval), interval, -1);
      const first = interval === '1M' || interval === '1w' ? last : stepBucket(last, interval, -2);
      for (const symbol of ['ADAUSDT', '币安人生USDT']) {
        for (const row of rowsIn(first, last, { symbol, interval, now })) {
          const parts = rowsIn(row.openTime, row.closeTime, { symbol, now });
          expect(row.open).toBe(parts[0]!.open);
          expect(row.close).toBe(parts.at(-1)!.close);
          expect(Number(row.high)).toBe(Math.max(...parts.map((part) => Number(part.high))));
          expect(Number(row.low)).toBe(Math.min(...parts.map((part) => Number(part.low))));
          for (const field of ['volume', 'quoteVolume', 'takerBuyBase'] as const)
            expect(BigInt(row[field].replace('.', ''))).toBe(sum(parts, field));
          expect(row.trades).toBe(parts.reduce((total, part) => total + part.trades, 0));
        }
      }
    },
  );

  it('begin with the listing, in the middle of a candle if need be', () => {
    const { onboardDate } = market.find('ETHUSDT')!;
    const [first] = rowsIn(0, onboardDate + DAY_MS, { symbol: 'ETHUSDT', interval: '1h' });
    const parts = rowsIn(0, first!.closeTime, { symbol: 'ETHUSDT' });
    expect(parts[0]!.openTime).toBe(onboardDate);
    expect(first!.trades).toBe(parts.reduce((total, part) => total + part.trades, 0));
  });
});

describe('the candle in progress', () => {
  const closed = (openTime: number, symbol: string): KlineRow =>
    rowsIn(openTime, openTime, { symbol, now: openTime + DAY_MS })[0]!;

  it('is the last row, and nothing lies behind it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 * DAY_MS }), fc.constantFrom(...SYMBOLS), (back, symbol) => {
        const now = NOW - 20 * DAY_MS + back;
        const rows = rowsIn(now - HOUR_MS, now + HOUR_MS, { symbol, now });
        expect(rows.at(-1)).toEqual(market.forming(symbol, '1m', now));
        expect(rows.at(-1)!.openTime).toBe(bucketOf(now, '1m'));
        for (const row of rows.slice(0, -1)) expect(row).toEqual(closed(row.openTime, symbol));
      }),
      { numRuns: 25 },
    );
  });

  it('grows within the closed one and ends as it', () => {
    for (const symbol of SYMBOLS) {
      for (let minute = 0; minute < 12; minute++) {
        const openTime = bucketOf(NOW, '1m') + minute * MINUTE_MS;
        const whole = closed(openTime, symbol);
        const path = Array.from({ length: 60 }, (_, s) => market.forming(symbol, '1m', openTime + s * 1000)!);
        expect(path.filter((row, i) => !isWithin(row, whole, path[i - 1]))).toEqual([]);
        const end = market.forming(symbol, '1m', openTime + MINUTE_MS - 0.001)!;
        expect([end.high, end.low, end.close]).toEqual([whole.high, whole.low, whole.close]);
      }
    }
  });

  function isWithin(row: KlineRow, whole: KlineRow, before: KlineRow | undefined): boolean {
    const hasGrown = row.trades >= (before?.trades ?? 0) && Number(row.volume) >= Number(before?.volume ?? 0);
    if (row.trades === 0) return hasGrown && Number(row.volume) === 0;
    return (
      hasGrown &&
      row.open === whole.open &&
      Number(row.high) <= Number(whole.high) &&
      Number(row.low) >= Number(whole.low) &&
      Number(row.volume) > 0 &&
      Number(row.volume) <= Number(whole.volume)
    );
  }

  it('of a day is what was traded since midnight', () => {
    const row = market.forming('BTCUSDT', '1d', NOW)!;
    const minutes = rowsIn(bucketOf(NOW, '1d'), NOW);
    expect(row.trades).toBe(minutes.reduce((total, minute) => total + minute.trades, 0));
    expect(row.close).toBe(minutes.at(-1)!.close);
  });

  it('takes one of the limit, and is left out where it lies outside the range', () => {
    const ask = (range: { from: number; to: number; limit: number; fromEnd: boolean }): number[] =>
      market
        .klines('BTCUSDT', '1m', range, NOW)
        .map((row) => (row.openTime - bucketOf(NOW, '1m')) / MINUTE_MS);
    expect(ask({ from: 0, to: NOW, limit: 3, fromEnd: true })).toEqual([-2, -1, 0]);
    expect(ask({ from: 0, to: NOW, limit: 1, fromEnd: true })).toEqual([0]);
    expect(ask({ from: NOW - 3 * MINUTE_MS, to: NOW, limit: 2, fromEnd: false })).toEqual([-2, -1]);
    expect(ask({ from: NOW - 3 * MINUTE_MS, to: NOW - MINUTE_MS, limit: 9, fromEnd: true })).toEqual([
      -2, -1,
    ]);
    expect(ask({ from: NOW + 1, to: NOW + DAY_MS, limit: 9, fromEnd: false })).toEqual([]);
    expect(ask({ from: NOW, to: NOW - DAY_MS, limit: 9, fromEnd: false })).toEqual([]);
  });
});

describe('the universe', () => {
  it.each([1, 7, 49, 120, 300, 600])('of %i has so many tradable USDT perpetuals, at any time', (symbols) => {
    const of = createGeneratedMarket({ seed: 3, symbols, epoch: NOW });
    for (const hours of [0, 1, 30, 24 * 9, 24 * 60])
      expect(tradable(of, NOW + hours * HOUR_MS)).toHaveLength(symbols);
    expect(new Set(of.listed(NOW).map(({ symbol }) => symbol)).size).toBe(of.listed(NOW).length);
  });

  it('has what a filter must drop', () => {
    const listed = market.listed(NOW);
    const has = (wanted: Partial<EmulatedSymbol>, status?: string): boolean =>
      listed.some(
        (symbol) =>
          Object.entries(wanted).every(([key, value]) => symbol[key as keyof EmulatedSymbol] === value) &&
          (status === undefined || symbol.statusAt(NOW) === status),
      );
    expect(has({ contractType: 'TRADIFI_PERPETUAL', underlyingType: 'EQUITY' }, 'TRADING')).toBe(true);
    expect(has({ contractType: 'TRADIFI_PERPETUAL', underlyingType: 'COMMODITY' }, 'TRADING')).toBe(true);
    expect(has({ contractType: 'PERPETUAL', quoteAsset: 'USDT' }, 'SETTLING')).toBe(true);
    expect(has({}, 'PENDING_TRADING')).toBe(true);
    expect(has({ contractType: 'CURRENT_QUARTER' }, 'TRADING')).toBe(true);
    expect(has({ contractType: 'NEXT_QUARTER' }, 'TRADING')).toBe(true);
    expect(has({ contractType: 'PERPETUAL', quoteAsset: 'USDC' }, 'TRADING')).toBe(true);
    expect(has({ contractType: 'PERPETUAL', underlyingType: 'INDEX' }, 'TRADING')).toBe(true);
    expect(listed.filter(({ symbol }) => /[^\x20-\x7e]/.test(symbol)).length).toBeGreaterThanOrEqual(3);
  });

  it('names quarterlies by the last Friday of the quarter', () => {
    const quarterly = market.listed(NOW).filter(({ symbol }) => symbol.includes('_'));
    expect(quarterly.map(({ symbol }) => symbol)).toEqual([
      'BTCUSDT_261225',
      'BTCUSDT_270326',
      'ETHUSDT_261225',
      'ETHUSDT_270326',
    ]);
    expect(quarterly[0]!.deliveryDateAt(NOW)).toBe(Date.parse('2026-12-25T08:00:00Z'));
  });

  it('has filters that fit the price', () => {
    for (const symbol of market.listed(NOW)) {
      const [row] = market.klines(symbol.symbol, '1m', { from: 0, to: NOW, limit: 1, fromEnd: true }, NOW);
      if (row === undefined) continue;
      const price = Number(row.close);
      expect(Number(symbol.tickSize) / price).toBeLessThan(0.01);
      expect(price).toBeGreaterThan(Number(symbol.minPrice));
      expect(price).toBeLessThan(Number(symbol.maxPrice));
      expect(Number(symbol.marketMaxQty)).toBeLessThanOrEqual(Number(symbol.maxQty));
      expect(Number(symbol.minNotional)).toBeGreaterThanOrEqual(5);
      expect(Number(symbol.minNotional)).toBeLessThanOrEqual(100);
      expect(Number(symbol.stepSize) * price).toBeLessThan(300);
    }
  });

  it('has young symbols, and keeps them over a restart', () => {
    const young = market.listed(NOW).filter(({ onboardDate }) => onboardDate > NOW - 7 * DAY_MS);
    expect(young.filter((symbol) => isTradable(symbol, NOW)).length).toBeGreaterThanOrEqual(3);
    const restarted = createGeneratedMarket({ seed: 7, symbols: 300, epoch: NOW + 3 * HOUR_MS });
    for (const { symbol, onboardDate } of young) {
      if (onboardDate < NOW) expect(restarted.find(symbol)!.onboardDate).toBe(onboardDate);
    }
  });

  it('begins in peace, then symbols come and go', () => {
    expect(
      market.events(NOW, NOW + DAY_MS - 1).filter(({ kind }) => kind === 'trading' || kind === 'settling'),
    ).toEqual([]);
    const later = market.events(NOW, NOW + 14 * DAY_MS);
    expect(later.filter(({ kind }) => kind === 'trading').length).toBeGreaterThanOrEqual(4);
    expect(later.filter(({ kind }) => kind === 'settling').length).toBeGreaterThanOrEqual(4);
    expect(later.map(({ at }) => at)).toEqual(later.map(({ at }) => at).sort((a, b) => a - b));
    const delisted = later.find(({ kind }) => kind === 'settling')!;
    const { symbol, at } = delisted;
    expect([symbol.statusAt(at - 1), symbol.statusAt(at)]).toEqual(['TRADING', 'SETTLING']);
    expect(symbol.deliveryDateAt(at - HOUR_MS)).toBe(at);
    expect(
      rowsIn(at - HOUR_MS, at + HOUR_MS, { symbol: symbol.symbol, now: at + DAY_MS }).at(-1)!.openTime,
    ).toBe(at - MINUTE_MS);
    expect(market.forming(symbol.symbol, '1m', at + 1)).toBeUndefined();
  });

  it('can be told to stay as it is', () => {
    const still = createGeneratedMarket({ seed: 7, symbols: 300, epoch: NOW, churn: false });
    expect(still.events(NOW, NOW + 20 * DAY_MS)).toEqual([]);
  });

  it('refuses a number of symbols it does not have', () => {
    expect(() => createGeneratedMarket({ seed: 1, symbols: 0 })).toThrow(AppError);
    expect(() => createGeneratedMarket({ seed: 1, symbols: 601 })).toThrow(AppError);
  });

  it('delists and lists on demand', () => {
    const of = createGeneratedMarket({ seed: 7, symbols: 10, epoch: NOW });
    of.delist('ETHUSDT', NOW + 90_000);
    const end = bucketOf(NOW + 90_000, '1m') + MINUTE_MS;
    expect(of.find('ETHUSDT')!.deliveryDateAt(NOW)).toBe(end);
    expect(of.find('ETHUSDT')!.statusAt(end)).toBe('SETTLING');
    expect(
      of.klines('ETHUSDT', '1m', { from: 0, to: NOW + DAY_MS, limit: 5, fromEnd: true }, NOW + DAY_MS).at(-1)!
        .openTime,
    ).toBe(end - MINUTE_MS);
    const added = of.list({ symbol: '测试USDT', at: NOW + 60_000 });
    expect([added.statusAt(NOW), added.statusAt(added.onboardDate)]).toEqual(['PENDING_TRADING', 'TRADING']);
    const later = added.onboardDate + 10 * MINUTE_MS;
    expect(rowsIn(0, later, { symbol: '测试USDT', now: later, of })).toHaveLength(11);
    expect(() => of.list({ symbol: '测试USDT', at: NOW })).toThrow(AppError);
    expect(() => of.delist('NOPEUSDT', NOW)).toThrow(AppError);
    expect(rowsIn(0, NOW, { symbol: 'NOPEUSDT', of })).toEqual([]);
  });
});

describe('prices around the last trade', () => {
  it.each(SYMBOLS)('of %s agree with the candle in progress', (symbol) => {
    const last = Number(market.forming(symbol, '1m', NOW)!.close);
    const { tickSize } = market.find(symbol)!;
    const book = market.book(symbol, NOW);
    expect(Number(book.bidPrice)).toBeLessThan(Number(book.askPrice));
    expect(Math.abs(Number(book.bidPrice) - last)).toBeLessThanOrEqual(Number(tickSize) * 1.01);
    const mark = market.markPrice(symbol, NOW);
    expect(Math.abs(Number(mark.markPrice) / last - 1)).toBeLessThan(0.002);
    expect(mark.nextFundingTime).toBeGreaterThan(NOW);
    expect(mark.nextFundingTime % (4 * HOUR_MS)).toBe(0);
    const ticker = market.ticker24h(symbol, NOW);
    expect(Number(ticker.lastPrice)).toBe(last);
    const minutes = rowsIn(ticker.openTime, NOW, { symbol });
    expect(ticker.count).toBe(minutes.reduce((total, minute) => total + minute.trades, 0));
    expect(Number(ticker.highPrice)).toBe(Math.max(...minutes.map((minute) => Number(minute.high))));
  });

  it('have depth on both sides, best first', () => {
    const { bids, asks } = market.depth('SOLUSDT', NOW, 20);
    const prices = (side: typeof bids): number[] => side.map(([price]) => Number(price));
    expect(bids).toHaveLength(20);
    expect(prices(bids)).toEqual([...prices(bids)].sort((a, b) => b - a));
    expect(prices(asks)).toEqual([...prices(asks)].sort((a, b) => a - b));
  });

  it('have fundings at the full hours', () => {
    const rows = market.fundingHistory('BTCUSDT', NOW - 3 * DAY_MS, NOW, 100);
    expect(rows).toHaveLength(9);
    for (const row of rows) expect(Math.abs(Number(row.fundingRate))).toBeLessThanOrEqual(0.02);
    expect(market.fundingHistory('BTCUSDT', NOW - 3 * DAY_MS, NOW, 2)).toEqual(rows.slice(0, 2));
  });
});
