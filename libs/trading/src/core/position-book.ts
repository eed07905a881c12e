/**
 * Positions and trades as the sum of their fills. Fills and payments may come twice, late and in any order: the book
 * depends on which ones came, not on how. A position begins with the first fill from flat and ends at flat.
 */
import { AppError, type UtcMs } from '@slt/domain';
import type { Decimal, Fill, FundingPayment } from './broker';
import { AVERAGE_PLACES, type Exact, exact, isEqual, plain, sumOf, ZERO } from './decimal';
import {
  addFee,
  compareFills,
  type Episode,
  feesOf,
  type Fees,
  MONEY,
  otherFeesOf,
  signedQuantity,
  stepEpisode,
} from './episode';
import type { Position, PositionPlan } from './position';
import type { Direction } from './signal';
import { attributeFunding, type BookContext, type ClosedTrade, positionIdOf, tradeOf } from './trade-book';

/** Held, with or without a plan of ours. */
export interface HeldPosition {
  readonly positionId: string;
  readonly symbol: string;
  readonly direction: Direction;
  /** Above '0'. */
  readonly quantity: Decimal;
  /** Negative for a short. */
  readonly signedQuantity: Decimal;
  readonly entryPrice: Decimal;
  readonly openedAt: UtcMs;
  /** So far. */
  readonly realizedPnl: Decimal;
  readonly fees: Decimal;
  readonly otherFees: Readonly<Record<string, Decimal>>;
  readonly funding: Decimal;
}

/** A trade is told from others by its position and its entry time: a late fill of the entry may begin a second one. */
export interface BookChange {
  /** False: it was there already. */
  readonly isNew: boolean;
  readonly position: HeldPosition | null;
  /** Trades that are new, or not as they were. */
  readonly trades: readonly ClosedTrade[];
  /** Trades that a late fill has undone. */
  readonly retracted: readonly ClosedTrade[];
}

export interface BookTotals {
  readonly realizedPnl: Decimal;
  readonly fees: Decimal;
  readonly otherFees: Readonly<Record<string, Decimal>>;
  readonly funding: Decimal;
}

interface SymbolBook {
  /** Sorted by compareFills. */
  fills: Fill[];
  readonly tradeIds: Set<string>;
  readonly payments: Map<string, FundingPayment>;
  closed: Episode[];
  open: Episode | null;
  /** Of `open`, reckoned once for as long as nothing is booked: it is asked for with every decision. */
  held?: HeldPosition | undefined;
  /** What is at or before this instant has been let go; it is known, and not booked again. */
  prunedTo: UtcMs;
}

const NO_POSITIONS: readonly HeldPosition[] = Object.freeze([]);

export class PositionBook {
  private readonly books = new Map<string, SymbolBook>();
  private realizedPnl = ZERO;
  private fees: Fees = {};
  private funding = ZERO;

  constructor(private readonly context: BookContext) {}

  /**
   * @throws AppError broken-invariant, `FILL.CONTRADICTS`: the same trade id with another side, quantity or price;
   *   invalid, `DECIMAL.MALFORMED`, `FILL.BAD_QUANTITY`
   */
  addFill(fill: Fill): BookChange {
    const book = this.bookOf(fill.symbol);
    if (fill.at <= book.prunedTo) return this.unchanged(book);
    if (book.tradeIds.has(fill.tradeId)) {
      checkSame(
        book.fills.find((known) => known.tradeId === fill.tradeId)!,
        fill,
      );
      return this.unchanged(book);
    }
    const isLate = book.fills.length > 0 && compareFills(book.fills.at(-1)!, fill) > 0;
    const before = isLate ? this.tradesOf(book) : [];
    const firstNew = isLate ? 0 : book.closed.length;
    insertFill(book, fill, isLate);
    this.realizedPnl = this.realizedPnl.plus(fill.realizedPnl);
    this.fees = addFee(this.fees, fill.feeAsset, exact(fill.fee));
    return this.changeSince(before, book, firstNew);
  }

  addFunding(payment: FundingPayment): BookChange {
    const book = this.bookOf(payment.symbol);
    if (payment.at <= book.prunedTo || book.payments.has(payment.id)) return this.unchanged(book);
    const before = this.tradesOf(book);
    book.payments.set(payment.id, payment);
    this.funding = this.funding.plus(payment.amount);
    return this.changeSince(before, book);
  }

  /** Booked, also where it was let go since. */
  hasFill({ symbol, tradeId, at }: Pick<Fill, 'symbol' | 'tradeId' | 'at'>): boolean {
    const book = this.books.get(symbol);
    return book !== undefined && (at <= book.prunedTo || book.tradeIds.has(tradeId));
  }

  hasFunding({ symbol, id, at }: Pick<FundingPayment, 'symbol' | 'id' | 'at'>): boolean {
    const book = this.books.get(symbol);
    return book !== undefined && (at <= book.prunedTo || book.payments.has(id));
  }

  position(symbol: string): HeldPosition | null {
    const book = this.books.get(symbol);
    return book === undefined ? null : this.heldOf(book);
  }

  positions(): readonly HeldPosition[] {
    let positions: HeldPosition[] | undefined;
    for (const book of this.books.values()) {
      const held = this.heldOf(book);
      if (held !== null) (positions ??= []).push(held);
    }
    return positions ?? NO_POSITIONS;
  }

  /** '0' when flat. */
  signedQuantity(symbol: string): Decimal {
    return plain(signedQuantity(this.books.get(symbol)?.open ?? null));
  }

  /** Of one symbol ascending by time; of all, symbol after symbol. */
  trades(symbol?: string): readonly ClosedTrade[] {
    if (symbol === undefined) return [...this.books.values()].flatMap((book) => this.tradesOf(book));
    const book = this.books.get(symbol);
    return book === undefined ? [] : this.tradesOf(book);
  }

  /** Of everything that was ever added, also where it was let go. */
  totals(): BookTotals {
    return {
      realizedPnl: plain(this.realizedPnl),
      fees: plain(this.fees[MONEY] ?? ZERO),
      otherFees: otherFeesOf(this.fees),
      funding: plain(this.funding),
    };
  }

  /**
   * Lets go of trades that ended at or before `to`, with their fills and payments. Only after the journal was found
   * to be whole up to there: what comes later about that time is taken for a repetition.
   */
  prune(to: UtcMs): void {
    for (const book of this.books.values()) {
      const last = book.closed.findLast((episode) => episode.closedAt! <= to);
      const end = last?.closedAt ?? null;
      // A fill through zero belongs to two episodes, and so does its instant.
      const following = book.closed[last === undefined ? 0 : book.closed.indexOf(last) + 1] ?? book.open;
      if (end === null || following?.openedAt === end) continue;
      book.fills = book.fills.filter((fill) => fill.at > end);
      for (const [id, payment] of book.payments) if (payment.at <= end) book.payments.delete(id);
      book.closed = book.closed.filter((episode) => episode.closedAt! > end);
      book.tradeIds.clear();
      for (const fill of book.fills) book.tradeIds.add(fill.tradeId);
      book.prunedTo = end;
      book.held = undefined;
    }
  }

  private bookOf(symbol: string): SymbolBook {
    let book = this.books.get(symbol);
    if (book === undefined) {
      book = { fills: [], tradeIds: new Set(), payments: new Map(), closed: [], open: null, prunedTo: -1 };
      this.books.set(symbol, book);
    }
    return book;
  }

  private fundingIn(book: SymbolBook): ReadonlyMap<Episode, Exact> {
    const episodes = book.open === null ? book.closed : [...book.closed, book.open];
    return attributeFunding(episodes, book.payments.values()).ofEpisode;
  }

  private heldOf(book: SymbolBook): HeldPosition | null {
    const { open } = book;
    if (open === null) return null;
    // Whose position it is may become known later.
    const positionId = positionIdOf(open, this.context);
    if (book.held?.positionId !== positionId) book.held = this.reckon(book, open, positionId);
    return book.held;
  }

  private reckon(book: SymbolBook, open: Episode, positionId: string): HeldPosition {
    return {
      positionId,
      symbol: open.symbol,
      direction: open.direction,
      quantity: plain(open.quantity),
      signedQuantity: plain(signedQuantity(open)),
      entryPrice: plain(open.averageEntry.round(AVERAGE_PLACES)),
      openedAt: open.openedAt,
      realizedPnl: plain(open.realizedPnl),
      fees: plain(feesOf(open)),
      otherFees: otherFeesOf(open.fees),
      funding: plain(this.fundingIn(book).get(open) ?? ZERO),
    };
  }

  private tradesOf(book: SymbolBook, first = 0): readonly ClosedTrade[] {
    const closed = book.closed.slice(first);
    if (closed.length === 0) return [];
    const funding = this.fundingIn(book);
    return closed.map((episode) => tradeOf(episode, funding.get(episode) ?? ZERO, this.context));
  }

  private unchanged(book: SymbolBook): BookChange {
    return { isNew: false, position: this.heldOf(book), trades: [], retracted: [] };
  }

  /** @param firstNew closed episodes before this index are as they were, and `before` does not hold them */
  private changeSince(before: readonly ClosedTrade[], book: SymbolBook, firstNew = 0): BookChange {
    book.held = undefined;
    const after = this.tradesOf(book, firstNew);
    const were = new Set(before.map((trade) => JSON.stringify(trade)));
    const stays = new Set(after.map(tradeKey));
    return {
      isNew: true,
      position: this.heldOf(book),
      trades: after.filter((trade) => !were.has(JSON.stringify(trade))),
      retracted: before.filter((trade) => !stays.has(tradeKey(trade))),
    };
  }
}

/** What tells trades apart in the journal. */
export const tradeKey = (trade: ClosedTrade): string => `${trade.positionId}@${trade.entryTime}`;

/** The position with its plan, in the quantity it is expected to have once all reported fills are booked. */
export function plannedPosition(
  plan: PositionPlan,
  held: HeldPosition | null,
  unbooked: Exact,
): Position | null {
  const sign = plan.direction === 'long' ? 1 : -1;
  const quantity = sumOf([held?.signedQuantity ?? '0', unbooked]).times(sign);
  if (quantity.lte(0)) return null;
  return { ...plan, quantity: plain(quantity), entryPrice: held?.entryPrice ?? plan.entry };
}

/** Usually one step at the end; a late fill has its symbol counted anew. */
function insertFill(book: SymbolBook, fill: Fill, isLate: boolean): void {
  book.tradeIds.add(fill.tradeId);
  const at = isLate
    ? book.fills.findLastIndex((known) => compareFills(known, fill) < 0) + 1
    : book.fills.length;
  book.fills.splice(at, 0, fill);
  if (isLate) {
    book.closed = [];
    book.open = null;
  }
  for (const next of isLate ? book.fills : [fill]) {
    const step = stepEpisode(book.open, next);
    book.open = step.open;
    if (step.closed !== null) book.closed.push(step.closed);
  }
}

function checkSame(known: Fill, fill: Fill): void {
  const isSame =
    known.side === fill.side && isEqual(known.quantity, fill.quantity) && isEqual(known.price, fill.price);
  if (isSame) return;
  const what = (told: Fill): string => `${told.side} ${told.quantity} at ${told.price}`;
  const message = `trade ${fill.tradeId} of ${fill.symbol} is ${what(known)}, and ${what(fill)} as well`;
  throw new AppError('broken-invariant', 'FILL.CONTRADICTS', message);
}
