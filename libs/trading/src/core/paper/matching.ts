/** How orders of a paper account become fills at the quote its book holds. */
import type { UtcMs } from '@slt/domain';
import { exact, sumOf } from '../decimal';
import { crosses, isTriggered, MARGIN_INSUFFICIENT, marginProblem, takerPrice } from './check-order';
import type { PaperBook } from './paper-book';
import { isOpen, isTriggerKind, type PaperOrder, remainingOf } from './paper-order';
import type { PaperState } from './paper-state';
import { type Slice, take } from './take';

const REDUCE_ONLY = 'ORDER.REDUCE_ONLY';

export class Matching {
  constructor(private readonly state: PaperState) {}

  /** The order reaches the market: takes what it may, rests or ends. */
  arrive(book: PaperBook, paper: PaperOrder, at: UtcMs): void {
    const { order } = paper;
    paper.hasArrived = true;
    if (isTriggerKind(order.kind)) {
      if (this.isTriggered(book, paper)) this.fire(book, paper, at);
      return;
    }
    if (order.kind !== 'limit') return this.takeAll(book, paper, at);
    const { timeInForce, side } = order;
    if (timeInForce === 'GTX' && crosses(side, paper.level, book.quote!)) {
      return this.state.move(book, paper, 'expired', at, 'ORDER.WOULD_TAKE');
    }
    if (timeInForce === 'FOK' && !this.isFillable(book, paper)) {
      return this.state.move(book, paper, 'expired', at, 'ORDER.NOT_FILLABLE');
    }
    this.execute(book, paper, this.slicesFor(book, paper), at);
    if (isOpen(paper) && timeInForce === 'IOC') this.state.move(book, paper, 'expired', at, 'ORDER.IOC');
    else this.endIfVain(book, paper, at);
  }

  /** Whether all of it could be filled now. */
  isFillable(book: PaperBook, paper: PaperOrder): boolean {
    return sumOf(this.slicesFor(book, paper).map(({ quantity }) => quantity)).eq(paper.quantity);
  }

  isTriggered(book: PaperBook, { order, level: trigger }: PaperOrder): boolean {
    return 'triggerPrice' in order && isTriggered({ ...order, trigger }, book.quote!);
  }

  /** A trigger order becomes a market order: margin and position are looked at now, not when it was placed. */
  fire(book: PaperBook, paper: PaperOrder, at: UtcMs): void {
    const { order } = paper;
    paper.orderId = this.state.nextOrderId();
    this.state.move(book, paper, 'triggered', at);
    const price = takerPrice(order, book.quote!);
    if (!order.reduceOnly && marginProblem(order, { state: this.state, book, price }) !== undefined) {
      return this.state.move(book, paper, 'rejected', at, MARGIN_INSUFFICIENT);
    }
    this.takeAll(book, paper, at);
  }

  /** A resting limit order meets a market that has come to it: wholly, at its own price. */
  fillResting(book: PaperBook, paper: PaperOrder, at: UtcMs): void {
    const { order } = paper;
    const remaining = remainingOf(paper);
    const quantity = order.reduceOnly ? book.closable(order.side, remaining) : remaining;
    if (quantity.gt(0) && order.kind === 'limit') {
      this.state.fill(book, paper, { quantity, price: exact(order.price) }, { isMaker: true, at });
    }
    this.endIfVain(book, paper, at);
  }

  /** All that the order may have, at any price. */
  takeAll(book: PaperBook, paper: PaperOrder, at: UtcMs, isLiquidation = false): void {
    this.execute(book, paper, this.slicesFor(book, paper), at, isLiquidation);
    this.endIfVain(book, paper, at);
  }

  private execute(
    book: PaperBook,
    paper: PaperOrder,
    slices: readonly Slice[],
    at: UtcMs,
    isLiquidation = false,
  ): void {
    for (const slice of slices) this.state.fill(book, paper, slice, { isMaker: false, at, isLiquidation });
  }

  private slicesFor(book: PaperBook, paper: PaperOrder): Slice[] {
    const { order } = paper;
    const remaining = remainingOf(paper);
    const quantity = order.reduceOnly ? book.closable(order.side, remaining) : remaining;
    if (quantity.eq(0)) return [];
    const limit = order.kind === 'limit' ? exact(order.price) : undefined;
    const { tickSize, stepSize } = book;
    const { impact } = this.state.settings;
    return take({ side: order.side, quantity, limit }, { quote: book.quote!, tickSize, stepSize, impact });
  }

  /** A reduce-only order with nothing left to reduce: what is over of it ends. */
  private endIfVain(book: PaperBook, paper: PaperOrder, at: UtcMs): void {
    const { reduceOnly, side } = paper.order;
    if (!reduceOnly || !isOpen(paper) || book.closable(side, remainingOf(paper)).gt(0)) return;
    const state = paper.filled.eq(0) ? 'rejected' : 'expired';
    this.state.move(book, paper, state, at, REDUCE_ONLY);
  }
}
