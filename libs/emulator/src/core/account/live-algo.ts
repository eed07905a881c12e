/** A conditional order while it lives, and the store of all that ever were. Only algo-life.ts changes one. */
import type { UtcMs } from '@slt/domain';
import type { SymbolFacts } from '../market';
import type { AlgoSnapshot, AlgoStatus } from './algo-order';
import { averageText, type Decimal, priceText, quantityText, ZERO } from './money';
import type { ConditionalType, PositionSide, Side, StpMode, TimeInForce, WorkingType } from './order';

export interface LiveAlgo {
  readonly facts: SymbolFacts;
  readonly symbol: string;
  readonly algoId: bigint;
  readonly clientAlgoId: string;
  readonly orderType: ConditionalType;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly timeInForce: TimeInForce;
  /** 0 with closePosition. */
  readonly quantity: Decimal;
  /** 0 for trailing stops. */
  readonly triggerPrice: Decimal;
  /** The same in float64: it is compared every second. */
  readonly triggerAt: number;
  /** 0 for those that become market orders. */
  readonly price: Decimal;
  readonly selfTradePreventionMode: StpMode;
  readonly workingType: WorkingType;
  readonly priceMatch: string;
  readonly closePosition: boolean;
  readonly priceProtect: boolean;
  readonly reduceOnly: boolean;
  readonly isClosing: boolean;
  readonly trailing?: Trailing;
  readonly createTime: UtcMs;
  readonly goodTillDate: UtcMs;
  status: AlgoStatus;
  /** Its price has come, and its child never will. */
  isStuck: boolean;
  updateTime: UtcMs;
  triggerTime: UtcMs;
  childOrderId?: bigint;
  actualPrice: Decimal;
  actualQty: Decimal;
  failReason?: string;
}

export interface Trailing {
  readonly activatePrice: Decimal;
  /** Percent. */
  readonly callbackRate: Decimal;
  isActivated: boolean;
  /** Highest price since activation for a sell, lowest for a buy. */
  extreme: number;
}

/** Becomes a limit order when triggered. */
export const isLimitAlgo = ({ orderType }: { orderType: ConditionalType }): boolean =>
  orderType === 'STOP' || orderType === 'TAKE_PROFIT';
export const isTakeProfit = ({ orderType }: { orderType: ConditionalType }): boolean =>
  orderType === 'TAKE_PROFIT' || orderType === 'TAKE_PROFIT_MARKET';
/** Ends with its position. */
export const endsWithPosition = (algo: LiveAlgo): boolean =>
  algo.closePosition || algo.timeInForce === 'GTE_GTC';
/** Triggers when the price rises to it: stops of a buy, take-profits of a sell. */
export const triggersUpward = (algo: LiveAlgo): boolean => (algo.side === 'BUY') !== isTakeProfit(algo);

export function algoSnapshot(algo: LiveAlgo): AlgoSnapshot {
  const { facts, trailing } = algo;
  const isPlaced = algo.childOrderId !== undefined;
  return {
    algoId: algo.algoId,
    clientAlgoId: algo.clientAlgoId,
    algoType: 'CONDITIONAL',
    orderType: algo.orderType,
    symbol: algo.symbol,
    side: algo.side,
    positionSide: algo.positionSide,
    timeInForce: algo.timeInForce,
    quantity: algo.quantity.eq(ZERO) ? '0' : quantityText(facts, algo.quantity),
    algoStatus: algo.status,
    triggerPrice: priceText(facts, algo.triggerPrice),
    price: priceText(facts, algo.price),
    selfTradePreventionMode: algo.selfTradePreventionMode,
    workingType: algo.workingType,
    priceMatch: algo.priceMatch,
    closePosition: algo.closePosition,
    priceProtect: algo.priceProtect,
    reduceOnly: algo.reduceOnly,
    ...(trailing !== undefined && {
      activatePrice: priceText(facts, trailing.activatePrice),
      callbackRate: trailing.callbackRate.toFixed(),
      isActivated: trailing.isActivated,
    }),
    createTime: algo.createTime,
    updateTime: algo.updateTime,
    triggerTime: algo.triggerTime,
    goodTillDate: algo.goodTillDate,
    ...(algo.childOrderId !== undefined && {
      actualOrderId: algo.childOrderId,
      actualType: isLimitAlgo(algo) ? ('LIMIT' as const) : ('MARKET' as const),
    }),
    actualPrice: averageText(facts, algo.actualPrice),
    actualQty: isPlaced && algo.actualQty.gt(ZERO) ? quantityText(facts, algo.actualQty) : '0',
    ...(algo.failReason !== undefined && { failReason: algo.failReason }),
  };
}

/** Waits for its price. */
export const isWaiting = (algo: LiveAlgo): boolean => algo.status === 'NEW';
/** Can be cancelled: no child is under way. */
export const isPending = (algo: LiveAlgo): boolean =>
  isWaiting(algo) || (algo.isStuck && algo.status === 'TRIGGERING');
/** Listed as open: not final. */
export const isLive = ({ status }: LiveAlgo): boolean =>
  status === 'NEW' || status === 'TRIGGERING' || status === 'TRIGGERED';

export class AlgoStore {
  readonly all: LiveAlgo[] = [];
  private readonly byId = new Map<bigint, LiveAlgo>();
  private readonly byClientId = new Map<string, LiveAlgo>();
  private readonly liveOnes = new Set<LiveAlgo>();

  add(algo: LiveAlgo): void {
    this.all.push(algo);
    this.byId.set(algo.algoId, algo);
    this.byClientId.set(algo.clientAlgoId, algo);
    this.liveOnes.add(algo);
  }

  /** To be called when it has become final. */
  close(algo: LiveAlgo): void {
    this.liveOnes.delete(algo);
  }

  find(algoId: bigint): LiveAlgo | undefined {
    return this.byId.get(algoId);
  }

  /** The latest of that id. */
  findByClientId(clientAlgoId: string): LiveAlgo | undefined {
    return this.byClientId.get(clientAlgoId);
  }

  /** Not final, oldest first. @param symbol undefined: all */
  live(symbol?: string): LiveAlgo[] {
    return [...this.liveOnes].filter((algo) => symbol === undefined || algo.symbol === symbol);
  }

  waiting(symbol?: string): LiveAlgo[] {
    return this.live(symbol).filter(isWaiting);
  }

  pending(symbol: string): LiveAlgo[] {
    return this.live(symbol).filter(isPending);
  }
}
