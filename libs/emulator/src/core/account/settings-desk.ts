/** Leverage, margin type, margin of isolated positions, position mode, multi-assets mode. */
import { AppError, type UtcMs } from '@slt/domain';
import type { Params } from './params';
import type { LeverageBracket, SymbolConfig } from './position';

const notBuilt = (): never => {
  throw new AppError('broken-invariant', 'ACCOUNT.NOT_BUILT', 'this call is not built');
};

/** Each call first brings the account to `now`. All throw RestError. */
export class SettingsDesk {
  setLeverage(_params: Params, _now: UtcMs): { symbol: string; leverage: number; maxNotionalValue: string } {
    return notBuilt();
  }

  setMarginType(_params: Params, _now: UtcMs): void {
    return notBuilt();
  }

  /** POST /positionMargin. */
  changePositionMargin(_params: Params, _now: UtcMs): { amount: string; type: 1 | 2 } {
    return notBuilt();
  }

  setPositionMode(_params: Params, _now: UtcMs): void {
    return notBuilt();
  }

  setMultiAssetsMode(_params: Params, _now: UtcMs): void {
    return notBuilt();
  }

  get isHedgeMode(): boolean {
    return notBuilt();
  }

  get isMultiAssetsMode(): boolean {
    return notBuilt();
  }

  /** Without symbol: of every listed symbol. */
  leverageBrackets(_params: Params, _now: UtcMs): { symbol: string; brackets: readonly LeverageBracket[] }[] {
    return notBuilt();
  }

  /** Without symbol: of every listed symbol. */
  symbolConfig(_params: Params, _now: UtcMs): SymbolConfig[] {
    return notBuilt();
  }
}
