/** The label of a signal that was traded: what its position earned, fees and funding included. */
import type { UtcMs } from '@slt/domain';
import type { ExitReason, Trade } from '@slt/trading';
import type { Barrier } from '../sample';

export interface RealOutcome {
  /** The signal's. */
  readonly id: string;
  readonly closedAt: UtcMs;
  /** After costs, by the risk that was planned. */
  readonly r: number;
  readonly barrier: Barrier;
}

/** `other`: what no candle alone would have ended. */
export function barrierOf(reason: ExitReason): Barrier {
  switch (reason) {
    case 'stop':
    case 'target':
      return reason;
    case 'max-hold':
      return 'time';
    case 'stagnation':
    case 'opposite-structure':
    case 'flatten':
    case 'unprotected':
    case 'breaker':
    case 'liquidation':
    case 'external':
      return 'other';
  }
}

/** @returns undefined where R cannot be told: the position was found on the account, or risked nothing by plan */
export function realOutcomeOf(trade: Trade): RealOutcome | undefined {
  if (trade.setup === 'adopted' || !Number.isFinite(trade.r)) return undefined;
  return {
    id: trade.positionId,
    closedAt: trade.exitTime,
    r: trade.r,
    barrier: barrierOf(trade.exitReason),
  };
}
