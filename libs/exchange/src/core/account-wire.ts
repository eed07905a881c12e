/** Money, positions, settings and history of an account as REST answers them, in our words. v3 of each call. */
import { SECOND_MS, MINUTE_MS, DAY_MS, type DurationMs, type UtcMs } from '@slt/domain';
import { badResponse, excerpt } from './bad-response';
import type { OrderRule } from './order-window';
import { SIDES, type WireSide } from './order-wire';
import {
  count,
  type DecimalText,
  decimal,
  flag,
  id,
  instant,
  isJson,
  list,
  object,
  optionalDecimal,
  optionalText,
  text,
  word,
} from './wire-fields';
import type { OrderTrade } from './user-event';

/** One asset's wallet with what its positions make of it. */
export interface AssetAccount {
  readonly asset: string;
  readonly walletBalance: DecimalText;
  readonly unrealizedPnl: DecimalText;
  /** Wallet balance + unrealised PnL. */
  readonly marginBalance: DecimalText;
  readonly maintenanceMargin: DecimalText;
  readonly initialMargin: DecimalText;
  readonly availableBalance: DecimalText;
}

export interface AssetBalance {
  readonly asset: string;
  readonly balance: DecimalText;
  readonly availableBalance: DecimalText;
}

export interface PositionRisk {
  readonly symbol: string;
  /** Signed; may be zero, for symbols with open orders are listed too. */
  readonly quantity: DecimalText;
  readonly entryPrice: DecimalText;
  readonly markPrice: DecimalText;
  readonly unrealizedPnl: DecimalText;
  readonly liquidationPrice: DecimalText;
  readonly maintenanceMargin: DecimalText;
  /** Of the position alone, not of open orders. */
  readonly initialMargin: DecimalText;
}

export type MarginType = 'crossed' | 'isolated';

export interface SymbolSettings {
  readonly symbol: string;
  readonly marginType: MarginType;
  readonly leverage: number;
}

export interface LeverageBracket {
  readonly maxLeverage: number;
  /** Notional, floor exclusive, cap inclusive. */
  readonly notionalFloor: DecimalText;
  readonly notionalCap: DecimalText;
  readonly maintenanceMarginRate: DecimalText;
  /** Maintenance amount: maintenance margin = notional × rate − this. */
  readonly cumulative: DecimalText;
}

export interface CommissionRate {
  readonly maker: DecimalText;
  readonly taker: DecimalText;
}

/** One of our own executions. */
export interface AccountTrade extends OrderTrade {
  readonly symbol: string;
  readonly orderId: string;
  readonly side: WireSide;
}

export interface IncomeRow {
  /** '' where it concerns none. */
  readonly symbol: string;
  /** The exchange's own word: FUNDING_FEE, COMMISSION, … */
  readonly type: string;
  /** Positive: received. */
  readonly amount: DecimalText;
  readonly asset: string;
  readonly id: string;
  readonly at: UtcMs;
}

const MARGIN_TYPES: Readonly<Record<string, MarginType>> = {
  CROSSED: 'crossed',
  CROSS: 'crossed',
  cross: 'crossed',
  ISOLATED: 'isolated',
  isolated: 'isolated',
};

const UNITS: Readonly<Record<string, DurationMs>> = { SECOND: SECOND_MS, MINUTE: MINUTE_MS, DAY: DAY_MS };

export function parseAccount(body: unknown): AssetAccount[] {
  return list(object(body, 'account')['assets'], 'assets').map((row) => ({
    asset: text(row, 'asset'),
    walletBalance: decimal(row, 'walletBalance'),
    unrealizedPnl: decimal(row, 'unrealizedProfit'),
    marginBalance: decimal(row, 'marginBalance'),
    maintenanceMargin: decimal(row, 'maintMargin'),
    initialMargin: decimal(row, 'initialMargin'),
    availableBalance: decimal(row, 'availableBalance'),
  }));
}

export function parseBalances(body: unknown): AssetBalance[] {
  return list(body, 'balances').map((row) => ({
    asset: text(row, 'asset'),
    balance: decimal(row, 'balance'),
    availableBalance: decimal(row, 'availableBalance'),
  }));
}

export function parsePositions(body: unknown): PositionRisk[] {
  return list(body, 'positions').map((row) => ({
    symbol: text(row, 'symbol'),
    quantity: decimal(row, 'positionAmt'),
    entryPrice: decimal(row, 'entryPrice'),
    markPrice: decimal(row, 'markPrice'),
    unrealizedPnl: decimal(row, 'unRealizedProfit'),
    liquidationPrice: decimal(row, 'liquidationPrice'),
    maintenanceMargin: decimal(row, 'maintMargin'),
    initialMargin: optionalDecimal(row, 'positionInitialMargin') ?? decimal(row, 'initialMargin'),
  }));
}

export function parseSymbolSettings(body: unknown): SymbolSettings[] {
  return list(body, 'symbol settings').map((row) => ({
    symbol: text(row, 'symbol'),
    marginType: word(row, 'marginType', MARGIN_TYPES),
    leverage: count(row, 'leverage'),
  }));
}

/** Of one symbol the answer is an object by the documentation, a list of one by experience. */
export function parseBrackets(body: unknown): Map<string, LeverageBracket[]> {
  const rows = list(isJson(body) ? [body] : body, 'leverage brackets');
  return new Map(rows.map((row) => [text(row, 'symbol'), list(row['brackets'], 'brackets').map(bracket)]));
}

function bracket(row: Parameters<typeof decimal>[0]): LeverageBracket {
  return {
    maxLeverage: count(row, 'initialLeverage'),
    notionalFloor: decimal(row, 'notionalFloor'),
    notionalCap: decimal(row, 'notionalCap'),
    maintenanceMarginRate: decimal(row, 'maintMarginRatio'),
    cumulative: decimal(row, 'cum'),
  };
}

export function parseCommissionRate(body: unknown): CommissionRate {
  const row = object(body, 'commission rate');
  return { maker: decimal(row, 'makerCommissionRate'), taker: decimal(row, 'takerCommissionRate') };
}

export function parseTrades(body: unknown): AccountTrade[] {
  return list(body, 'trades').map((row) => ({
    symbol: text(row, 'symbol'),
    tradeId: id(row, 'id'),
    orderId: id(row, 'orderId'),
    side: word(row, 'side', SIDES),
    quantity: decimal(row, 'qty'),
    price: decimal(row, 'price'),
    fee: decimal(row, 'commission'),
    feeAsset: text(row, 'commissionAsset'),
    realizedPnl: decimal(row, 'realizedPnl'),
    isMaker: flag(row, 'maker'),
    at: instant(row, 'time'),
  }));
}

export function parseIncome(body: unknown): IncomeRow[] {
  return list(body, 'income').map((row) => ({
    symbol: optionalText(row, 'symbol'),
    type: text(row, 'incomeType'),
    amount: decimal(row, 'income'),
    asset: text(row, 'asset'),
    id: id(row, 'tranId'),
    at: instant(row, 'time'),
  }));
}

/** How many new orders an account may send; other rules in the list are left out. */
export function parseOrderRules(body: unknown): OrderRule[] {
  return list(body, 'rate limits').flatMap((row) => {
    if (row['rateLimitType'] !== 'ORDERS') return [];
    const [limit, intervals] = [count(row, 'limit'), count(row, 'intervalNum')];
    if (limit < 1 || intervals < 1) throw badResponse(`no usable limit of orders: ${excerpt(row)}`);
    return [{ limit, periodMs: intervals * word(row, 'interval', UNITS) }];
  });
}

/** The answer to a question for yes or no, such as `{"dualSidePosition":true}`. */
export function parseFlag(body: unknown, key: string): boolean {
  const row = object(body, key);
  if (row[key] === undefined) throw badResponse(`no "${key}": ${excerpt(body)}`);
  return flag(row, key);
}

/** The answer to a change that carries nothing but its success. Its code is a text in some answers. */
export function parseDone(body: unknown): void {
  const code = object(body, 'confirmation')['code'];
  if (Number(code) !== 200) throw badResponse(`no confirmation: ${excerpt(body)}`);
}
