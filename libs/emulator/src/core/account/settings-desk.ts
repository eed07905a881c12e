/** Leverage, margin type, margin of isolated positions, position mode, multi-assets mode (reference A2, A7, A8). */
import type { UtcMs } from '@slt/domain';
import type { EmulatedSymbol } from '../market';
import { invalidData, mandatoryParameter } from '../rest-error';
import type { Account } from './account';
import { announceBalance } from './announce';
import { maxLeverage, maxNotional, toLeverageBrackets } from './brackets';
import type { Holding } from './holding';
import { availableBalance, marginOf, margins } from './margin';
import { type Decimal, greatest, least, sum, ZERO } from './money';
import {
  booleanOf,
  decimalOf,
  mandatory,
  optionalSymbolOf,
  type Params,
  symbolOf,
  wholeNumberOf,
  wordOf,
} from './params';
import type { LeverageBracket, SymbolConfig } from './position';
import {
  amountNotPositive,
  crossInsufficient,
  invalidLeverage,
  invalidPositionSide,
  isolatedInsufficient,
  isolatedWithMultiAssets,
  leverageReductionIsolated,
  leverageTooSmall,
  marginTypeHasOrders,
  marginTypeHasPosition,
  multiAssetsHasOrders,
  multiAssetsWithIsolated,
  noPositionForMargin,
  notIsolated,
  positionModeHasOrders,
  positionModeHasPosition,
  positionTooLarge,
  sameMarginType,
  sameMultiAssets,
  samePositionMode,
  wrongPositionSide,
} from './refusals';
import type { TimeLine } from './time-line';

/** Each call first brings the account to `now`. All throw RestError. */
export class SettingsDesk {
  constructor(
    private readonly account: Account,
    private readonly time: TimeLine,
  ) {}

  /** More leverage is bounded by the brackets, less by the margin there is. */
  setLeverage(params: Params, now: UtcMs): { symbol: string; leverage: number; maxNotionalValue: string } {
    const at = this.time.advance(now);
    const symbol = this.symbolOf(params, at);
    const leverage = wholeNumberOf(params, 'leverage');
    if (leverage === undefined) throw mandatoryParameter('leverage');
    if (leverage < 1 || leverage > maxLeverage(symbol)) throw invalidLeverage(String(leverage));
    const settings = this.account.settingsOf(symbol);
    if (leverage !== settings.leverage) {
      this.checkLeverage(symbol, leverage, at);
      settings.leverage = leverage;
      this.account.emit({ kind: 'leverage-update', at, symbol: symbol.symbol, leverage });
    }
    return { symbol: symbol.symbol, leverage, maxNotionalValue: maxNotional(symbol, leverage).toFixed() };
  }

  setMarginType(params: Params, now: UtcMs): void {
    const at = this.time.advance(now);
    const symbol = this.symbolOf(params, at);
    mandatory(params, 'marginType');
    const wanted = wordOf(params, 'marginType', ['ISOLATED', 'CROSSED', 'CROSS'] as const, () =>
      invalidData('marginType'),
    );
    const marginType = wanted === 'ISOLATED' ? 'ISOLATED' : 'CROSSED';
    const settings = this.account.settingsOf(symbol);
    if (marginType === settings.marginType) throw sameMarginType();
    if (marginType === 'ISOLATED' && this.account.isMultiAssetsMode) throw isolatedWithMultiAssets();
    if (this.hasOrders(symbol.symbol)) throw marginTypeHasOrders();
    if (this.account.held(symbol.symbol).length > 0) throw marginTypeHasPosition();
    settings.marginType = marginType;
    const sides = this.account.isHedgeMode ? (['LONG', 'SHORT'] as const) : (['BOTH'] as const);
    const holdings = sides.map((side) => this.account.holding(symbol, side));
    announceBalance(this.account, { reason: 'MARGIN_TYPE_CHANGE', at, holdings });
  }

  /** POST /positionMargin: type 1 adds, 2 takes away. */
  changePositionMargin(params: Params, now: UtcMs): { amount: string; type: 1 | 2 } {
    const at = this.time.advance(now);
    const symbol = this.symbolOf(params, at);
    const amount = decimalOf(params, 'amount');
    if (amount === undefined) throw mandatoryParameter('amount');
    const type = wholeNumberOf(params, 'type');
    if (type === undefined) throw mandatoryParameter('type');
    if (type !== 1 && type !== 2) throw invalidData('type');
    if (amount.lte(ZERO)) throw amountNotPositive();
    if (!this.account.isIsolated(symbol)) throw notIsolated();
    const holding = this.isolatedHolding(params, symbol);
    if (type === 1) {
      if (amount.gt(availableBalance(this.account, at))) throw crossInsufficient();
      holding.isolatedWallet = holding.isolatedWallet.plus(amount);
    } else {
      if (amount.gt(this.removable(holding, at))) throw isolatedInsufficient();
      holding.isolatedWallet = holding.isolatedWallet.minus(amount);
    }
    announceBalance(this.account, { reason: 'MARGIN_TRANSFER', at, holdings: [holding] });
    return { amount: amount.toFixed(), type };
  }

  setPositionMode(params: Params, now: UtcMs): void {
    this.time.advance(now);
    const isHedge = mandatoryBoolean(params, 'dualSidePosition');
    if (isHedge === this.account.isHedgeMode) throw samePositionMode();
    if (this.hasOrders()) throw positionModeHasOrders();
    if (this.account.isHolding) throw positionModeHasPosition();
    this.account.isHedgeMode = isHedge;
  }

  /** A flag only: there is but one asset. */
  setMultiAssetsMode(params: Params, now: UtcMs): void {
    const at = this.time.advance(now);
    const isOn = mandatoryBoolean(params, 'multiAssetsMargin');
    if (isOn === this.account.isMultiAssetsMode) throw sameMultiAssets();
    if (isOn && this.hasIsolated()) throw multiAssetsWithIsolated();
    if (this.hasOrders()) throw multiAssetsHasOrders();
    this.account.isMultiAssetsMode = isOn;
    this.account.emit({ kind: 'multi-assets-update', at, isOn });
  }

  get isHedgeMode(): boolean {
    return this.account.isHedgeMode;
  }

  get isMultiAssetsMode(): boolean {
    return this.account.isMultiAssetsMode;
  }

  /** Without symbol: of every listed symbol. */
  leverageBrackets(params: Params, now: UtcMs): { symbol: string; brackets: readonly LeverageBracket[] }[] {
    return this.listed(params, now).map((symbol) => ({
      symbol: symbol.symbol,
      brackets: toLeverageBrackets(symbol),
    }));
  }

  /** Without symbol: of every listed symbol. */
  symbolConfig(params: Params, now: UtcMs): SymbolConfig[] {
    return this.listed(params, now).map((symbol) => {
      const { leverage, marginType } = this.account.settingsOf(symbol);
      const maxNotionalValue = maxNotional(symbol, leverage).toFixed();
      return { symbol: symbol.symbol, marginType, leverage, maxNotionalValue };
    });
  }

  private listed(params: Params, now: UtcMs): readonly EmulatedSymbol[] {
    const { market } = this.account.view;
    const symbol = optionalSymbolOf(params, market, now);
    return symbol === undefined ? market.listed(now) : [symbol];
  }

  private symbolOf(params: Params, now: UtcMs): EmulatedSymbol {
    return symbolOf(params, this.account.view.market, now);
  }

  private hasOrders(symbol?: string): boolean {
    const { orders, algos } = this.account;
    const plain = symbol === undefined ? orders.hasOpen : orders.openOf(symbol).length > 0;
    return plain || algos.live(symbol).length > 0;
  }

  private hasIsolated(): boolean {
    const { account } = this;
    return account.configuredSymbols().some((name) => account.isIsolated(account.view.symbol(name)));
  }

  private checkLeverage(symbol: EmulatedSymbol, leverage: number, now: UtcMs): void {
    const { account } = this;
    const settings = account.settingsOf(symbol);
    const held = account.held(symbol.symbol);
    const rows = margins(account, now).filter((row) => row.holding.symbol === symbol.symbol);
    const notional = sum(
      rows.map((row) => greatest(row.notional.plus(row.bids).abs(), row.notional.minus(row.asks).abs())),
    );
    if (leverage > settings.leverage) {
      if (notional.gt(maxNotional(symbol, leverage))) throw positionTooLarge();
      return;
    }
    if (settings.marginType === 'ISOLATED' && held.length > 0) throw leverageReductionIsolated();
    const added = notional.div(leverage).minus(notional.div(settings.leverage));
    if (added.gt(availableBalance(account, now))) throw leverageTooSmall();
  }

  private isolatedHolding(params: Params, symbol: EmulatedSymbol): Holding {
    const sides = ['BOTH', 'LONG', 'SHORT'] as const;
    const side = wordOf(params, 'positionSide', sides, invalidPositionSide) ?? 'BOTH';
    if ((side === 'BOTH') === this.account.isHedgeMode) throw wrongPositionSide();
    const holding = this.account.holding(symbol, side);
    if (holding.isFlat) throw noPositionForMargin();
    return holding;
  }

  /** What the isolated wallet has above the initial margin, losses counted. */
  private removable(holding: Holding, now: UtcMs): Decimal {
    const row = marginOf(this.account, holding, now);
    const losses = least(ZERO, row.unrealized);
    return holding.isolatedWallet.plus(losses).minus(row.positionInitial);
  }
}

function mandatoryBoolean(params: Params, name: string): boolean {
  const value = booleanOf(params, name);
  if (value === undefined) throw mandatoryParameter(name);
  return value;
}
