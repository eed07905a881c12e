/** Keeps positions protected, and closes them, by the rules of live trading; nothing here waits for an answer. */
import type { Clock } from '@slt/domain';
import {
  type AccountBook,
  decideClose,
  decideProtection,
  type ExitReason,
  type Order,
  type ProtectionAction,
} from '@slt/trading';
import type { RecordedMarket } from './recorded-market';
import type { SimulatedDesk } from './simulated-desk';

export interface ProtectionParts {
  readonly book: AccountBook;
  readonly desk: SimulatedDesk;
  readonly clock: Clock;
  readonly market: RecordedMarket;
}

/** No answer is under way, ever. */
const NOTHING: ReadonlySet<string> = new Set();
/** A stop that the price has passed is refused, and then the position closed: more rounds than that it never takes. */
const MOST_ROUNDS = 5;

export class Protection {
  constructor(private readonly parts: ProtectionParts) {}

  /** Orders or position of the symbol are not as they were. */
  check(symbol: string): void {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const { actions } = decideProtection({
        ...this.view(symbol),
        position: this.parts.book.position(symbol),
        unprotectedSince: null,
      });
      if (!this.perform(actions)) return;
    }
  }

  /** At market. Without effect where there is no position, or where it is on its way out. */
  close(symbol: string, reason: ExitReason): void {
    const position = this.parts.book.position(symbol);
    if (position !== null) this.perform(decideClose(position, this.view(symbol), reason).actions);
  }

  cancelEntries(symbol: string): void {
    const { book, desk } = this.parts;
    for (const { intent, status } of book.orders.ofSymbol(symbol)) {
      if (intent.role === 'entry' && status === 'working') desk.cancel(intent.order);
    }
  }

  private view(symbol: string) {
    const { book, clock, market } = this.parts;
    const orders: readonly Order[] = book.orders.ofSymbol(symbol);
    return { orders, cancelling: NOTHING, filters: market.instrument(symbol)!.filters, now: clock.now() };
  }

  /** @returns whether anything was done */
  private perform(actions: readonly ProtectionAction[]): boolean {
    const { desk } = this.parts;
    let isDone = false;
    for (const action of actions) {
      if (action.kind === 'place') desk.place(action.draft);
      else if (action.kind === 'cancel') desk.cancel(action.order);
      else continue;
      isDone = true;
    }
    return isDone;
  }
}
