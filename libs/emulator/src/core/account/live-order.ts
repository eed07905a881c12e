/** An order while it lives, and the store of all that ever were. Only order-life.ts and fills.ts change one. */
import type { UtcMs } from '@slt/domain';
import type { SymbolFacts } from '../market';
import { averageText, type Decimal, moneyText, priceText, quantityText, sum, ZERO } from './money';
import type {
  ConditionalType,
  OrderSnapshot,
  OrderStatus,
  OrderType,
  PositionSide,
  Side,
  StpMode,
  TimeInForce,
  WorkingType,
} from './order';

export interface LiveOrder {
  readonly facts: SymbolFacts;
  readonly symbol: string;
  readonly orderId: bigint;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly type: OrderType;
  readonly origType: OrderType | ConditionalType;
  readonly timeInForce: TimeInForce;
  readonly stopPrice: Decimal;
  readonly reduceOnly: boolean;
  readonly closePosition: boolean;
  readonly workingType: WorkingType;
  readonly priceProtect: boolean;
  readonly priceMatch: string;
  readonly selfTradePreventionMode: StpMode;
  readonly goodTillDate: UtcMs;
  readonly activatePrice?: string;
  readonly priceRate?: string;
  readonly time: UtcMs;
  /** Of the algo order it is the child of. */
  readonly algoId?: bigint;
  /** reduceOnly, or in hedge mode the side that closes. */
  readonly isClosing: boolean;
  quantity: Decimal;
  /** 0 for market orders. */
  price: Decimal;
  status: OrderStatus;
  executed: Decimal;
  cumQuote: Decimal;
  modifyId?: string;
  updateTime: UtcMs;
  expiryReason: string;
  amendments: number;
  /** Quantity that stands before it at its price. */
  ahead: Decimal;
}

export const isOpen = (order: LiveOrder): boolean =>
  order.status === 'NEW' || order.status === 'PARTIALLY_FILLED';

export const restOf = (order: LiveOrder): Decimal => order.quantity.minus(order.executed);

export function orderSnapshot(order: LiveOrder): OrderSnapshot {
  const { facts } = order;
  const isFilled = order.executed.gt(ZERO);
  return {
    symbol: order.symbol,
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    side: order.side,
    positionSide: order.positionSide,
    type: order.type,
    origType: order.origType,
    timeInForce: order.timeInForce,
    origQty: quantityText(facts, order.quantity),
    price: priceText(facts, order.price),
    stopPrice: priceText(facts, order.stopPrice),
    status: order.status,
    executedQty: quantityText(facts, order.executed),
    cumQuote: moneyText(order.cumQuote),
    avgPrice: isFilled ? averageText(facts, order.cumQuote.div(order.executed)) : '0',
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    workingType: order.workingType,
    priceProtect: order.priceProtect,
    priceMatch: order.priceMatch,
    selfTradePreventionMode: order.selfTradePreventionMode,
    goodTillDate: order.goodTillDate,
    ...(order.activatePrice !== undefined && { activatePrice: order.activatePrice }),
    ...(order.priceRate !== undefined && { priceRate: order.priceRate }),
    ...(order.modifyId !== undefined && { modifyId: order.modifyId }),
    time: order.time,
    updateTime: order.updateTime,
    expiryReason: order.expiryReason,
  };
}

/** All orders of an account, oldest first, with the open ones at hand. */
export class OrderStore {
  readonly all: LiveOrder[] = [];
  private readonly byId = new Map<string, LiveOrder>();
  /** The latest of that id: only open ones are told apart by it. */
  private readonly byClientId = new Map<string, LiveOrder>();
  private readonly openBySymbol = new Map<string, LiveOrder[]>();
  private openCount = 0;

  add(order: LiveOrder): void {
    this.all.push(order);
    this.byId.set(`${order.symbol}/${order.orderId}`, order);
    this.byClientId.set(`${order.symbol}/${order.clientOrderId}`, order);
    this.openCount++;
    const open = this.openBySymbol.get(order.symbol);
    if (open === undefined) this.openBySymbol.set(order.symbol, [order]);
    else open.push(order);
  }

  /** To be called when an order has become final. */
  close(order: LiveOrder): void {
    const open = this.openBySymbol.get(order.symbol) ?? [];
    const place = open.indexOf(order);
    if (place < 0) return;
    this.openCount--;
    if (open.length === 1) this.openBySymbol.delete(order.symbol);
    else open.splice(place, 1);
  }

  /** An amended order goes to the end of the line. */
  moveToEnd(order: LiveOrder): void {
    const open = this.openBySymbol.get(order.symbol) ?? [];
    const place = open.indexOf(order);
    if (place >= 0) open.push(...open.splice(place, 1));
  }

  find(symbol: string, orderId: bigint): LiveOrder | undefined {
    return this.byId.get(`${symbol}/${orderId}`);
  }

  findByClientId(symbol: string, clientOrderId: string): LiveOrder | undefined {
    return this.byClientId.get(`${symbol}/${clientOrderId}`);
  }

  /** By priority in time. Do not change orders while walking it: copy it first. */
  openOf(symbol: string): readonly LiveOrder[] {
    return this.openBySymbol.get(symbol) ?? [];
  }

  openSymbols(): string[] {
    return [...this.openBySymbol.keys()];
  }

  get hasOpen(): boolean {
    return this.openCount > 0;
  }

  /** Notional of the open orders of a side at their prices. @param openingOnly leaves reduce-only ones out */
  notionalOf(
    symbol: string,
    side: Side,
    positionSide: PositionSide | undefined,
    openingOnly: boolean,
  ): Decimal {
    const counted = this.openOf(symbol).filter(
      (order) =>
        order.side === side &&
        (positionSide === undefined || order.positionSide === positionSide) &&
        !(openingOnly && order.isClosing),
    );
    return sum(counted.map((order) => restOf(order).times(order.price)));
  }
}
