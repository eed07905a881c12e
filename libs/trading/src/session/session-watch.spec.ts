import { ManualClock } from '@slt/domain';
import { GradedCircuitBreaker } from '../core/breaker';
import type { AccountState, Broker } from '../core/broker';
import { DEFAULT_RISK_LIMITS } from '../core/risk';
import { T0 } from '../testing/spec-account';
import { AccountBook } from './account-book';
import { AccountFigures } from './account-figures';
import { SessionWatch } from './session-watch';

const NOTHING = (): void => undefined;
const IDLE: Partial<Broker> = { mode: 'paper' };

/** Of an account without positions, so that equity is what the wallet holds. */
function watchAccount(limits: { dailyLoss: number; drawdown: number }, isEnabled = true) {
  const clock = new ManualClock(T0);
  const book = new AccountBook({
    journal: NOTHING,
    changed: NOTHING,
    traded: NOTHING,
    filled: NOTHING,
    funded: NOTHING,
  });
  const sources = { allHeld: () => book.allHeld(), priceOf: () => undefined };
  const figures = new AccountFigures(sources, DEFAULT_RISK_LIMITS);
  const { dailyLoss, drawdown } = limits;
  const graded = (limit: number) => ({ warning: limit / 2, throttled: limit * 0.75, blocked: limit });
  const breaker = new GradedCircuitBreaker(
    { isEnabled, dailyLoss: graded(dailyLoss), drawdown: graded(drawdown) },
    { now: performance.now() },
  );
  const drawn: number[] = [];
  const watch = new SessionWatch({
    book,
    figures,
    // Nothing is asked of it: nobody may manage.
    broker: IDLE as Broker,
    clock,
    market: {
      instrument: NOTHING as () => undefined,
      isTradable: () => false,
      series: NOTHING as () => undefined,
      view: NOTHING as () => undefined,
      quality: () => ({ staleStreams: 0, warmSymbols: 1 }),
    },
    breaker,
    drawdownLimit: drawdown,
    mayManage: () => false,
    note: NOTHING,
    doubt: NOTHING,
    moved: NOTHING,
    price: NOTHING,
    drawn: () => drawn.push(figures.equity),
  });
  const holds = (walletBalance: string): void => {
    const state: AccountState = {
      at: clock.now(),
      walletBalance,
      equity: walletBalance,
      availableBalance: walletBalance,
      maintenanceMargin: '0',
      positions: [],
      openOrders: [],
    };
    watch.told(state);
    watch.tick();
  };
  return { figures, breaker, drawn, holds, clock };
}

describe('SessionWatch', () => {
  it('tells of the drawdown once, until equity is above the limit again', () => {
    const { drawn, holds } = watchAccount({ dailyLoss: 0.5, drawdown: 0.15 });
    for (const balance of ['10000', '8501']) holds(balance);
    expect(drawn).toEqual([]);
    // (10000 − 8500) ÷ 10000 = 0.15
    for (const balance of ['8500', '8400', '8501', '8450']) holds(balance);
    expect(drawn).toEqual([8500, 8450]);
  });

  it("tells of it although the day's loss has blocked the breaker before", () => {
    const { figures, breaker, drawn, holds } = watchAccount({ dailyLoss: 0.05, drawdown: 0.15 });
    holds('10000');
    // 500 ÷ (9500 + 500) = 0.05 of the day's equity
    figures.losses.realise(-500, T0);
    holds('9500');
    expect(breaker.state().level).toBe('blocked');
    expect(drawn).toEqual([]);
    holds('8500');
    expect(drawn).toEqual([8500]);
  });

  it('tells of it with the breaker switched off', () => {
    const { breaker, drawn, holds } = watchAccount({ dailyLoss: 0.05, drawdown: 0.15 }, false);
    for (const balance of ['10000', '8000']) holds(balance);
    expect(breaker.state().level).toBe('normal');
    expect(drawn).toEqual([8000]);
  });
});
