/**
 * Cross margin over all positions, in one-way mode. Maintenance: `notional × rate − deduction` of the notional's tier.
 * Initial: of each symbol the worse of "all buy orders fill" and "all sell orders fill", divided by its leverage;
 * Binance's own formula is not published, this is what its documentation describes.
 */
import type { OrderSide } from '../broker';
import { type Exact, exact, larger, ZERO } from '../decimal';
import type { PaperBook } from './paper-book';
import { isTriggerKind, remainingOf } from './paper-order';
import type { MarginTier } from './paper-settings';
import { floorTo, ofNumber } from './quote';

/** Adds to the orders of a book: one that is not placed yet. */
export interface Candidate {
  readonly side: OrderSide;
  readonly quantity: Exact;
  readonly price: Exact;
}

interface Tier {
  readonly rate: Exact;
  /** Makes the margin continuous from tier to tier. */
  readonly deduction: Exact;
}

export class MarginRules {
  private readonly tiers: readonly (Tier & { readonly upTo: number })[];
  private readonly highestRate: number;

  constructor(tiers: readonly MarginTier[]) {
    let before: Tier & { readonly upTo: number } = { upTo: 0, rate: ZERO, deduction: ZERO };
    this.tiers = tiers.map(({ upTo, rate: text }) => {
      const rate = exact(text);
      const deduction = ofNumber(before.upTo).times(rate.minus(before.rate)).plus(before.deduction);
      before = { upTo, rate, deduction };
      return before;
    });
    this.highestRate = before.rate.toNumber();
  }

  maintenance(notional: Exact): Exact {
    const { rate, deduction } = this.tierOf(notional);
    return notional.times(rate).minus(deduction);
  }

  maintenanceOf(book: PaperBook): Exact {
    return this.maintenance(book.quantity.abs().times(ofNumber(book.markPrice)));
  }

  /** Never less than the maintenance margin; in float. */
  roughMaintenance(notional: number): number {
    return notional * this.highestRate;
  }

  /**
   * Where the account would be liquidated if this symbol's price alone moved, by the tier it is in now; '0': nowhere.
   * @param rest of the account without this position
   */
  liquidationPrice(book: PaperBook, rest: { equity: Exact; maintenance: Exact }): Exact {
    const size = book.quantity.abs();
    if (size.eq(0)) return ZERO;
    const sign = book.isLong ? 1 : -1;
    const { rate, deduction } = this.tierOf(size.times(ofNumber(book.markPrice)));
    // equity of the rest + sign × (size × price − cost) = maintenance of the rest + size × price × rate − deduction
    const missing = rest.maintenance.minus(rest.equity).minus(deduction).plus(book.cost.times(sign));
    const slope = size.times(exact(String(sign)).minus(rate));
    const price = missing.div(slope);
    return price.lte(0) ? ZERO : floorTo(price, book.tickSize);
  }

  private tierOf(notional: Exact): Tier {
    const value = notional.toNumber();
    return this.tiers.find(({ upTo }) => value <= upTo) ?? this.tiers.at(-1)!;
  }
}

export function initialMargin(book: PaperBook, candidate?: Candidate): Exact {
  const mark = ofNumber(book.markPrice);
  const open = { buy: ZERO, sell: ZERO };
  for (const order of book.orders) {
    if (order.order.reduceOnly || isTriggerKind(order.order.kind)) continue;
    const value = remainingOf(order).times(ofNumber(order.level));
    open[order.order.side] = open[order.order.side].plus(value);
  }
  if (candidate !== undefined) {
    open[candidate.side] = open[candidate.side].plus(candidate.quantity.times(candidate.price));
  }
  const position = book.quantity.times(mark);
  return perLeverage(larger(position.plus(open.buy).abs(), position.minus(open.sell).abs()), book.leverage);
}

/** Of the position alone. */
export function positionMargin(book: PaperBook): Exact {
  return perLeverage(book.quantity.abs().times(ofNumber(book.markPrice)), book.leverage);
}

/** 1 ÷ leverage where that is a finite decimal: to multiply is as exact as to divide, and ten times as quick. */
const INVERSES: ReadonlyMap<number, Exact> = new Map(
  [1, 2, 4, 5, 8, 10, 16, 20, 25, 40, 50, 100, 125].map((leverage) => [
    leverage,
    exact(String(1 / leverage)),
  ]),
);

function perLeverage(value: Exact, leverage: number): Exact {
  const inverse = INVERSES.get(leverage);
  return inverse === undefined ? value.div(leverage) : value.times(inverse);
}
