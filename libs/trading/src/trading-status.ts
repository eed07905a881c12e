/** What trading tells of itself. */
import type { Clock, UtcMs } from '@slt/domain';
import type { BreakerReason, BreakerState, BreakerTransition } from './core/breaker';
import type { ControlState, HaltReason } from './core/control';
import type { Trade } from './core/position';
import type { RiskLimits } from './core/risk';
import type { Decision, Direction, Signal } from './core/signal';

export interface PositionStatus {
  readonly id: string;
  readonly symbol: string;
  readonly setup: string;
  readonly direction: Direction;
  readonly quantity: number;
  readonly entryPrice: number;
  readonly price: number | null;
  readonly stop: number | null;
  readonly target: number | null;
  readonly openedAt: UtcMs;
  readonly unrealizedPnl: number;
  /** In units of the risk at the stop; null where nothing is at risk by plan. */
  readonly unrealizedR: number | null;
  readonly fees: number;
  readonly funding: number;
  readonly confidence: number;
  /** A stop of its size rests on the exchange. */
  readonly isProtected: boolean;
}

export interface TradingLimits {
  readonly maxPositions: number;
  readonly leverageCap: number;
  readonly positionShare: number;
  readonly marginRatio: number;
  readonly dailyLoss: number;
  readonly drawdown: number;
  readonly tiers: readonly { readonly confidence: number; readonly share: number }[];
}

export function limitsOf(limits: RiskLimits): TradingLimits {
  const { maxPositions, leverageCap, positionShare, marginRatio, dailyLoss, drawdown, tiers } = limits;
  return { maxPositions, leverageCap, positionShare, marginRatio, dailyLoss, drawdown, tiers };
}

/** null while no account is held. */
export interface AccountStatus {
  readonly equity: number | null;
  readonly walletBalance: number | null;
  readonly positions: readonly PositionStatus[];
  readonly dailyPnl: number | null;
  readonly drawdown: number | null;
  readonly losingStreak: number | null;
}

export interface BreakerStatus {
  readonly level: BreakerState['level'];
  readonly isHalfOpen: boolean;
  readonly reasons: readonly BreakerReason[];
  readonly since: UtcMs;
}

/**
 * The breaker runs by this machine's clock, the rest of the world by the exchange's.
 * @param isByCandles its time is that of candles, 0 as long as nothing has moved it
 */
export function breakerStatusOf(
  { level, isHalfOpen, reasons, since }: BreakerState,
  clock: Clock,
  isByCandles = false,
): BreakerStatus {
  if (isByCandles) return { level, isHalfOpen, reasons, since };
  const age = Math.max(0, performance.now() - since) / clock.toWallMs(1);
  return { level, isHalfOpen, reasons, since: Math.round(clock.now() - age) };
}

export interface TradingStatus extends AccountStatus {
  readonly state: ControlState;
  readonly since: UtcMs;
  readonly mode: 'paper' | 'live';
  readonly account: string | null;
  readonly halt?: { readonly reason: HaltReason; readonly detail: string };
  /** Why it does not get on, such as an exchange that is away. */
  readonly obstacle?: string;
  readonly breaker: BreakerStatus;
  readonly limits: TradingLimits;
}

export type TradingEvent =
  | { readonly type: 'trading'; readonly at: UtcMs; readonly state: ControlState }
  | { readonly type: 'signal'; readonly at: UtcMs; readonly signal: Signal; readonly decision: Decision }
  | {
      readonly type: 'position';
      readonly at: UtcMs;
      readonly symbol: string;
      readonly position: PositionStatus | null;
    }
  | { readonly type: 'trade'; readonly at: UtcMs; readonly trade: Trade }
  | { readonly type: 'breaker'; readonly at: UtcMs; readonly transition: BreakerTransition };
