import fc from 'fast-check';
import { DAY_MS } from '@slt/domain';
import { type Performance, PerformanceBook, performanceOf } from './performance';
import type { Trade } from './position';

const START = Date.UTC(2025, 4, 6, 12);

function tradeOf(netPnl: string, given: Partial<Trade> = {}): Trade {
  return {
    positionId: 'p',
    symbol: 'AAAUSDT',
    setup: 'block-retest',
    direction: 'long',
    quantity: '1',
    entryTime: START,
    entryPrice: '100',
    exitTime: START,
    exitPrice: '101',
    exitReason: 'target',
    realizedPnl: netPnl,
    fees: '0',
    funding: '0',
    netPnl,
    r: Number(netPnl) / 10,
    confidence: 0.7,
    ...given,
  };
}

const inOrder = (...trades: readonly Trade[]): Trade[] =>
  trades.map((trade, i) => ({ ...trade, exitTime: START + i }));

describe('performance', () => {
  it('of no trades is nothing, told without a NaN', () => {
    expect(performanceOf([], '1000')).toEqual({
      trades: 0,
      wins: 0,
      losses: 0,
      netPnl: 0,
      grossPnl: 0,
      fees: 0,
      funding: 0,
      winRate: null,
      profitFactor: null,
      expectancyR: null,
      averageWin: null,
      averageLoss: null,
      initialEquity: 1_000,
      equity: 1_000,
      returnShare: 0,
      maxDrawdown: 0,
      maxDrawdownShare: 0,
      sharpe: null,
      streak: 0,
      longestWinStreak: 0,
      longestLossStreak: 0,
      equityCurve: [],
      bySetup: {},
      bySymbol: {},
    });
  });

  it('adds up trades', () => {
    const trades = inOrder(
      tradeOf('30', { realizedPnl: '31', fees: '1.5', funding: '0.5', r: 2 }),
      tradeOf('-10', { r: -1 }),
      tradeOf('0', { r: 0 }),
      tradeOf('-12', { r: -1.2 }),
      tradeOf('20', { r: 2.1, setup: 'gap-continuation', symbol: 'BBBUSDT' }),
    );
    expect(performanceOf(trades, '1000')).toMatchObject({
      trades: 5,
      wins: 2,
      losses: 2,
      netPnl: 28,
      grossPnl: 31 - 10 - 12 + 20,
      fees: 1.5,
      funding: 0.5,
      winRate: 2 / 5,
      profitFactor: 50 / 22,
      expectancyR: (2 - 1 + 0 - 1.2 + 2.1) / 5,
      averageWin: 25,
      averageLoss: -11,
      equity: 1_028,
      returnShare: 0.028,
      maxDrawdown: 22, // 1,030 to 1,008
      maxDrawdownShare: 22 / 1_030,
      streak: 1,
      longestWinStreak: 1,
      longestLossStreak: 2, // the trade without gain or loss does not end it
      equityCurve: [1_030, 1_020, 1_020, 1_008, 1_028].map((equity, i) => ({ at: START + i, equity })),
      bySetup: {
        'block-retest': { trades: 4, netPnl: 8 },
        'gap-continuation': { trades: 1, profitFactor: null },
      },
      bySymbol: { AAAUSDT: { trades: 4 }, BBBUSDT: { netPnl: 20, winRate: 1 } },
    });
  });

  it('is exact where floats are not', () => {
    const trades = Array.from({ length: 10 }, () => tradeOf('0.1'));
    expect(performanceOf(trades, '0').netPnl).toBe(1);
  });

  it('has one point of the curve for trades closed at once', () => {
    expect(performanceOf([tradeOf('1'), tradeOf('2')], '10').equityCurve).toEqual([
      { at: START, equity: 13 },
    ]);
  });

  it('tells the Sharpe ratio of daily returns, days without trades among them', () => {
    const trades = [
      tradeOf('10'),
      tradeOf('5', { exitTime: START + 1 }),
      tradeOf('-7', { exitTime: START + 2 * DAY_MS }),
    ];
    const returns = [15 / 1_000, 0, -7 / 1_015];
    const mean = (returns[0]! + returns[1]! + returns[2]!) / 3;
    const variance = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 2;
    expect(performanceOf(trades, '1000').sharpe).toBeCloseTo(
      (mean / Math.sqrt(variance)) * Math.sqrt(365),
      9,
    );
    expect(performanceOf(trades.slice(0, 2), '1000').sharpe).toBeNull();
  });

  it('leaves out of R what risked nothing', () => {
    const trades = inOrder(tradeOf('5', { r: 0.5 }), tradeOf('5', { r: Infinity }), tradeOf('5', { r: NaN }));
    expect(performanceOf(trades, '100').expectancyR).toBe(0.5);
  });

  it('refuses what is no money, and what comes out of order', () => {
    expect(() => performanceOf([], 'much')).toThrow(/"much" is no amount/);
    expect(() => performanceOf([tradeOf('x')], '1')).toThrow(/"x" is no amount/);
    const book = new PerformanceBook('1');
    book.add(tradeOf('1'));
    expect(() => book.add(tradeOf('1', { exitTime: START - 1 }))).toThrow(/comes after/);
  });

  it('is the same one by one and in any order, is JSON, and its sums agree', () => {
    const cents = fc.integer({ min: -50_000, max: 50_000 }).map((each) => (each / 100).toFixed(2));
    const trade = fc
      .record({
        net: cents,
        after: fc.integer({ min: 0, max: 3 * DAY_MS }),
        symbol: fc.constantFrom('AAAUSDT', 'BBBUSDT', '龙虾USDT', '__proto__'),
        setup: fc.constantFrom('block-retest' as const, 'sweep-reversal' as const, 'adopted' as const),
        r: fc.double(),
      })
      .map(({ net, after, ...rest }) => tradeOf(net, { exitTime: START + after, ...rest }));
    fc.assert(
      fc.property(
        fc.uniqueArray(trade, { maxLength: 40, selector: ({ exitTime }) => exitTime }),
        (trades) => {
          const report = performanceOf(trades, '1000');
          expect(performanceOf([...trades].reverse(), '1000')).toEqual(report);
          expect(JSON.parse(JSON.stringify(report))).toEqual(report);
          const cents = trades.reduce((sum, { netPnl }) => sum + Math.round(Number(netPnl) * 100), 0);
          expect(report.netPnl).toBe(cents / 100);
          expect(report.equity).toBe((100_000 + cents) / 100);
          for (const by of [report.bySetup, report.bySymbol]) {
            const parts = Object.values(by);
            expect(parts.reduce((sum, each) => sum + each.trades, 0)).toBe(report.trades);
            expect(parts.reduce((sum, each) => sum + each.netPnl, 0)).toBeCloseTo(report.netPnl, 6);
          }
          expect(report.maxDrawdown).toBeCloseTo(deepest(report), 6);
        },
      ),
    );
  });
});

function deepest({ equityCurve }: Performance): number {
  let peak = 1_000;
  let depth = 0;
  for (const { equity } of equityCurve) {
    peak = Math.max(peak, equity);
    depth = Math.max(depth, peak - equity);
  }
  return depth;
}
