/**
 * A session that lives by candles: they come minute by minute, and each step waits until all that followed from it is
 * journalled, sent, saved and told. So what happens has the order, and the time, that it has in a backtest.
 */
import { type Candle, type DurationMs, HOUR_MS, MINUTE_MS, type UtcMs } from '@slt/domain';
import type { PaperCandle } from '../core/paper/quote';
import type { CandleLine } from '../paper/candle-line';
import type { AccountBook } from './account-book';
import type { AccountWatch } from './account-watch';
import type { OrderDesk } from './order-desk';
import type { Protector } from './protector';
import type { SignalDesk } from './signal-desk';

/** What ended longer ago is let go. */
const REMEMBER_MS: DurationMs = 15 * MINUTE_MS;
const PRUNE_EVERY_MS: DurationMs = HOUR_MS;
/** Between two points of the equity curve while no trade ends. */
const BALANCE_EVERY_MS: DurationMs = 15 * MINUTE_MS;

export interface SessionMinutesParts {
  readonly line: CandleLine;
  readonly clock: { now(): UtcMs; moveTo(at: UtcMs): void };
  readonly book: AccountBook;
  readonly desk: OrderDesk;
  readonly signals: SignalDesk;
  readonly protector: Protector;
  readonly watch: AccountWatch;
  /** Orders or positions of some symbol are about to be looked at. */
  isAboutToCheck(): boolean;
  /** A point of the equity curve. */
  noteBalance(): void;
}

export class SessionMinutes {
  private prunedAt: UtcMs = -Infinity;
  private balanceAt: UtcMs = -Infinity;

  constructor(private readonly parts: SessionMinutesParts) {}

  /** Orders of the symbol meet its candle. @param markPrice the last close before it @throws AppError of the account */
  async meet(symbol: string, candle: PaperCandle, markPrice: number): Promise<void> {
    const { line, clock } = this.parts;
    if (!line.concerns(symbol)) return;
    clock.moveTo(candle.openTime);
    await line.meet(symbol, candle, markPrice, async (at) => {
      clock.moveTo(at);
      await this.settled();
    });
    await this.settled();
  }

  /** Something has happened on the account. */
  changed(): void {
    this.parts.watch.changed();
  }

  resetBreaker(): void {
    this.parts.watch.reset();
  }

  /** It was looked whether the symbol's position is to be left. @throws AppError of the account */
  async reviewed(symbol: string): Promise<void> {
    if (this.parts.line.concerns(symbol)) await this.settled();
  }

  /** Before a signal is decided on. */
  beforeSignal(): void {
    this.parts.watch.beforeSignal();
  }

  /** All closes of a minute are acted upon. */
  endClose(): void {
    const { watch, protector, clock, book } = this.parts;
    watch.endClose();
    // What a store that was away kept from being done.
    protector.tick();
    const now = clock.now();
    if (now - this.balanceAt >= BALANCE_EVERY_MS) {
      this.balanceAt = now;
      this.parts.noteBalance();
    }
    if (now - this.prunedAt < PRUNE_EVERY_MS) return;
    this.prunedAt = now;
    book.prune(now - REMEMBER_MS);
  }

  /** Nothing follows of this symbol: what waits is cancelled, what is held is closed at the last price. */
  async finish(symbol: string, { openTime, close }: Candle): Promise<void> {
    const { line, book, desk, protector } = this.parts;
    if (!line.concerns(symbol)) return;
    for (const { intent, status } of book.orders.ofSymbol(symbol)) {
      if (intent.role === 'entry' && status === 'working') void desk.cancel(intent.order);
    }
    protector.close(symbol, 'flatten');
    await this.settled();
    const flat = { open: close, high: close, low: close, close, openTime, closeTime: openTime };
    await this.meet(symbol, flat, close);
  }

  /** Resolves when nothing is under way that some of it could still follow from. @throws AppError of the account */
  async settled(): Promise<void> {
    const { line, desk, signals } = this.parts;
    do {
      await turn();
      await signals.idle();
      await desk.idle();
      await line.settled();
    } while (signals.isBusy || desk.isBusy || line.hasNews || this.parts.isAboutToCheck());
  }
}

/** All that waits for its turn has it. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
