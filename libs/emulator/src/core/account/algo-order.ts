/** Conditional orders of the algo service (reference A3, B): they rest beside the matching engine until triggered. */
import type { UtcMs } from '@slt/domain';
import type { ConditionalType, PositionSide, Side, StpMode, TimeInForce, WorkingType } from './order';

/** FINISHED: the child order is filled, cancelled or expired. REJECTED: it could not be placed when triggered. */
export type AlgoStatus =
  'NEW' | 'TRIGGERING' | 'TRIGGERED' | 'FINISHED' | 'CANCELED' | 'EXPIRED' | 'REJECTED';

export interface AlgoSnapshot {
  readonly algoId: bigint;
  readonly clientAlgoId: string;
  readonly algoType: 'CONDITIONAL';
  readonly orderType: ConditionalType;
  readonly symbol: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly timeInForce: TimeInForce;
  /** '0' with closePosition. */
  readonly quantity: string;
  readonly algoStatus: AlgoStatus;
  /** '0' for trailing stops. */
  readonly triggerPrice: string;
  /** '0' for those that become market orders. */
  readonly price: string;
  readonly selfTradePreventionMode: StpMode;
  readonly workingType: WorkingType;
  readonly priceMatch: string;
  readonly closePosition: boolean;
  readonly priceProtect: boolean;
  readonly reduceOnly: boolean;
  /** Of TRAILING_STOP_MARKET. */
  readonly activatePrice?: string;
  readonly callbackRate?: string;
  readonly isActivated?: boolean;
  readonly createTime: UtcMs;
  readonly updateTime: UtcMs;
  /** 0 before it triggers. */
  readonly triggerTime: UtcMs;
  readonly goodTillDate: UtcMs;
  /** The child in the matching engine; undefined before it is there. */
  readonly actualOrderId?: bigint;
  readonly actualType?: 'MARKET' | 'LIMIT';
  readonly actualPrice: string;
  readonly actualQty: string;
  /** Why it was rejected. */
  readonly failReason?: string;
}
