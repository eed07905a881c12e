/** What holds of every backtest: the same from the same, limits of the portfolio, money that adds up. */
import { MINUTE_MS } from '@slt/domain';
import { DEFAULT_RISK_LIMITS } from '@slt/trading';
import { type Recorded, run, sure, T0, walk } from './testing/spec-market';

const LENGTH = 2_500;

/** Losses must not end the trading that is looked at. */
const FREE = {
  limits: { ...DEFAULT_RISK_LIMITS, drawdown: 1, dailyLoss: 1, losingStreak: 1_000 },
  breaker: { isEnabled: false },
};

function marketOf(seed: number, symbols = 3): Recorded {
  const names = ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT', 'EUSDT'].slice(0, symbols);
  return Object.fromEntries(names.map((name, i) => [name, walk(10 * seed + i, LENGTH, 100 * (1 + i))]));
}

describe('every backtest', () => {
  it('is the same each time, in whatever order symbols are named', async () => {
    const market = marketOf(7);
    const one = await run(market);
    const reversed = Object.fromEntries(Object.entries(market).reverse());
    for (const other of [await run(market), await run(reversed)]) {
      expect(other.decisionsHash).toBe(one.decisionsHash);
      expect(other.trades).toEqual(one.trades);
    }
    const changed = { ...market, AUSDT: market['AUSDT']!.map((candle) => ({ ...candle, open: candle.low })) };
    expect((await run(changed)).decisionsHash).not.toBe(one.decisionsHash);
  });

  it('holds the limits of the portfolio', async () => {
    for (const maxPositions of [1, 2]) {
      const limits = { ...FREE.limits, maxPositions, correlatedShare: 1_000 };
      const { trades, refusals } = await run(marketOf(3, 5), { ...FREE, limits });
      const most = Math.max(
        ...trades.map(
          ({ entryTime }) =>
            trades.filter((each) => each.entryTime <= entryTime && each.exitTime > entryTime).length,
        ),
      );
      expect(most).toBe(maxPositions);
      expect(refusals.TOO_MANY_POSITIONS).toBeGreaterThan(0);
    }
  });

  it('never enters on the candle that made the signal, nor before it', async () => {
    const { trades, decisions } = await run(marketOf(4), FREE);
    const at = new Map(decisions.map(({ signal }) => [signal.id, signal.at]));
    expect(trades.length).toBeGreaterThan(10);
    for (const { positionId, entryTime, exitTime } of trades) {
      expect(entryTime).toBe(at.get(positionId));
      expect(exitTime).toBeGreaterThanOrEqual(entryTime);
    }
  });

  it('earns what its trades earned, and traded what it says', async () => {
    const { trades, performance, traded, signals, decisions, retractions } = await run(marketOf(5), {
      ...FREE,
      fundingRate: 0.0005,
    });
    const sum = trades.reduce((total, { netPnl }) => total + Number(netPnl), 0);
    expect(performance.netPnl).toBeCloseTo(sum, 6);
    expect(performance.equity).toBeCloseTo(10_000 + sum, 6);
    for (const { realizedPnl, fees, funding, netPnl } of trades) {
      expect(Number(netPnl)).toBeCloseTo(Number(realizedPnl) - Number(fees) + Number(funding), 8);
    }
    expect(trades.some(({ funding }) => Number(funding) !== 0)).toBe(true);
    expect(traded).toBe(trades.length);
    expect(signals).toBe(decisions.length);
    const accepted = decisions.filter(({ decision }) => decision.decision === 'traded');
    expect(accepted.length).toBe(traded + retractions.length);
  });

  it('takes what follows a hole for the next candle, and tells of it', async () => {
    const market = marketOf(6, 2);
    const holed = { ...market, AUSDT: market['AUSDT']!.filter((_, i) => i < 700 || i >= 705) };
    const { symbols, candles } = await run(holed, FREE);
    expect(symbols[0]).toMatchObject({ symbol: 'AUSDT', count: 1, missing: 5, candles: LENGTH - 5 });
    expect(symbols[0]!.holes).toEqual([{ from: T0 + 700 * MINUTE_MS, to: T0 + 704 * MINUTE_MS, count: 5 }]);
    expect(candles).toBe(2 * LENGTH - 5);
  });

  it('warms up before the span without trading there', async () => {
    const market = marketOf(8, 1);
    const from = T0 + 1_500 * MINUTE_MS;
    const to = T0 + 2_300 * MINUTE_MS;
    const { decisions, candles, first, last } = await run(market, { ...FREE, from, to, warmUp: 1_000 });
    expect(candles).toBe(1_800);
    expect([first, last]).toEqual([from, to - MINUTE_MS]);
    expect(decisions.length).toBeGreaterThan(0);
    for (const { signal } of decisions) expect(signal.at).toBeGreaterThan(from);
    const cold = await run(market, { ...FREE, from, to, warmUp: 0 });
    expect(cold.candles).toBe(800);
  });

  it('stops by the breaker and the limits of loss as live trading does', async () => {
    const { refusals } = await run(marketOf(9), { scorer: sure(0.7), limits: { drawdown: 0.005 } });
    expect(refusals.DRAWDOWN_LIMIT).toBeGreaterThan(0);
    const breaker = { losingStreak: { warning: 1, throttled: 1, blocked: null } };
    expect((await run(marketOf(9), { breaker })).refusals.BREAKER_THROTTLED).toBeGreaterThan(0);
  });
});
