/** Positions, balances and settings of an account as plain data (reference A8, B). */
import type { UtcMs } from '@slt/domain';
import type { PositionSide } from './order';

export type MarginType = 'CROSSED' | 'ISOLATED';

export interface PositionSnapshot {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  /** Signed: negative for a short. */
  readonly positionAmt: string;
  readonly entryPrice: string;
  readonly breakEvenPrice: string;
  readonly markPrice: string;
  readonly unrealizedProfit: string;
  /** '0' where no price would liquidate it. */
  readonly liquidationPrice: string;
  readonly marginType: MarginType;
  readonly leverage: number;
  /** Isolated wallet + unrealised profit; '0' for cross. */
  readonly isolatedMargin: string;
  readonly isolatedWallet: string;
  /** Signed, at mark. */
  readonly notional: string;
  /** Of position and open orders. */
  readonly initialMargin: string;
  readonly positionInitialMargin: string;
  readonly openOrderInitialMargin: string;
  readonly maintMargin: string;
  /** Notional of open buy and sell orders. */
  readonly bidNotional: string;
  readonly askNotional: string;
  /** Realised since the position was opened, before fees (`cr` of ACCOUNT_UPDATE). */
  readonly accumulatedRealized: string;
  readonly adl: number;
  readonly updateTime: UtcMs;
}

/** The USDT wallet. */
export interface BalanceSnapshot {
  readonly asset: 'USDT';
  readonly walletBalance: string;
  readonly crossWalletBalance: string;
  /** Of cross positions. */
  readonly crossUnrealizedPnl: string;
  /** Of all positions. */
  readonly unrealizedProfit: string;
  /** Wallet + unrealised profit. */
  readonly marginBalance: string;
  readonly initialMargin: string;
  readonly positionInitialMargin: string;
  readonly openOrderInitialMargin: string;
  readonly maintMargin: string;
  readonly availableBalance: string;
  readonly maxWithdrawAmount: string;
  readonly updateTime: UtcMs;
}

export interface SymbolConfig {
  readonly symbol: string;
  readonly marginType: MarginType;
  readonly leverage: number;
  /** Greatest notional at this leverage. */
  readonly maxNotionalValue: string;
}

export interface LeverageBracket {
  /** 1, 2, … from the smallest notional. */
  readonly bracket: number;
  readonly initialLeverage: number;
  /** Inclusive. */
  readonly notionalCap: string;
  /** Exclusive, but for the first. */
  readonly notionalFloor: string;
  readonly maintMarginRatio: string;
  readonly cum: string;
}

export const INCOME_TYPES = [
  'TRANSFER',
  'REALIZED_PNL',
  'COMMISSION',
  'FUNDING_FEE',
  'INSURANCE_CLEAR',
] as const;
export type IncomeType = (typeof INCOME_TYPES)[number];

/** One change of the wallet. */
export interface IncomeRow {
  /** '' for transfers. */
  readonly symbol: string;
  readonly incomeType: IncomeType;
  /** Signed: positive was received. */
  readonly income: string;
  readonly asset: 'USDT';
  /** The trade's id for REALIZED_PNL and COMMISSION, else a word. */
  readonly info: string;
  readonly time: UtcMs;
  /** Unique within the account. */
  readonly tranId: number;
  /** '' where it does not come from a trade. */
  readonly tradeId: string;
  /** The wallet after it. */
  readonly balanceAfter: string;
}
