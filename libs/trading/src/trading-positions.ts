/** Open positions as people and programs read them. */
import type { Clock, UtcMs } from '@slt/domain';
import type { GradedCircuitBreaker } from './core/breaker';
import type { Control } from './core/control';
import type { RiskLimits } from './core/risk';
import { signOf } from './core/signal';
import type { TradingSession } from './session/trading-session';
import {
  type AccountStatus,
  breakerStatusOf,
  limitsOf,
  type PositionStatus,
  type TradingStatus,
} from './trading-status';

/** What the account is worth; nulls while none is held. */
export function accountStatusOf(session: TradingSession | undefined, now: UtcMs): AccountStatus {
  if (session === undefined) {
    return {
      equity: null,
      walletBalance: null,
      positions: [],
      dailyPnl: null,
      drawdown: null,
      losingStreak: null,
    };
  }
  const { equity, walletBalance } = session.figures;
  const { dailyPnl, drawdown, losingStreak } = session.figures.shownLosses(now);
  return { equity, walletBalance, positions: positionsOf(session), dailyPnl, drawdown, losingStreak };
}

/** By symbol. */
export function positionsOf(session: TradingSession): readonly PositionStatus[] {
  const { book, figures } = session;
  return book
    .allHeld()
    .map((held): PositionStatus => {
      const plan = book.planOf(held.positionId);
      const entryPrice = Number(held.entryPrice);
      const quantity = Number(held.quantity);
      const unrealizedPnl = figures.unrealizedOf(held);
      const stop = plan === undefined ? null : Number(plan.stop);
      const risk = stop === null ? 0 : signOf(held.direction) * (Number(plan!.entry) - stop) * quantity;
      const position = book.position(held.symbol);
      return {
        id: held.positionId,
        symbol: held.symbol,
        setup: plan?.setup ?? 'adopted',
        direction: held.direction,
        quantity,
        entryPrice,
        price: session.lastPrice(held.symbol) ?? null,
        stop,
        target: plan === undefined || plan.target === null ? null : Number(plan.target),
        openedAt: held.openedAt,
        unrealizedPnl,
        unrealizedR: risk > 0 ? unrealizedPnl / risk : null,
        fees: Number(held.fees),
        funding: Number(held.funding),
        confidence: plan?.confidence ?? 0,
        isProtected: position !== null && session.protector.isProtected(position),
      };
    })
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

export interface StatusParts {
  readonly session: TradingSession | undefined;
  readonly control: Control;
  readonly mode: 'paper' | 'live';
  readonly account: string | null;
  readonly obstacle: string | undefined;
  readonly breaker: GradedCircuitBreaker;
  readonly limits: RiskLimits;
  readonly clock: Clock;
  /** Of trading by candles. */
  readonly minutes: Pick<Clock, 'now'> | undefined;
}

export function tradingStatusOf(parts: StatusParts): TradingStatus {
  const { session, control, mode, account, obstacle, breaker, limits, clock, minutes } = parts;
  const { state, since, halt } = control;
  const breakerStatus = breakerStatusOf(breaker.state(), clock, minutes !== undefined);
  // One that no candle has moved has been as it is for as long as trading.
  const shownBreaker = breakerStatus.since > 0 ? breakerStatus : { ...breakerStatus, since };
  return {
    ...{ state, since, mode, account },
    ...(halt === undefined ? {} : { halt }),
    ...(obstacle === undefined ? {} : { obstacle }),
    breaker: shownBreaker,
    ...accountStatusOf(session, (minutes ?? clock).now()),
    limits: limitsOf(limits),
  };
}
