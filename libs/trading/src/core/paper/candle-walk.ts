/**
 * A candle as the path that treats us worst: from the open to where an open position loses, then to where it gains,
 * then to the close. So a candle that touches both stop and target took the stop. Without a position the way to what
 * rests comes last, so that the candle that opens a position goes on against it.
 *
 * Orders meet the first candle that opens after they were placed. Protection that the listener places while the path is
 * walked (reduce-only) takes part in the rest of it: it would have rested on the exchange by then.
 */
import type { UtcMs } from '@slt/domain';
import { waitsForRise } from './check-order';
import { isUnderwater, liquidate, liquidationOnTheWay } from './liquidation';
import type { Matching } from './matching';
import type { PaperBook } from './paper-book';
import { isOpen, isTriggerKind, type PaperOrder } from './paper-order';
import type { PaperState } from './paper-state';
import { AroundPrice, type PaperCandle } from './quote';

/** What happens first where the price is the same. */
const RANK = { stop: 0, liquidation: 1, 'take-profit': 2, limit: 3, market: 4 } as const;

const NO_PAUSES: readonly UtcMs[] = Object.freeze([]);

interface Stop {
  readonly price: number;
  readonly rank: number;
  act(at: UtcMs): void;
}

export class CandleWalk {
  constructor(
    private readonly state: PaperState,
    private readonly matching: Matching,
  ) {}

  walk(book: PaperBook, candle: PaperCandle): void {
    const path = this.pauses(book, candle)[Symbol.iterator]();
    while (path.next().done !== true);
  }

  /**
   * The same for a listener that needs time to answer: the walk goes on when the next pause is asked for.
   * @returns instants at which something happened, ascending; to be gone through to the end
   */
  pauses(book: PaperBook, candle: PaperCandle): Iterable<UtcMs> {
    if (this.isTouched(book, candle)) return this.path(book, candle);
    this.stand(book, candle, candle.close, candle.closeTime);
    return NO_PAUSES;
  }

  private *path(book: PaperBook, candle: PaperCandle): Generator<UtcMs, void, void> {
    book.walkedCandle = candle.openTime;
    try {
      this.stand(book, candle, candle.open, candle.openTime);
      this.open(book, candle);
      yield candle.openTime;
      for (const price of turns(book, candle)) yield* this.moveTo(book, candle, price);
    } finally {
      book.walkedCandle = undefined;
    }
    this.state.tidy(book);
  }

  /** Most candles touch nothing; to know that costs a few comparisons. */
  private isTouched(book: PaperBook, candle: PaperCandle): boolean {
    const { high, low, openTime } = candle;
    for (const paper of book.orders) {
      if (paper.since > openTime) continue;
      if (!paper.hasArrived || lies(paper, low, high) || lies(paper, high, low)) return true;
    }
    return !book.isFlat && isUnderwater(this.state, book, book.isLong ? low : high);
  }

  private stand(book: PaperBook, { minuteVolume }: PaperCandle, price: number, at: UtcMs): void {
    const { tickSize } = book;
    const { spreadBps } = this.state.settings;
    book.quote = new AroundPrice(price, { tickSize, spreadBps, at, minuteVolume });
  }

  /** What waited for this candle arrives; what rested before meets the gap. */
  private open(book: PaperBook, { open, openTime }: PaperCandle): void {
    for (const paper of [...book.orders].sort(byRank)) {
      if (!isOpen(paper) || paper.since > openTime) continue;
      if (!paper.hasArrived) this.matching.arrive(book, paper, openTime);
      else if (isTriggerKind(paper.order.kind)) {
        if (this.matching.isTriggered(book, paper)) this.matching.fire(book, paper, openTime);
      } else if (isThrough(paper, open)) this.matching.fillResting(book, paper, openTime);
    }
    liquidate(this.state, this.matching, openTime);
    this.state.deliver();
  }

  private *moveTo(book: PaperBook, candle: PaperCandle, to: number): Generator<UtcMs, void, void> {
    for (;;) {
      const stop = this.nextStop(book, candle, to);
      if (stop === undefined) break;
      this.stand(book, candle, stop.price, candle.closeTime);
      stop.act(candle.closeTime);
      this.state.deliver();
      yield candle.closeTime;
    }
    this.stand(book, candle, to, candle.closeTime);
  }

  private nextStop(book: PaperBook, candle: PaperCandle, to: number): Stop | undefined {
    const from = book.quote!.last;
    const isRise = to > from;
    const stops: Stop[] = [];
    for (const paper of book.orders) {
      if (!paper.hasArrived || paper.since > candle.openTime) continue;
      if (!lies(paper, from, to)) continue;
      stops.push({
        // What is left of a limit order may lie behind the price: it fills where the price is.
        price: Math.min(Math.max(from, to), Math.max(Math.min(from, to), paper.level)),
        rank: RANK[paper.order.kind],
        act: (at) =>
          isTriggerKind(paper.order.kind)
            ? this.matching.fire(book, paper, at)
            : this.matching.fillResting(book, paper, at),
      });
    }
    const price = from === to ? undefined : liquidationOnTheWay(this.state, book, to);
    if (price !== undefined) {
      const act = (at: UtcMs): void => liquidate(this.state, this.matching, at, book);
      stops.push({ price, rank: RANK.liquidation, act });
    }
    return stops.sort((a, b) => (isRise ? a.price - b.price : b.price - a.price) || a.rank - b.rank)[0];
  }
}

const byRank = (a: PaperOrder, b: PaperOrder): number => RANK[a.order.kind] - RANK[b.order.kind];

/** Traded beyond the limit price: to touch it is not enough, others stand there before us. */
export const isThrough = ({ order, level }: PaperOrder, price: number): boolean =>
  order.side === 'buy' ? price < level : price > level;

/** Whether the order is met on the way. A trigger is met when it is touched, a limit order when it is passed. */
function lies(paper: PaperOrder, from: number, to: number): boolean {
  const { level, order } = paper;
  if (!isTriggerKind(order.kind)) return order.kind === 'limit' && isThrough(paper, to);
  return waitsForRise(order) ? level >= from && level <= to : level <= from && level >= to;
}

function turns(book: PaperBook, { open, high, low, close }: PaperCandle): readonly number[] {
  const isLowFirst = book.isFlat ? !restsBelow(book, open) : book.isLong;
  return isLowFirst ? [low, high, close] : [high, low, close];
}

/** Whether anything waits for a fall: buy limits, sell stops, buy take-profits. */
function restsBelow(book: PaperBook, price: number): boolean {
  return book.orders.some(({ level }) => level < price);
}
