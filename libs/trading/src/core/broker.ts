/**
 * The broker port: one trading account in one-way mode. Two implementations, `PaperBroker` and `BinanceBroker`, under
 * one contract suite. Quantities, prices and money are decimal strings, exact as the exchange has them.
 *
 * Calls that change something throw AppError `rejected` (surely not done, and will not be), `transient` (surely not
 * done; may be tried again) or `outcome-unknown` (ask by the client order id; never send again).
 */
import type { UtcMs } from '@slt/domain';
import type { MarginBracket } from './risk/liquidation';

/** Decimal text. Quantities are in base asset, money in USDT. */
export type Decimal = string;
export type OrderSide = 'buy' | 'sell';

/** `stop` and `take-profit` rest on the exchange (algo orders) and become market orders when triggered. */
export type OrderKind = 'market' | 'limit' | 'stop' | 'take-profit';

interface OrderBase {
  readonly symbol: string;
  /** 1 to 36 of `[.A-Za-z0-9:/_-]`; unique for ever in our journal. */
  readonly clientOrderId: string;
  readonly side: OrderSide;
  readonly quantity: Decimal;
  /** Only ever makes the position smaller. */
  readonly reduceOnly: boolean;
}

export interface MarketOrder extends OrderBase {
  readonly kind: 'market';
}
export interface LimitOrder extends OrderBase {
  readonly kind: 'limit';
  readonly price: Decimal;
  readonly timeInForce: 'GTC' | 'IOC' | 'FOK' | 'GTX';
}
export interface TriggerOrder extends OrderBase {
  readonly kind: 'stop' | 'take-profit';
  readonly triggerPrice: Decimal;
  /** What is compared with the trigger. */
  readonly workingType: 'contract' | 'mark';
}
export type NewOrder = MarketOrder | LimitOrder | TriggerOrder;

export interface OrderRef {
  readonly symbol: string;
  readonly clientOrderId: string;
  /** Tells which of the exchange's two order services knows it. */
  readonly kind: OrderKind;
}

/**
 * `resting`: accepted, not (wholly) filled; of a trigger order: waits for its price. `triggered`: a trigger order whose
 * market order is under way. The last four are final.
 */
export type OrderState = 'resting' | 'triggered' | 'filled' | 'cancelled' | 'expired' | 'rejected';

export interface OrderReport extends OrderRef {
  readonly side: OrderSide;
  readonly state: OrderState;
  readonly quantity: Decimal;
  readonly filledQuantity: Decimal;
  /** '0' while nothing is filled or where the answer does not say. */
  readonly averagePrice: Decimal;
  readonly reduceOnly: boolean;
  readonly triggerPrice?: Decimal;
  /** The exchange's ids, as text: some exceed 2^53. */
  readonly orderId?: string;
  readonly algoId?: string;
  /** Why, where it was rejected or expired. */
  readonly reason?: string;
  readonly updatedAt: UtcMs;
}

/** One execution. A trade id is unique within its symbol. */
export interface Fill {
  readonly symbol: string;
  readonly tradeId: string;
  readonly orderId: string;
  readonly clientOrderId: string;
  readonly side: OrderSide;
  readonly quantity: Decimal;
  readonly price: Decimal;
  /** Positive: paid. */
  readonly fee: Decimal;
  readonly feeAsset: string;
  /** Before fees; '0' where the position only grew. */
  readonly realizedPnl: Decimal;
  readonly isMaker: boolean;
  readonly at: UtcMs;
}

/** Positive amount: received. */
export interface FundingPayment {
  readonly symbol: string;
  readonly id: string;
  readonly amount: Decimal;
  readonly at: UtcMs;
}

export interface BrokerPosition {
  readonly symbol: string;
  /** Signed: negative for a short; never '0'. */
  readonly quantity: Decimal;
  readonly entryPrice: Decimal;
  readonly markPrice: Decimal;
  readonly unrealizedPnl: Decimal;
  /** '0' where there is none. */
  readonly liquidationPrice: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly initialMargin: Decimal;
}

export interface AccountState {
  readonly at: UtcMs;
  /** USDT: deposits + realised PnL − fees + funding. */
  readonly walletBalance: Decimal;
  /** Wallet balance + unrealised PnL. */
  readonly equity: Decimal;
  readonly availableBalance: Decimal;
  readonly maintenanceMargin: Decimal;
  readonly positions: readonly BrokerPosition[];
  /** Of both order services. */
  readonly openOrders: readonly OrderReport[];
}

export type BrokerEvent =
  | { readonly kind: 'order'; readonly report: OrderReport }
  | { readonly kind: 'fill'; readonly fill: Fill }
  | { readonly kind: 'funding'; readonly payment: FundingPayment }
  /** The account stream is (not) there; after `up` events may have been missed: reconcile. */
  | { readonly kind: 'link'; readonly isUp: boolean };

export type BrokerListener = (event: BrokerEvent) => void;

export interface Broker {
  readonly mode: 'paper' | 'live';
  /**
   * Opens the account stream; resolves when events flow. Events may come twice, late, out of order, or not at all:
   * fills are told apart by (symbol, trade id).
   */
  open(listener: BrokerListener): Promise<void>;
  /** Orders stay where they are. */
  close(): Promise<void>;
  /** Leverage and margin type of the symbol, before its first order. Without effect when they stand so already. */
  prepare(symbol: string, leverage: number): Promise<void>;
  /** The symbol's leverage brackets, ascending; undefined, or left out: not known. Answers at once. */
  brackets?(symbol: string): readonly MarginBracket[] | undefined;
  /** Resolves when the exchange has accepted the order, which may be filled by then. */
  place(order: NewOrder): Promise<OrderReport>;
  /** Resolves to the order's state after it; also when it was final before. Undefined: the exchange does not know it. */
  cancel(order: OrderRef): Promise<OrderReport | undefined>;
  /** Undefined: the exchange does not know it. */
  find(order: OrderRef): Promise<OrderReport | undefined>;
  account(): Promise<AccountState>;
  /** Ascending by time, from `since` on, inclusive. @param symbol undefined: all */
  fills(symbol: string | undefined, since: UtcMs): Promise<readonly Fill[]>;
  /** Ascending by time, from `since` on, inclusive. */
  fundings(since: UtcMs): Promise<readonly FundingPayment[]>;
  /** Heartbeat: open plain orders of these symbols are cancelled unless it comes again within the time. */
  cancelAllUnlessRepeated(symbols: readonly string[], withinMs: number): Promise<void>;
}
