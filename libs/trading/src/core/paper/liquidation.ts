/**
 * Liquidation at cross margin: when equity at mark prices is no more than the maintenance margin, plain orders are
 * cancelled, then positions are closed at the market, the greatest maintenance margin first, until the rest is covered.
 * There is no insurance fund: after a gap the wallet may be below zero, and is exactly what the bookings say.
 */
import type { UtcMs } from '@slt/domain';
import type { MarketOrder } from '../broker';
import { ZERO } from '../decimal';
import type { Matching } from './matching';
import type { PaperBook } from './paper-book';
import { isTriggerKind, type PaperOrder } from './paper-order';
import type { PaperState } from './paper-state';
import { ofNumber } from './quote';
import { equityOf, liquidationPriceOf, maintenanceOf } from './worth';

/** Below this multiple of the margin, both in float, exact arithmetic decides. */
const ROUGH_SAFETY = 1.5;

/** Whether the account would be liquidated were the book's mark there; undefined book: as all marks are. */
export function isUnderwater(state: PaperState, book?: PaperBook, price?: number): boolean {
  let [equity, margin] = [state.roughWallet, 0];
  for (const each of state.books.values()) {
    const mark = each === book ? price! : each.markPrice;
    equity += each.roughUnrealizedAt(mark);
    margin += state.rules.roughMaintenance(each.roughNotionalAt(mark));
  }
  if (margin === 0 || equity > ROUGH_SAFETY * margin) return false;
  if (book === undefined) return equityOf(state).lte(maintenanceOf(state));
  const there = ofNumber(price!);
  const moved = book.unrealizedAt(there).minus(book.unrealizedAt(ofNumber(book.markPrice)));
  const maintenance = maintenanceOf(state)
    .minus(state.rules.maintenanceOf(book))
    .plus(state.rules.maintenance(book.quantity.abs().times(there)));
  return equityOf(state).plus(moved).lte(maintenance);
}

/** Where on the way to the price the account goes under; undefined: nowhere. */
export function liquidationOnTheWay(state: PaperState, book: PaperBook, to: number): number | undefined {
  if (book.isFlat || book.isLong !== to < book.markPrice || !isUnderwater(state, book, to)) return undefined;
  const worth = { equity: equityOf(state), maintenance: maintenanceOf(state) };
  const price = liquidationPriceOf(state, book, worth).toNumber();
  // The tier at the destination may be another than the one of now.
  const [low, high] = to < book.markPrice ? [to, book.markPrice] : [book.markPrice, to];
  return Math.min(high, Math.max(low, price));
}

/** Closes what must be closed. @param first closed in any case */
export function liquidate(state: PaperState, matching: Matching, at: UtcMs, first?: PaperBook): void {
  if (first === undefined && !isUnderwater(state)) return;
  cancelPlainOrders(state, at);
  if (first !== undefined) close(state, matching, first, at);
  while (isUnderwater(state)) {
    const worst = heaviest(state);
    if (worst === undefined) return;
    close(state, matching, worst, at);
  }
}

function cancelPlainOrders(state: PaperState, at: UtcMs): void {
  for (const paper of state.openOrders()) {
    const book = state.books.get(paper.order.symbol);
    if (book === undefined || isTriggerKind(paper.order.kind)) continue;
    state.move(book, paper, 'cancelled', at, 'ORDER.IN_LIQUIDATION');
    state.tidy(book);
  }
}

function heaviest(state: PaperState): PaperBook | undefined {
  const held = [...state.books.values()].filter((book) => !book.isFlat && book.quote !== undefined);
  const marginOf = (book: PaperBook): number => state.rules.maintenanceOf(book).toNumber();
  return held.sort((a, b) => marginOf(b) - marginOf(a))[0];
}

function close(state: PaperState, matching: Matching, book: PaperBook, at: UtcMs): void {
  const orderId = state.nextOrderId();
  const quantity = book.quantity.abs();
  const order: MarketOrder = {
    kind: 'market',
    symbol: book.symbol,
    // The exchange's own name for it.
    clientOrderId: `autoclose-${orderId}`,
    side: book.isLong ? 'sell' : 'buy',
    quantity: quantity.toFixed(),
    reduceOnly: true,
  };
  const paper: PaperOrder = {
    order,
    quantity,
    level: book.markPrice,
    since: at,
    orderId,
    state: 'resting',
    filled: ZERO,
    cost: ZERO,
    hasArrived: true,
    updatedAt: at,
  };
  state.accept(book, paper);
  matching.takeAll(book, paper, at, true);
  state.tidy(book);
}
