/**
 * Orders that rest: each stands in line behind what the book shows at its price. What trades at its price serves the line
 * first; a price that goes through it has served the line, and then what was traded, and what now stands on the other side
 * up to its price, fills it.
 */
import type { UtcMs } from '@slt/domain';
import { mix, uniformAt } from '../hash';
import type { Account } from './account';
import { fill, takeable } from './fills';
import { isBeyond } from './liquidity';
import { isOpen, type LiveOrder } from './live-order';
import { type Decimal, decimal, floorToStep, least, ZERO } from './money';
import type { PriceStep } from './price-path';

const LINE_DEPTH = 100;

/** Gives an order its place: behind the quantity at its price, or as much as may stand between two levels. */
export function standInLine(account: Account, order: LiveOrder, now: UtcMs): void {
  order.ahead = ZERO;
  const { bids, asks } = account.view.depth(order.symbol, now, LINE_DEPTH);
  const own = order.side === 'BUY' ? bids : asks;
  const level = own.find(([price]) => !isBeyond(order.side, decimal(price), order.price));
  const isBest = own[0] === undefined || isBetter(order, decimal(own[0][0]));
  if (isBest) return;
  const [price, quantity] = level ?? own.at(-1)!;
  const share = decimal(price).eq(order.price) ? 1 : chanceOf(account, order, now, 1);
  order.ahead = floorToStep(decimal(quantity).times(share.toFixed(6)), decimal(order.facts.stepSize));
}

const isBetter = (order: LiveOrder, price: Decimal): boolean =>
  order.side === 'BUY' ? order.price.gt(price) : order.price.lt(price);

const chanceOf = (account: Account, order: LiveOrder, now: UtcMs, index: number): number =>
  uniformAt(mix(mix(account.options.seed, Number(order.orderId % 4_294_967_296n)), now), index);

/** Whether the step came to the order's price at all. */
export const isReached = (order: LiveOrder, range: { low: number; high: number }): boolean =>
  order.side === 'BUY' ? range.low <= Number(order.price) : range.high >= Number(order.price);

/** Fills a symbol's resting orders with what happened in a step: best price first, then who came first. */
export function matchResting(account: Account, symbol: string, step: PriceStep): void {
  const reached = account.orders
    .openOf(symbol)
    .filter((order) => order.type === 'LIMIT' && isReached(order, step));
  if (reached.length === 0) return;
  const inOrder = [...reached].sort((a, b) => (a.side === 'BUY' ? -1 : 1) * a.price.cmp(b.price));
  const traded = { left: decimal(step.volume.toFixed(8)) };
  for (const order of inOrder) if (isOpen(order)) serve(account, order, step, traded);
}

function serve(account: Account, order: LiveOrder, step: PriceStep, traded: { left: Decimal }): void {
  const price = Number(order.price);
  const isThrough = order.side === 'BUY' ? step.low < price : step.high > price;
  const stepSize = decimal(order.facts.stepSize);
  let given: Decimal;
  if (isThrough) {
    order.ahead = ZERO;
    given = traded.left;
  } else {
    const share = 0.3 + 0.6 * chanceOf(account, order, step.at, 2);
    const atPrice = floorToStep(traded.left.times(share.toFixed(6)), stepSize);
    const served = least(order.ahead, atPrice);
    order.ahead = order.ahead.minus(served);
    traded.left = traded.left.minus(served);
    given = atPrice.minus(served);
  }
  const quantity = least(takeable(account, order), floorToStep(given, stepSize));
  traded.left = traded.left.minus(quantity);
  fillInParts(account, order, quantity, step.at);
  if (isThrough && isOpen(order)) fillFromBook(account, order, step.at);
}

/** One to three trades, as different takers would make them. */
function fillInParts(account: Account, order: LiveOrder, quantity: Decimal, at: UtcMs): void {
  const stepSize = decimal(order.facts.stepSize);
  const parts = 1 + Math.floor(3 * chanceOf(account, order, at, 3));
  let left = quantity;
  for (let part = parts; part > 1; part--) {
    const piece = floorToStep(left.div(part), stepSize);
    if (piece.lte(ZERO)) continue;
    left = left.minus(piece);
    fillAsMaker(account, order, piece, at);
  }
  fillAsMaker(account, order, left, at);
}

/** Others now offer at its price or better: they meet it first. */
function fillFromBook(account: Account, order: LiveOrder, at: UtcMs): void {
  for (const offer of account.liquidity.offers(order.symbol, order.side, at)) {
    if (isBeyond(order.side, offer.price, order.price) || !isOpen(order)) return;
    const quantity = least(offer.quantity, takeable(account, order));
    account.liquidity.take(order.symbol, order.side, { level: offer.level, quantity, at });
    fillAsMaker(account, order, quantity, at);
  }
}

function fillAsMaker(account: Account, order: LiveOrder, quantity: Decimal, at: UtcMs): void {
  if (quantity.gt(ZERO) && isOpen(order))
    fill(account, order, { quantity, price: order.price, isMaker: true }, at);
}
