/** What an account sees of the market, as exact decimals; prices of one instant are asked for once. */
import { DAY_MS, type UtcMs } from '@slt/domain';
import type { Depth, EmulatedSymbol, Market, SymbolStatus } from '../market';
import { invalidSymbol } from '../rest-error';
import { type Decimal, decimal, ONE, ZERO } from './money';
import type { Side } from './order';

interface Seen {
  readonly at: UtcMs;
  readonly price: Decimal;
}

export class MarketView {
  private readonly marks = new Map<string, Seen>();

  constructor(readonly market: Market) {}

  /** @throws RestError -1121 */
  symbol(name: string): EmulatedSymbol {
    const found = this.market.find(name);
    if (found === undefined) throw invalidSymbol();
    return found;
  }

  status(name: string, now: UtcMs): SymbolStatus {
    return this.market.find(name)?.statusAt(now) ?? 'CLOSE';
  }

  mark(symbol: string, now: UtcMs): Decimal {
    const seen = this.marks.get(symbol);
    if (seen?.at === now) return seen.price;
    const price = decimal(this.market.markPrice(symbol, now).markPrice);
    this.marks.set(symbol, { at: now, price });
    return price;
  }

  /** Of the last trade up to now; the mark price before the first one. */
  last(symbol: string, now: UtcMs): Decimal {
    const base = this.market.baseInterval(symbol);
    const forming = this.market.forming(symbol, base, now);
    if (forming !== undefined) return decimal(forming.close);
    const range = { from: now - 2 * DAY_MS, to: now, limit: 1, fromEnd: true };
    const before = this.market.klines(symbol, base, range, now)[0];
    return before === undefined ? this.mark(symbol, now) : decimal(before.close);
  }

  depth(symbol: string, now: UtcMs, levels: number): Depth {
    return this.market.depth(symbol, now, levels);
  }

  /** Best price on the other side of an order; 0 where there is none. */
  bestOpposite(symbol: string, side: Side, now: UtcMs): Decimal {
    const { bids, asks } = this.market.depth(symbol, now, 1);
    const best = (side === 'BUY' ? asks : bids)[0];
    return best === undefined ? ZERO : decimal(best[0]);
  }

  /** As far as a market order may go from the mark price. */
  marketBound(symbol: EmulatedSymbol, side: Side, now: UtcMs): Decimal {
    const bound = decimal(symbol.marketTakeBound);
    const factor = side === 'BUY' ? ONE.plus(bound) : ONE.minus(bound);
    return this.mark(symbol.symbol, now).times(factor);
  }
}
