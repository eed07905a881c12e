/** Trading as `GET /v1/trading`, `/v1/signals`, `/v1/trades` and the events of the same names tell it. Money is in USDT. */

export type TradingMode = 'paper' | 'live';
export type TradingState = 'off' | 'reconciling' | 'on' | 'stopping' | 'halted';
export type BreakerLevel = 'normal' | 'warning' | 'throttled' | 'blocked';

export interface BreakerReason {
  readonly code: string;
  readonly value: number;
  readonly threshold: number;
}

export interface Breaker {
  readonly level: BreakerLevel;
  readonly isHalfOpen: boolean;
  readonly reasons: readonly BreakerReason[];
  readonly since: number;
}

export interface Position {
  readonly id: string;
  readonly symbol: string;
  readonly setup: string;
  readonly direction: 'long' | 'short';
  readonly quantity: number;
  readonly entryPrice: number;
  readonly price: number | null;
  readonly stop: number | null;
  readonly target: number | null;
  readonly openedAt: number;
  readonly unrealizedPnl: number;
  readonly unrealizedR: number | null;
  readonly fees: number;
  readonly funding: number;
  readonly confidence: number;
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

export interface TradingStatus {
  readonly state: TradingState;
  readonly since: number;
  readonly mode: TradingMode;
  readonly account: string | null;
  readonly halt?: { readonly reason: string; readonly detail: string };
  readonly obstacle?: string;
  readonly breaker: Breaker;
  readonly equity: number | null;
  readonly walletBalance: number | null;
  readonly positions: readonly Position[];
  readonly dailyPnl: number | null;
  readonly drawdown: number | null;
  readonly losingStreak: number | null;
  readonly limits: TradingLimits;
}

export interface Signal {
  readonly id: string;
  readonly symbol: string;
  readonly interval: string;
  readonly setup: string;
  readonly direction: 'long' | 'short';
  readonly at: number;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  readonly confidence: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly decision: string;
  readonly reasons: readonly string[];
}

export interface Trade {
  readonly positionId: string;
  readonly symbol: string;
  readonly setup: string;
  readonly direction: 'long' | 'short';
  readonly quantity: number;
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly exitTime: number;
  readonly exitPrice: number;
  readonly exitReason: string;
  readonly realizedPnl: number;
  readonly fees: number;
  readonly funding: number;
  readonly netPnl: number;
  readonly r: number | null;
  readonly confidence: number;
}
