/**
 * Settings that our orders rely on: one-way mode and one asset for the account, cross margin and a leverage for each
 * symbol. Asked for before they are changed, for some changes are refused while there are orders or positions.
 */
import type { AccountClient } from '@slt/exchange';
import { AppError, isAppError } from '@slt/domain';

export class AccountSettings {
  /** By symbol, what was asked of us and what it became. */
  private readonly prepared = new Map<string, { readonly asked: number; readonly set: number }>();
  private readonly greatest = new Map<string, number>();

  constructor(private readonly account: AccountClient) {}

  /** @throws AppError rejected, `ACCOUNT.IN_USE`, while orders or positions hinder the change */
  async ensureModes(): Promise<void> {
    const [isHedge, isMultiAssets] = [
      await this.account.isHedgeMode(),
      await this.account.isMultiAssetsMode(),
    ];
    if (isHedge) await this.account.setHedgeMode(false);
    if (isMultiAssets) await this.account.setMultiAssetsMode(false);
  }

  /** The leverage is cut to what the exchange allows for the symbol. @throws AppError rejected or transient */
  async prepare(symbol: string, leverage: number): Promise<void> {
    if (this.prepared.get(symbol)?.asked === leverage) return;
    const [wanted, settings] = [
      Math.min(leverage, await this.greatestLeverage(symbol)),
      await this.known(symbol, () => this.account.symbolSettings(symbol)),
    ];
    if (settings?.marginType !== 'crossed') await this.account.setMarginType(symbol, 'crossed');
    if (settings?.leverage !== wanted) await this.account.setLeverage(symbol, wanted);
    this.prepared.set(symbol, { asked: leverage, set: wanted });
  }

  /** The symbol has this leverage now, whoever has set it. */
  heard(symbol: string, leverage: number): void {
    if (this.prepared.get(symbol)?.set !== leverage) this.prepared.delete(symbol);
  }

  private async greatestLeverage(symbol: string): Promise<number> {
    const remembered = this.greatest.get(symbol);
    if (remembered !== undefined) return remembered;
    const brackets = await this.known(symbol, () => this.account.leverageBrackets(symbol));
    const greatest = Math.max(1, ...brackets.map(({ maxLeverage }) => maxLeverage));
    this.greatest.set(symbol, greatest);
    return greatest;
  }

  /** To a caller of the port a symbol that nobody knows is a refusal like any other. */
  private async known<T>(symbol: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (cause) {
      if (!isAppError(cause, 'EXCHANGE.INVALID_SYMBOL')) throw cause;
      throw new AppError('rejected', cause.code, `${symbol}: ${cause.message}`, { cause });
    }
  }
}
