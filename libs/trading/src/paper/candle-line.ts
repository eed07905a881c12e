/**
 * How closed candles reach a paper account that they drive: fundings that were due by the open, then the path of the
 * candle, which waits wherever something happens until whoever trades has answered. The same walk as in a backtest.
 */
import { type AppError, HOUR_MS, isAppError, MINUTE_MS, type UtcMs } from '@slt/domain';
import type { PaperAccount } from '../core/paper/paper-account';
import type { PaperCandle } from '../core/paper/quote';
import type { AccountMargins } from '../core/paper/worth';
import type { DurableEvents } from './durable-events';
import type { PriceFeed } from './price-feed';

interface Driven {
  readonly account: PaperAccount;
  readonly events: DurableEvents;
}

/** Wall time after which what could not be saved, or asked for, is tried again. */
const RETRY_MS = 100;

export class CandleLine {
  /** Settlements up to here have been asked for. */
  private readonly askedTo = new Map<string, UtcMs>();

  /** @param current throws an AppError while the account is closed or broken */
  constructor(
    private readonly current: () => Driven,
    private readonly feed: Pick<PriceFeed, 'fundings'>,
  ) {}

  /** Whether the symbol has a position or orders. */
  concerns(symbol: string): boolean {
    return this.current().account.concerns(symbol);
  }

  get isBusy(): boolean {
    return this.current().account.symbols().length > 0;
  }

  margins(at: UtcMs): AccountMargins {
    return this.current().account.margins(at);
  }

  /** Something has happened that nobody has heard of yet. */
  get hasNews(): boolean {
    return this.current().events.hasNews;
  }

  /** Resolves when all that has happened is saved and told; the candles wait for a store that is away. @throws AppError */
  async settled(): Promise<void> {
    for (;;) {
      try {
        return await this.current().events.settled();
      } catch (error) {
        await this.again(error);
      }
    }
  }

  /**
   * @param markPrice that fundings are reckoned by: the last close before the candle
   * @param pause is awaited at each instant at which something has happened
   * @throws AppError of an account that is closed or broken meanwhile
   */
  async meet(
    symbol: string,
    candle: PaperCandle,
    markPrice: number,
    pause: (at: UtcMs) => Promise<void>,
  ): Promise<void> {
    await this.bookFundings(symbol, candle.openTime, markPrice);
    const { account, events } = this.current();
    for (const at of account.pausesOf(symbol, candle)) {
      if (events.hasNews) await pause(at);
      this.current();
    }
  }

  /** Settlements are stamped some milliseconds late, and are told on the hour: between two hours there is none. */
  private async bookFundings(symbol: string, until: UtcMs, markPrice: number): Promise<void> {
    const due = this.current()
      .account.fundingsDue()
      .find((each) => each.symbol === symbol);
    if (due === undefined) return void this.askedTo.delete(symbol);
    const after = Math.max(due.after, this.askedTo.get(symbol) ?? -Infinity);
    if (Math.floor(until / HOUR_MS) * HOUR_MS <= after) return;
    const settled = await this.ask(symbol, after, until + MINUTE_MS - 1);
    const { account } = this.current();
    for (const { at, rate } of settled) {
      account.onFunding(symbol, { rate, markPrice, at: Math.floor(at / MINUTE_MS) * MINUTE_MS });
    }
    this.askedTo.set(symbol, until);
    account.fundingsToldUntil(symbol, until);
    await this.settled();
  }

  private async ask(symbol: string, after: UtcMs, until: UtcMs): ReturnType<PriceFeed['fundings']> {
    for (;;) {
      try {
        return await this.feed.fundings(symbol, after, until);
      } catch (error) {
        await this.again(error);
      }
    }
  }

  private async again(error: unknown): Promise<void> {
    this.current();
    if (!isTransient(error)) throw error;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

const isTransient = (error: unknown): error is AppError => isAppError(error) && error.kind === 'transient';
