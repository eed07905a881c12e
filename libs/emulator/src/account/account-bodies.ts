/** Balances, positions and settings as REST answers them: the v2 calls, and v3 with less in it (reference A2, Part B). */
import type { UtcMs } from '@slt/domain';
import type { BalanceSnapshot, IncomeRow, LeverageBracket, PositionSnapshot } from '../core/account';

/** What an account says of itself besides money. */
export interface AccountFlags {
  readonly canTrade: boolean;
  readonly isHedgeMode: boolean;
  readonly isMultiAssetsMode: boolean;
}

export function positionRiskV3(position: PositionSnapshot): Record<string, unknown> {
  return {
    symbol: position.symbol,
    positionSide: position.positionSide,
    positionAmt: position.positionAmt,
    entryPrice: position.entryPrice,
    breakEvenPrice: position.breakEvenPrice,
    markPrice: position.markPrice,
    unRealizedProfit: position.unrealizedProfit,
    liquidationPrice: position.liquidationPrice,
    isolatedMargin: position.isolatedMargin,
    notional: position.notional,
    marginAsset: 'USDT',
    isolatedWallet: position.isolatedWallet,
    initialMargin: position.initialMargin,
    maintMargin: position.maintMargin,
    positionInitialMargin: position.positionInitialMargin,
    openOrderInitialMargin: position.openOrderInitialMargin,
    adl: position.adl,
    bidNotional: position.bidNotional,
    askNotional: position.askNotional,
    updateTime: position.updateTime,
  };
}

/** Its isAutoAddMargin is a text, its marginType in lower case. */
export function positionRiskV2(
  position: PositionSnapshot,
  maxNotionalValue: string,
): Record<string, unknown> {
  return {
    symbol: position.symbol,
    positionAmt: position.positionAmt,
    entryPrice: position.entryPrice,
    breakEvenPrice: position.breakEvenPrice,
    markPrice: position.markPrice,
    unRealizedProfit: position.unrealizedProfit,
    liquidationPrice: position.liquidationPrice,
    leverage: String(position.leverage),
    maxNotionalValue,
    marginType: wireMarginType(position),
    isolatedMargin: position.isolatedMargin,
    isAutoAddMargin: 'false',
    positionSide: position.positionSide,
    notional: position.notional,
    isolatedWallet: position.isolatedWallet,
    updateTime: position.updateTime,
    isolated: position.marginType === 'ISOLATED',
    adlQuantile: position.adl,
  };
}

/** As v2 answers and frames of the account stream have it. */
export function wireMarginType({ marginType }: PositionSnapshot): 'cross' | 'isolated' {
  return marginType === 'ISOLATED' ? 'isolated' : 'cross';
}

export function accountV3(
  balance: BalanceSnapshot,
  positions: readonly PositionSnapshot[],
): Record<string, unknown> {
  return {
    ...totals(balance),
    assets: [asset(balance)],
    positions: positions.map((position) => ({
      symbol: position.symbol,
      positionSide: position.positionSide,
      positionAmt: position.positionAmt,
      unrealizedProfit: position.unrealizedProfit,
      isolatedMargin: position.isolatedMargin,
      notional: position.notional,
      isolatedWallet: position.isolatedWallet,
      initialMargin: position.initialMargin,
      maintMargin: position.maintMargin,
      updateTime: position.updateTime,
    })),
  };
}

export function accountV2(
  balance: BalanceSnapshot,
  positions: readonly PositionSnapshot[],
  flags: AccountFlags,
): Record<string, unknown> {
  return {
    feeTier: 0,
    feeBurn: false,
    canTrade: flags.canTrade,
    canDeposit: true,
    canWithdraw: true,
    updateTime: 0,
    multiAssetsMargin: flags.isMultiAssetsMode,
    tradeGroupId: -1,
    ...totals(balance),
    assets: [{ ...asset(balance), marginAvailable: true }],
    positions: positions.map((position) => ({
      symbol: position.symbol,
      initialMargin: position.initialMargin,
      maintMargin: position.maintMargin,
      unrealizedProfit: position.unrealizedProfit,
      positionInitialMargin: position.positionInitialMargin,
      openOrderInitialMargin: position.openOrderInitialMargin,
      leverage: String(position.leverage),
      isolated: position.marginType === 'ISOLATED',
      entryPrice: position.entryPrice,
      breakEvenPrice: position.breakEvenPrice,
      bidNotional: position.bidNotional,
      askNotional: position.askNotional,
      positionSide: position.positionSide,
      positionAmt: position.positionAmt,
      isolatedWallet: position.isolatedWallet,
      notional: position.notional,
      updateTime: position.updateTime,
    })),
  };
}

function totals(balance: BalanceSnapshot): Record<string, unknown> {
  return {
    totalInitialMargin: balance.initialMargin,
    totalMaintMargin: balance.maintMargin,
    totalWalletBalance: balance.walletBalance,
    totalUnrealizedProfit: balance.unrealizedProfit,
    totalMarginBalance: balance.marginBalance,
    totalPositionInitialMargin: balance.positionInitialMargin,
    totalOpenOrderInitialMargin: balance.openOrderInitialMargin,
    totalCrossWalletBalance: balance.crossWalletBalance,
    totalCrossUnPnl: balance.crossUnrealizedPnl,
    availableBalance: balance.availableBalance,
    maxWithdrawAmount: balance.maxWithdrawAmount,
  };
}

function asset(balance: BalanceSnapshot): Record<string, unknown> {
  return {
    asset: balance.asset,
    walletBalance: balance.walletBalance,
    unrealizedProfit: balance.unrealizedProfit,
    marginBalance: balance.marginBalance,
    maintMargin: balance.maintMargin,
    initialMargin: balance.initialMargin,
    positionInitialMargin: balance.positionInitialMargin,
    openOrderInitialMargin: balance.openOrderInitialMargin,
    crossWalletBalance: balance.crossWalletBalance,
    crossUnPnl: balance.crossUnrealizedPnl,
    availableBalance: balance.availableBalance,
    maxWithdrawAmount: balance.maxWithdrawAmount,
    updateTime: balance.updateTime,
  };
}

/** v2 and v3 alike. */
export function balanceRow(balance: BalanceSnapshot, accountAlias: string): Record<string, unknown> {
  return {
    accountAlias,
    asset: balance.asset,
    balance: balance.walletBalance,
    crossWalletBalance: balance.crossWalletBalance,
    crossUnPnl: balance.crossUnrealizedPnl,
    availableBalance: balance.availableBalance,
    maxWithdrawAmount: balance.maxWithdrawAmount,
    marginAvailable: true,
    updateTime: balance.updateTime,
  };
}

export function incomeBody(row: IncomeRow): Record<string, unknown> {
  return {
    symbol: row.symbol,
    incomeType: row.incomeType,
    income: row.income,
    asset: row.asset,
    time: row.time,
    info: row.info,
    tranId: row.tranId,
    tradeId: row.tradeId,
  };
}

/** All but the leverage are numbers of money here, not texts. */
export function bracketBody(bracket: LeverageBracket): Record<string, unknown> {
  return {
    bracket: bracket.bracket,
    initialLeverage: bracket.initialLeverage,
    notionalCap: Number(bracket.notionalCap),
    notionalFloor: Number(bracket.notionalFloor),
    maintMarginRatio: Number(bracket.maintMarginRatio),
    cum: Number(bracket.cum),
  };
}

export function accountConfigBody(flags: AccountFlags, now: UtcMs): Record<string, unknown> {
  return {
    feeTier: 0,
    canTrade: flags.canTrade,
    canDeposit: true,
    canWithdraw: true,
    dualSidePosition: flags.isHedgeMode,
    updateTime: now,
    multiAssetsMargin: flags.isMultiAssetsMode,
    tradeGroupId: -1,
  };
}
