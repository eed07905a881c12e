/** Whether a session has come to rest: nothing under way, nothing missing. */
import type { DurationMs } from '@slt/domain';
import type { AccountBook } from './account-book';
import type { OrderDesk } from './order-desk';
import type { Protector } from './protector';
import { isInFlight } from '../core/order-table';

const CHECK_MS: DurationMs = 20;

export class Rest {
  constructor(
    private readonly parts: {
      book: AccountBook;
      desk: OrderDesk;
      protector: Protector;
      mayManage(): boolean;
    },
  ) {}

  /**
   * Every order was answered, every position has its stop, and, where it was asked for, none is left that could be
   * closed, nor an order of it.
   */
  isQuiet(isFlat: boolean): boolean {
    const { book, desk } = this.parts;
    const unfinished = book.orders.unfinished().filter(({ intent }) => this.isInHand(intent.order.symbol));
    const isUnderWay = unfinished.some(({ intent, status }) => intent.role === 'entry' || isInFlight(status));
    if (isUnderWay || desk.cancelling.size > 0) return false;
    const held = book.allHeld().filter(({ symbol }) => this.isInHand(symbol));
    if (isFlat) return held.length + unfinished.length === 0;
    return held.every(({ symbol }) => this.isProtected(symbol));
  }

  /** Resolves when nothing is under way: an entry may be filled yet, and then wants its stop. @param limitMs wall time */
  async reached(limitMs: DurationMs): Promise<void> {
    const { book, desk, protector } = this.parts;
    const deadline = performance.now() + limitMs;
    await desk.drain();
    while (this.parts.mayManage() && performance.now() < deadline) {
      const isOpen = ({ symbol }: { symbol: string }): boolean =>
        book.position(symbol) !== null && this.isInHand(symbol) && !this.isProtected(symbol);
      if (!book.allHeld().some(isOpen)) return;
      protector.tick();
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
      await desk.drain();
    }
  }

  /** We can do something about it. */
  private isInHand(symbol: string): boolean {
    return !this.parts.protector.isHelpless(symbol);
  }

  private isProtected(symbol: string): boolean {
    const position = this.parts.book.position(symbol);
    return position !== null && this.parts.protector.isProtected(position);
  }
}
