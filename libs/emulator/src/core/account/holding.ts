/**
 * A position's arithmetic. Its cost is kept exactly and its average price derived from it, so that no rounding is lost:
 * realised profit is booked to 8 decimals and the cost that stays takes up the difference.
 */
import type { UtcMs } from '@slt/domain';
import type { SymbolFacts } from '../market';
import { type Decimal, decimal, least, toCents, ZERO } from './money';
import type { PositionSide, Side } from './order';

/** What a fill did to the position. */
export interface FillEffect {
  readonly realized: Decimal;
  /** Quantity that made the position smaller, and that which made it larger: both for a fill that turns it round. */
  readonly closed: Decimal;
  readonly opened: Decimal;
}

export class Holding {
  /** Signed: negative for a short. */
  amount: Decimal = ZERO;
  /** Signed like the amount: Σ quantity × price of what is held. */
  cost: Decimal = ZERO;
  /** Commission paid less profit realised since it was flat. */
  private carried: Decimal = ZERO;
  /** Realised before fees, ever. */
  accumulatedRealized: Decimal = ZERO;
  isolatedWallet: Decimal = ZERO;
  updateTime: UtcMs = 0;
  /** Amount and cost in float64: they are looked at every second. */
  rough = { amount: 0, cost: 0 };

  constructor(
    readonly facts: SymbolFacts,
    readonly positionSide: PositionSide,
  ) {}

  get symbol(): string {
    return this.facts.symbol;
  }

  get isFlat(): boolean {
    return this.amount.eq(ZERO);
  }

  get size(): Decimal {
    return this.amount.abs();
  }

  /** +1 long, −1 short, 0 flat. */
  get direction(): number {
    return this.amount.cmp(ZERO);
  }

  /** Unrounded; 0 when flat. */
  get entryPrice(): Decimal {
    return this.isFlat ? ZERO : this.cost.div(this.amount);
  }

  /** Where closing it would pay back commissions and losses since it was flat. */
  get breakEvenPrice(): Decimal {
    return this.isFlat ? ZERO : this.cost.plus(this.carried).div(this.amount);
  }

  unrealized(mark: Decimal): Decimal {
    return toCents(this.amount.times(mark).minus(this.cost));
  }

  /** How much of a trade of that side would make the position smaller. */
  reducible(side: Side): Decimal {
    return (side === 'SELL') === this.direction > 0 && !this.isFlat ? this.size : ZERO;
  }

  apply(side: Side, quantity: Decimal, price: Decimal, now: UtcMs): FillEffect {
    const closed = least(this.reducible(side), quantity);
    const opened = quantity.minus(closed);
    const realized = closed.gt(ZERO) ? this.reduce(closed, price) : ZERO;
    if (opened.gt(ZERO)) {
      const signed = side === 'BUY' ? opened : opened.neg();
      this.amount = this.amount.plus(signed);
      this.cost = this.cost.plus(signed.times(price));
    }
    this.updateTime = now;
    this.rough = { amount: Number(this.amount), cost: Number(this.cost) };
    return { realized, closed, opened };
  }

  /** To be told of the commission of each fill, after apply(). */
  carryFee(fee: Decimal): void {
    this.carried = this.isFlat ? ZERO : this.carried.plus(fee);
  }

  private reduce(quantity: Decimal, price: Decimal): Decimal {
    const direction = decimal(this.direction);
    const proceeds = direction.times(quantity).times(price);
    const share = this.cost.times(quantity).div(this.size);
    const realized = toCents(proceeds.minus(share));
    const left = this.amount.minus(direction.times(quantity));
    this.cost = left.eq(ZERO) ? ZERO : this.cost.minus(proceeds.minus(realized));
    this.amount = left;
    this.accumulatedRealized = this.accumulatedRealized.plus(realized);
    this.carried = left.eq(ZERO) ? ZERO : this.carried.minus(realized);
    return realized;
  }
}
