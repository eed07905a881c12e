/** What the account is worth between two words of the exchange. */
import { completeRiskLimits } from '../core/risk';
import type { AccountState, Fill } from '../core/broker';
import type { HeldPosition } from '../core/position-book';
import { aTrade, T0 } from '../journal/testing/samples';
import { AccountFigures } from './account-figures';
import { MarketMemory } from './market-memory';
import { NOTHING_HELD } from './testing/stub-broker';
import { BTC } from '../testing/instruments';

const HELD: HeldPosition = {
  positionId: 'p',
  symbol: 'BTCUSDT',
  direction: 'short',
  quantity: '2',
  signedQuantity: '-2',
  entryPrice: '100',
  openedAt: T0 - 1_000,
  realizedPnl: '3',
  fees: '1',
  otherFees: {},
  funding: '0.5',
};

describe('AccountFigures', () => {
  let held: HeldPosition[];
  let price: number | undefined;
  let figures: AccountFigures;

  beforeEach(() => {
    [held, price] = [[], undefined];
    figures = new AccountFigures({ allHeld: () => held, priceOf: () => price }, completeRiskLimits());
  });

  const told = (given: Partial<AccountState>): void => figures.told({ ...NOTHING_HELD, at: T0, ...given });
  const fill = (given: Partial<Fill>): void =>
    figures.filled({
      symbol: 'BTCUSDT',
      tradeId: '1',
      orderId: '1',
      clientOrderId: 'c',
      side: 'buy',
      quantity: '1',
      price: '100',
      fee: '0.5',
      feeAsset: 'USDT',
      realizedPnl: '10',
      isMaker: false,
      at: T0 + 1,
      ...given,
    });

  it('adds what was filled since the exchange spoke, and nothing that it knew', () => {
    told({ walletBalance: '1000' });
    fill({ at: T0 });
    expect(figures.walletBalance).toBe(1_000);
    fill({ at: T0 + 1 });
    expect(figures.walletBalance).toBe(1_009.5);
    figures.funded({ symbol: 'BTCUSDT', id: 'f', amount: '-0.25', at: T0 + 2 });
    expect(figures.walletBalance).toBe(1_009.25);
    told({ walletBalance: '1009.25', at: T0 + 3 });
    expect(figures.walletBalance).toBe(1_009.25);
  });

  it('does not listen to an older word', () => {
    told({ walletBalance: '1000' });
    told({ walletBalance: '900', at: T0 - 1 });
    expect(figures.walletBalance).toBe(1_000);
  });

  it('leaves out fees that were not paid in money', () => {
    told({ walletBalance: '1000' });
    fill({ feeAsset: 'BNB' });
    expect(figures.walletBalance).toBe(1_010);
  });

  it('values positions at the price that is known, and at their entry where none is', () => {
    told({ walletBalance: '1000' });
    held = [HELD];
    expect(figures.equity).toBe(1_000);
    price = 95;
    // -2 × (95 − 100)
    expect([figures.unrealizedPnl, figures.equity]).toEqual([10, 1_010]);
  });

  it('remembers the day: trades that ended, and what open positions have cost', () => {
    told({ walletBalance: '1000' });
    figures.restore(
      [aTrade({ netPnl: '-20', exitTime: T0 }), aTrade({ netPnl: '-5', exitTime: T0 })],
      1_100,
      [HELD],
    );
    const facts = figures.lossFacts(T0 + 1);
    // −25, and 3 − 1 + 0.5 of the open one
    expect(facts.dailyPnl).toBe(-22.5);
    expect(facts.losingStreak).toBe(2);
    expect(facts.drawdown).toBeCloseTo(100 / 1_100, 12);
  });
});

describe('MarketMemory', () => {
  it('prefers candles, and takes the mark price where they have ceased', () => {
    const memory = new MarketMemory({ instrument: () => undefined }, 60_000);
    memory.marked('BTCUSDT', 90, T0);
    expect(memory.priceOf('BTCUSDT')).toBe(90);
    memory.closed('BTCUSDT', 100, T0);
    memory.marked('BTCUSDT', 91, T0 + 120_000);
    expect(memory.priceOf('BTCUSDT')).toBe(100);
    memory.marked('BTCUSDT', 92, T0 + 120_001);
    expect(memory.priceOf('BTCUSDT')).toBe(92);
    memory.marked('BTCUSDT', 0, T0 + 1e9);
    expect(memory.priceOf('BTCUSDT')).toBe(92);
    expect(memory.priceOf('ETHUSDT')).toBeUndefined();
  });

  it('keeps the filters of a symbol that left', () => {
    let isListed = true;
    const memory = new MarketMemory({ instrument: () => (isListed ? BTC : undefined) }, 60_000);
    expect(memory.filtersOf('BTCUSDT')).toBe(BTC.filters);
    isListed = false;
    expect(memory.filtersOf('BTCUSDT')).toBe(BTC.filters);
    expect(memory.filtersOf('ETHUSDT')).toBeUndefined();
  });
});
