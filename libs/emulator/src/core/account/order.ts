/**
 * Plain orders as the exchange keeps them (reference A2, A6, B). Amounts are decimal text exactly as the wire has them;
 * ids are big integers, as those of some symbols exceed 2^53.
 */
import type { UtcMs } from '@slt/domain';

export type Side = 'BUY' | 'SELL';
/** BOTH in one-way mode, LONG or SHORT in hedge mode. */
export type PositionSide = 'BOTH' | 'LONG' | 'SHORT';
export type OrderType = 'MARKET' | 'LIMIT';
/** GTE_GTC only on algo orders that end with their position. */
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTX' | 'GTD' | 'GTE_GTC';
export type WorkingType = 'CONTRACT_PRICE' | 'MARK_PRICE';
export type OrderStatus = 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED' | 'EXPIRED_IN_MATCH';
/** `x` of ORDER_TRADE_UPDATE. CALCULATED: an execution of a forced order. */
export type ExecutionType = 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'AMENDMENT' | 'CALCULATED';
export type ConditionalType =
  'STOP' | 'STOP_MARKET' | 'TAKE_PROFIT' | 'TAKE_PROFIT_MARKET' | 'TRAILING_STOP_MARKET';
export type StpMode = 'NONE' | 'EXPIRE_TAKER' | 'EXPIRE_MAKER' | 'EXPIRE_BOTH';

/** One order as it stands; a snapshot never changes. */
export interface OrderSnapshot {
  readonly symbol: string;
  readonly orderId: bigint;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly type: OrderType;
  /** The algo order's type for its child, else the type. */
  readonly origType: OrderType | ConditionalType;
  readonly timeInForce: TimeInForce;
  readonly origQty: string;
  /** '0' for market orders. */
  readonly price: string;
  /** The algo order's trigger price for its child, else '0'. */
  readonly stopPrice: string;
  readonly status: OrderStatus;
  readonly executedQty: string;
  /** Quote asset traded so far. */
  readonly cumQuote: string;
  /** '0' before the first trade. */
  readonly avgPrice: string;
  readonly reduceOnly: boolean;
  readonly closePosition: boolean;
  readonly workingType: WorkingType;
  readonly priceProtect: boolean;
  readonly priceMatch: string;
  readonly selfTradePreventionMode: StpMode;
  /** 0 where the time in force is not GTD. */
  readonly goodTillDate: UtcMs;
  /** Of TRAILING_STOP_MARKET's child. */
  readonly activatePrice?: string;
  readonly priceRate?: string;
  /** Of the last amendment, where it gave one. */
  readonly modifyId?: string;
  /** When it was placed. */
  readonly time: UtcMs;
  readonly updateTime: UtcMs;
  /** `er`: why it expired; '0' otherwise. '4': knocked out as reduce-only. */
  readonly expiryReason: string;
}

/** One execution; ids ascend within a symbol. */
export interface TradeRecord {
  readonly symbol: string;
  readonly tradeId: number;
  readonly orderId: bigint;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly price: string;
  readonly qty: string;
  readonly quoteQty: string;
  /** Before fees; '0' where the position only grew. */
  readonly realizedPnl: string;
  /** Positive: paid. */
  readonly commission: string;
  readonly commissionAsset: string;
  readonly isMaker: boolean;
  readonly time: UtcMs;
}
