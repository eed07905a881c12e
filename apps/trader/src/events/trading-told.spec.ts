import type { PositionStatus, Signal, Trade, TradingEvent } from '@slt/trading';
import { TradingNews } from './trading-told';

const position = (changes: Partial<PositionStatus> = {}): PositionStatus => ({
  id: 'BTCUSDT:1m:block-retest:long:60000',
  symbol: 'BTCUSDT',
  setup: 'block-retest',
  direction: 'long',
  quantity: 0.01,
  entryPrice: 90_000,
  price: 90_000,
  stop: 89_000,
  target: 92_000,
  openedAt: 60_500,
  unrealizedPnl: 0,
  unrealizedR: 0,
  fees: 0.45,
  funding: 0,
  confidence: 0.7,
  isProtected: false,
  ...changes,
});
const event = (told: PositionStatus | null): TradingEvent => ({
  type: 'position',
  at: 61_000,
  symbol: 'BTCUSDT',
  position: told,
});

describe('the news of trading', () => {
  it('tells of a position when it opens, changes and closes, not in between', () => {
    const news = new TradingNews();
    const told = [
      null,
      position(),
      position({ price: 90_100, unrealizedPnl: 1 }),
      position({ isProtected: true }),
      position({ isProtected: true }),
      position({ isProtected: true, quantity: 0.02 }),
      null,
      null,
      position(),
    ].map((each) => news.told(event(each)) !== undefined);
    expect(told).toEqual([false, true, false, true, false, true, true, false, true]);
  });

  it('speaks the words of the calls, with the symbol beside them', () => {
    const news = new TradingNews();
    const signal = { id: 'a', symbol: 'BTCUSDT', confidence: 0.7 } as Signal;
    const decision = { decision: 'refused', reasons: ['COOL_DOWN'] } as const;
    expect(news.told({ type: 'signal', at: 1, signal, decision })).toEqual({
      type: 'signal',
      at: 1,
      symbol: 'BTCUSDT',
      signal: { ...signal, parts: {}, ...decision, assessment: null },
    });
    const trade = { symbol: 'BTCUSDT', netPnl: '-1.50', r: -0.5 } as Trade;
    expect(news.told({ type: 'trade', at: 2, trade })).toMatchObject({
      type: 'trade',
      at: 2,
      symbol: 'BTCUSDT',
      trade: { netPnl: -1.5, r: -0.5 },
    });
  });

  it("gives a breaker's change the time of the exchange", () => {
    const transition = {
      from: 'normal',
      to: 'blocked',
      move: 'worsen-to-blocked',
      at: 12.5,
      reasons: [],
    } as const;
    expect(new TradingNews().told({ type: 'breaker', at: 61_000, transition })).toMatchObject({
      change: { at: 61_000, to: 'blocked' },
    });
  });
});
