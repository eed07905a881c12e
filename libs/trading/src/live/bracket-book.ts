/**
 * The account's leverage brackets, of all symbols at once: what leverage the exchange grants for how much, and when it
 * would liquidate. They change seldom; until they are known the rules of risk assume those of a small coin.
 */
import type { AccountClient } from '@slt/exchange';
import { type DurationMs, HOUR_MS, MINUTE_MS } from '@slt/domain';
import type { MarginBracket } from '../core/risk';

export type LeverageBrackets = Awaited<ReturnType<AccountClient['allLeverageBrackets']>>;

/** Wall times. */
const READ_EVERY_MS: DurationMs = 6 * HOUR_MS;
const RETRY_MS: DurationMs = MINUTE_MS;

export class BracketBook {
  private bySymbol: ReadonlyMap<string, readonly MarginBracket[]> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private isOpen = false;

  constructor(
    private readonly read: () => Promise<LeverageBrackets>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Resolves after the first reading, also where that has failed: it is tried again. */
  async open(): Promise<void> {
    this.isOpen = true;
    await this.refresh();
  }

  close(): void {
    this.isOpen = false;
    clearTimeout(this.timer);
  }

  /** Ascending; undefined: not known. */
  of(symbol: string): readonly MarginBracket[] | undefined {
    return this.bySymbol.get(symbol);
  }

  private async refresh(): Promise<void> {
    let nextMs = READ_EVERY_MS;
    try {
      this.bySymbol = marginBracketsOf(await this.read());
    } catch (error) {
      // Old ones are better than none.
      nextMs = RETRY_MS;
      if (this.isOpen) this.failed(error);
    }
    if (this.isOpen) this.timer = setTimeout(() => void this.refresh(), nextMs).unref();
  }
}

function marginBracketsOf(all: LeverageBrackets): ReadonlyMap<string, readonly MarginBracket[]> {
  return new Map(
    [...all].map(([symbol, brackets]) => [
      symbol,
      brackets
        .map((bracket): MarginBracket => ({
          notionalCap: Number(bracket.notionalCap),
          maxLeverage: bracket.maxLeverage,
          maintenanceRate: Number(bracket.maintenanceMarginRate),
          maintenanceAmount: Number(bracket.cumulative),
        }))
        .sort((a, b) => a.notionalCap - b.notionalCap),
    ]),
  );
}
