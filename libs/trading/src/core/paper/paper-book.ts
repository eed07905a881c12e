/**
 * One symbol of a paper account: its position as what was paid for it, and its open orders. Money that a closing fill
 * takes out of the cost is never rounded away: all realised PnL of a position that is flat again is exactly what its
 * sales brought less what its purchases cost.
 */
import type { InstrumentFilters, UtcMs } from '@slt/domain';
import type { OrderSide } from '../broker';
import { type Exact, exact, smaller, ZERO } from '../decimal';
import type { PaperOrder } from './paper-order';
import type { Quote } from './quote';

/** Decimal places of money that a division yields. */
const MONEY_PLACES = 8;

export interface BookFacts {
  readonly symbol: string;
  readonly filters: InstrumentFilters;
  readonly leverage: number;
}

export class PaperBook {
  readonly symbol: string;
  readonly filters: InstrumentFilters;
  readonly tickSize: Exact;
  readonly stepSize: Exact;
  leverage: number;
  /** Open ones, oldest first. */
  orders: PaperOrder[] = [];
  quote: Quote | undefined;
  /** Open time of the candle whose path is being walked. */
  walkedCandle: UtcMs | undefined;
  private signed = ZERO;
  private paid = ZERO;
  /** The same as float, for what is asked at every tick. */
  private size = 0;
  private entry = 0;

  constructor({ symbol, filters, leverage }: BookFacts) {
    this.symbol = symbol;
    this.filters = filters;
    this.leverage = leverage;
    this.tickSize = exact(filters.tickSize);
    this.stepSize = exact(filters.stepSize);
  }

  /** Negative for a short. */
  get quantity(): Exact {
    return this.signed;
  }

  /** What the open part was bought, or sold short, for; never negative. */
  get cost(): Exact {
    return this.paid;
  }

  get isFlat(): boolean {
    return this.size === 0;
  }

  get isLong(): boolean {
    return this.size > 0;
  }

  get isIdle(): boolean {
    return this.size === 0 && this.orders.length === 0;
  }

  get entryPrice(): Exact {
    return this.isFlat ? ZERO : this.paid.div(this.signed.abs());
  }

  /** Of the newest quote; before the first one, what was paid. */
  get markPrice(): number {
    return this.quote?.mark ?? this.entry;
  }

  /** As they stand in a snapshot. */
  restorePosition(quantity: Exact, cost: Exact): void {
    this.signed = quantity;
    this.paid = cost;
    this.size = quantity.toNumber();
    this.entry = this.entryPrice.toNumber();
  }

  /** How much of the quantity an order of this side can take off the position. */
  closable(side: OrderSide, quantity: Exact): Exact {
    const closes = side === 'sell' ? this.size > 0 : this.size < 0;
    return closes ? smaller(quantity, this.signed.abs()) : ZERO;
  }

  /** @returns what was realised; 0 where the position only grew */
  applyFill(side: OrderSide, quantity: Exact, price: Exact): Exact {
    const held = this.signed.abs();
    const isLong = this.isLong;
    const closed = this.closable(side, quantity);
    const opened = quantity.minus(closed);
    const freed = closed.eq(held) ? this.paid : this.paid.times(closed).div(held).round(MONEY_PLACES);
    const brought = closed.times(price);
    const moved = side === 'buy' ? quantity : quantity.neg();
    const cost = (closed.gt(0) ? this.paid.minus(freed) : this.paid).plus(opened.times(price));
    this.restorePosition(this.signed.plus(moved), cost);
    if (closed.eq(0)) return ZERO;
    return isLong ? brought.minus(freed) : freed.minus(brought);
  }

  unrealizedAt(mark: Exact): Exact {
    const value = this.signed.times(mark);
    return this.isLong ? value.minus(this.paid) : value.plus(this.paid);
  }

  /** In float, at the price. */
  roughUnrealizedAt(price: number): number {
    return this.size * (price - this.entry);
  }

  roughNotionalAt(price: number): number {
    return Math.abs(this.size) * price;
  }

  remove(order: PaperOrder): void {
    this.orders = this.orders.filter((other) => other !== order);
  }
}
