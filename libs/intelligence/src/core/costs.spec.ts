import { CandleSeries, HOUR_MS, type Instrument, MINUTE_MS } from '@slt/domain';
import { PAPER_DEFAULTS, PaperAccount } from '@slt/trading';
import {
  type CostQuestion,
  DEFAULT_COSTS,
  expectedCostR,
  minuteVolumeOf,
  settlementsWithin,
  slippageRateOf,
} from './costs';

const NOON = Date.UTC(2025, 4, 6, 12);

const QUESTION: CostQuestion = {
  direction: 'long',
  at: NOON,
  entry: 100,
  stop: 99,
  tickSize: undefined,
  fundingRate: undefined,
  minuteVolume: undefined,
};

describe('what a market order loses', () => {
  it('is half the spread, and its own impact on what is not at the best price', () => {
    // 1 bp of spread; of 5,000 USDT 3,000 find no counterpart: 10 × √(3,000 ÷ 50,000) = 2.449 bp on three fifths
    const impact = 0.001 * Math.sqrt(0.06) * 0.6;
    expect(slippageRateOf(QUESTION)).toBeCloseTo(0.0001 + impact, 12);
    // Where more is traded a minute it is less; where less is, as much is assumed.
    expect(slippageRateOf({ ...QUESTION, minuteVolume: 5_000_000 })).toBeCloseTo(0.0001 + impact / 10, 12);
    expect(slippageRateOf({ ...QUESTION, minuteVolume: 1 })).toBe(slippageRateOf(QUESTION));
  });

  it('is the spread alone for what all finds its counterpart', () => {
    expect(slippageRateOf(QUESTION, { ...DEFAULT_COSTS, notional: 2_000 })).toBeCloseTo(0.0001, 12);
  });

  it('is whole ticks', () => {
    // Half of a tick of 0.1 outwards is a tick; 2.449 bp of 100 are 0.0245, which is a tick as well.
    expect(slippageRateOf({ ...QUESTION, tickSize: 0.1 })).toBeCloseTo((0.1 + 0.1 * 0.6) / 100, 12);
    for (const tickSize of [0, NaN, -1])
      expect(slippageRateOf({ ...QUESTION, tickSize })).toBe(slippageRateOf(QUESTION));
  });
});

describe('the expected costs of a round trip', () => {
  it('are fees and slippage both ways, in R', () => {
    const rate = 0.0005 + slippageRateOf(QUESTION);
    // 2 × rate × 100 ÷ 1
    expect(expectedCostR(QUESTION)).toBeCloseTo(200 * rate, 12);
    expect(expectedCostR({ ...QUESTION, direction: 'short', stop: 102 })).toBeCloseTo(100 * rate, 12);
  });

  it('hold funding as far as a settlement is likely to be met', () => {
    const free = expectedCostR(QUESTION);
    const fundingRate = 0.001;
    const at = (ms: number, given: Partial<CostQuestion> = {}) =>
      expectedCostR({ ...QUESTION, fundingRate, at: ms, ...given }) - free;
    // The next one is at 16:00. At 15:00 half of the two hours lie behind it: 0.001 × 100 × 0.5
    expect(at(NOON)).toBeCloseTo(0, 12);
    expect(at(NOON + 2 * HOUR_MS)).toBeCloseTo(0, 12);
    expect(at(NOON + 3 * HOUR_MS)).toBeCloseTo(0.05, 12);
    expect(at(NOON + 4 * HOUR_MS - MINUTE_MS)).toBeCloseTo(0.1 * (119 / 120), 12);
    // At the instant itself it is over.
    expect(at(NOON + 4 * HOUR_MS)).toBeCloseTo(0, 12);
    expect(at(NOON + 3 * HOUR_MS, { direction: 'short', stop: 101 })).toBeCloseTo(-0.05, 12);
  });

  it('count settlements from an instant, exclusive, to another, inclusive', () => {
    const four = NOON + 4 * HOUR_MS;
    expect(settlementsWithin(four - 1, four)).toBe(1);
    expect(settlementsWithin(four, four + 1)).toBe(0);
    expect(settlementsWithin(NOON, NOON + 24 * HOUR_MS)).toBe(3);
    expect(settlementsWithin(NOON, NOON - HOUR_MS)).toBe(0);
  });
});

describe('the volume of a minute', () => {
  it('is the mean of the newest candles, whatever their interval', () => {
    const series = new CandleSeries('AAAUSDT', '5m', 50);
    const candle = { open: 2, high: 2, low: 2, close: 2 };
    for (let i = 0; i < 30; i++) {
      series.append({ ...candle, openTime: i * 5 * MINUTE_MS, volume: i < 10 ? 1e9 : 1_000 });
    }
    // 1,000 × 2 in five minutes
    expect(minuteVolumeOf(series)).toBe(400);
    expect(minuteVolumeOf(new CandleSeries('AAAUSDT', '1m', 5))).toBeUndefined();
    expect(minuteVolumeOf(undefined)).toBeUndefined();
  });
});

describe('a paper account', () => {
  const instrument = (tickSize: string): Instrument => ({
    symbol: 'AAAUSDT',
    contractType: 'PERPETUAL',
    status: 'trading',
    baseAsset: 'AAA',
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    underlyingType: 'COIN',
    sectors: [],
    onboardTime: 0,
    deliveryTime: 4e12,
    filters: {
      tickSize,
      minPrice: tickSize,
      maxPrice: '0',
      stepSize: '0.001',
      minQty: '0.001',
      maxQty: '1000000',
      marketStepSize: '0.001',
      marketMinQty: '0.001',
      marketMaxQty: '1000000',
      minNotional: '5',
    },
  });

  /** Buys and sells for about 5,000 USDT at one price; what is lost of the notional. */
  function roundTrip(price: number, tickSize: string, minuteVolume: number): number {
    const account = new PaperAccount({
      instrument: () => instrument(tickSize),
      settings: { matching: 'candles' },
      listener: () => undefined,
    });
    const quantity = (DEFAULT_COSTS.notional / price).toFixed(3);
    for (const [i, side] of (['buy', 'sell'] as const).entries()) {
      const at = NOON + i * MINUTE_MS;
      const quote = { bid: price, ask: price, last: price, mark: price, at };
      account.place(
        { kind: 'market', symbol: 'AAAUSDT', clientOrderId: `c${i}`, side, quantity, reduceOnly: false },
        at,
        quote,
      );
      const candle = { open: price, high: price, low: price, close: price, minuteVolume };
      account.onCandle('AAAUSDT', { ...candle, openTime: at, closeTime: at + MINUTE_MS - 1 });
    }
    const { walletBalance } = account.account(NOON + 2 * MINUTE_MS);
    return (Number(PAPER_DEFAULTS.initialBalance) - Number(walletBalance)) / (Number(quantity) * price);
  }

  it.each([
    [100, '0.01', 0],
    [100, '0.1', 0],
    [60_000, '0.1', 5_000_000],
    [0.5, '0.0001', 100_000],
    [2.345, '0.001', 1_000_000],
  ])('loses as much at %d with ticks of %s', (entry, tickSize, minuteVolume) => {
    const question = { ...QUESTION, entry, stop: entry * 0.99, tickSize: Number(tickSize), minuteVolume };
    // In R of one per cent. A step less than was assumed is bought.
    expect(expectedCostR(question) / 100).toBeCloseTo(roundTrip(entry, tickSize, minuteVolume), 5);
  });

  it('has the same fees and the same market', () => {
    const { impact, takerFeeRate, spreadBps } = PAPER_DEFAULTS;
    expect(DEFAULT_COSTS).toMatchObject({ ...impact, takerFeeRate: Number(takerFeeRate), spreadBps });
  });
});
