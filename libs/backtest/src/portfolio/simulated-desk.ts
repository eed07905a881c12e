/** Sends to the paper account what was decided, without waiting: the answer is there when the call returns. */
import { createHash } from 'node:crypto';
import { type Clock, isAppError } from '@slt/domain';
import type { AccountBook, Order, OrderDraft, OrderRef, PaperAccount, Quote } from '@slt/trading';

export interface DeskParts {
  readonly account: PaperAccount;
  readonly book: AccountBook;
  readonly clock: Clock;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

export class SimulatedDesk {
  constructor(private readonly parts: DeskParts) {}

  /** @param quote the market as the order finds it; needed where the symbol has neither position nor orders */
  place(draft: OrderDraft, quote?: Quote): Order {
    const { account, book, clock } = this.parts;
    const now = clock.now();
    const [order] = book.intend([draft], { digest, fencingToken: 1, now }).orders;
    const { clientOrderId } = order!.intent.order;
    book.step(clientOrderId, 'send', now);
    try {
      book.report(account.place(order!.intent.order, now, quote));
    } catch (error) {
      if (!isAppError(error) || error.kind !== 'rejected') throw error;
      book.step(clientOrderId, 'refused', now, `${error.code}: ${error.message}`);
    }
    return book.orders.get(clientOrderId) ?? order!;
  }

  cancel(ref: OrderRef): void {
    const { account, book, clock } = this.parts;
    const report = account.cancel(ref, clock.now());
    if (report !== undefined) book.report(report);
  }
}
