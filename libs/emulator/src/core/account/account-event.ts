/**
 * What an account's stream tells, in order, each with its exchange time. wire-events.ts makes frames of them. The order at a
 * trade is TRADE_LITE, ACCOUNT_UPDATE, ORDER_TRADE_UPDATE.
 */
import type { UtcMs } from '@slt/domain';
import type { AlgoSnapshot } from './algo-order';
import type { ExecutionType, OrderSnapshot, TradeRecord } from './order';
import type { PositionSnapshot } from './position';

export type AccountUpdateReason =
  | 'DEPOSIT'
  | 'WITHDRAW'
  | 'ORDER'
  | 'FUNDING_FEE'
  | 'INSURANCE_CLEAR'
  | 'MARGIN_TRANSFER'
  | 'MARGIN_TYPE_CHANGE';

export interface OrderTradeUpdate {
  readonly kind: 'order-trade-update';
  readonly at: UtcMs;
  readonly execution: ExecutionType;
  readonly order: OrderSnapshot;
  /** Given with TRADE and CALCULATED. */
  readonly trade?: TradeRecord;
  /** Notional of the symbol's open buy and sell orders (`b`, `a`). */
  readonly bidNotional: string;
  readonly askNotional: string;
}

export interface TradeLite {
  readonly kind: 'trade-lite';
  readonly at: UtcMs;
  readonly order: OrderSnapshot;
  readonly trade: TradeRecord;
}

export interface AccountUpdate {
  readonly kind: 'account-update';
  readonly at: UtcMs;
  readonly reason: AccountUpdateReason;
  readonly balance: {
    readonly asset: 'USDT';
    readonly walletBalance: string;
    readonly crossWalletBalance: string;
    /** Change except realised profit and commission. */
    readonly balanceChange: string;
  };
  readonly positions: readonly PositionSnapshot[];
  /** `S`: with FUNDING_FEE. */
  readonly symbol?: string;
}

export interface AlgoUpdate {
  readonly kind: 'algo-update';
  readonly at: UtcMs;
  readonly algo: AlgoSnapshot;
}

export interface MarginCall {
  readonly kind: 'margin-call';
  readonly at: UtcMs;
  /** Only where cross positions are called. */
  readonly crossWalletBalance?: string;
  readonly positions: readonly PositionSnapshot[];
}

export interface LeverageUpdate {
  readonly kind: 'leverage-update';
  readonly at: UtcMs;
  readonly symbol: string;
  readonly leverage: number;
}

export interface MultiAssetsUpdate {
  readonly kind: 'multi-assets-update';
  readonly at: UtcMs;
  readonly isOn: boolean;
}

export type AccountEvent =
  OrderTradeUpdate | TradeLite | AccountUpdate | AlgoUpdate | MarginCall | LeverageUpdate | MultiAssetsUpdate;

export type AccountListener = (event: AccountEvent) => void;
