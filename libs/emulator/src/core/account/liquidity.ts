/**
 * What the modelled book offers an account: its depth at an instant less what the account has taken of it already. The book
 * is a new one each second; within one, a level stays where it is in line, whatever its price.
 */
import { SECOND_MS, type UtcMs } from '@slt/domain';
import type { MarketView } from './market-view';
import { type Decimal, decimal, ZERO } from './money';
import type { Side } from './order';

export interface Offer {
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** Place in the book, 0 best. */
  readonly level: number;
}

/** How deep it is looked, step by step: few orders need more than the first. */
const DEPTHS = [20, 100, 500, 1000];

interface Taken {
  readonly second: number;
  readonly byLevel: Map<number, Decimal>;
}

export class Liquidity {
  private readonly taken = new Map<string, Taken>();

  constructor(private readonly view: MarketView) {}

  /** What an order of that side could take, best first. Levels that are used up are left out. */
  *offers(symbol: string, side: Side, now: UtcMs): Generator<Offer> {
    let seen = 0;
    for (const depth of DEPTHS) {
      const book = this.view.depth(symbol, now, depth);
      const rows = side === 'BUY' ? book.asks : book.bids;
      for (let level = seen; level < rows.length; level++) {
        const [price, offered] = rows[level]!;
        const quantity = decimal(offered).minus(this.takenAt(symbol, side, now).get(level) ?? ZERO);
        if (quantity.gt(ZERO)) yield { price: decimal(price), quantity, level };
      }
      if (rows.length < depth) return;
      seen = rows.length;
    }
  }

  take(symbol: string, side: Side, offer: { level: number; quantity: Decimal; at: UtcMs }): void {
    const taken = this.takenAt(symbol, side, offer.at);
    taken.set(offer.level, (taken.get(offer.level) ?? ZERO).plus(offer.quantity));
  }

  /** Whether a quantity can be had at the limit price or better. */
  covers(symbol: string, side: Side, wanted: { quantity: Decimal; limit: Decimal; at: UtcMs }): boolean {
    let left = wanted.quantity;
    for (const { price, quantity } of this.offers(symbol, side, wanted.at)) {
      if (isBeyond(side, price, wanted.limit)) return false;
      left = left.minus(quantity);
      if (left.lte(ZERO)) return true;
    }
    return false;
  }

  private takenAt(symbol: string, side: Side, now: UtcMs): Map<number, Decimal> {
    const key = `${symbol}/${side}`;
    const second = Math.floor(now / SECOND_MS);
    const known = this.taken.get(key);
    if (known?.second === second) return known.byLevel;
    const byLevel = new Map<number, Decimal>();
    this.taken.set(key, { second, byLevel });
    return byLevel;
  }
}

/** Worse for an order of that side than its limit. */
export const isBeyond = (side: Side, price: Decimal, limit: Decimal): boolean =>
  side === 'BUY' ? price.gt(limit) : price.lt(limit);
