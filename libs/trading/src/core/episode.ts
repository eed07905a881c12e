/**
 * One symbol's fills, in the order they happened, as a chain of episodes: from flat to flat, one after the other. A fill
 * that goes through zero ends one episode and begins the next. Pure; an episode is never changed in place.
 */
import { AppError, type UtcMs } from '@slt/domain';
import type { Decimal, Fill } from './broker';
import { exact, type Exact, plain, ZERO } from './decimal';
import type { Direction } from './signal';

/** What money is counted in. Fees in another asset are kept apart. */
export const MONEY = 'USDT';

export type Fees = Readonly<Record<string, Exact>>;

export interface Episode {
  readonly symbol: string;
  readonly direction: Direction;
  readonly openedAt: UtcMs;
  /** Client order id of the first fill, and of the one that made it flat. */
  readonly openedBy: string;
  readonly closedAt: UtcMs | null;
  readonly closedBy: string | null;
  /** Held now; 0 when closed. */
  readonly quantity: Exact;
  /**
   * Of what is held, as the exchange counts it: growth averages, reduction leaves it. Rounded to 40 decimal places
   * after each growth.
   */
  readonly averageEntry: Exact;
  readonly entered: Exact;
  readonly enteredNotional: Exact;
  readonly exited: Exact;
  readonly exitedNotional: Exact;
  /** As the exchange reported it, summed exactly. */
  readonly realizedPnl: Exact;
  /** By asset. */
  readonly fees: Fees;
}

/** Ascending by time, then by trade id as a number: the exchange counts them up within a symbol. */
export function compareFills(a: Fill, b: Fill): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.tradeId.length !== b.tradeId.length) return a.tradeId.length - b.tradeId.length;
  return a.tradeId < b.tradeId ? -1 : Number(a.tradeId > b.tradeId);
}

export interface FillStep {
  /** The episode that this fill ended, if it did. */
  readonly closed: Episode | null;
  readonly open: Episode | null;
}

/**
 * @param open undefined or null: flat
 * @param fill not before the last one of `open`
 * @throws AppError invalid, `FILL.BAD_QUANTITY`, below zero
 */
export function stepEpisode(open: Episode | null, fill: Fill): FillStep {
  const quantity = exact(fill.quantity);
  if (quantity.lt(0)) {
    throw new AppError('invalid', 'FILL.BAD_QUANTITY', `${fill.symbol} ${fill.tradeId}: ${fill.quantity}`);
  }
  // Liquidations come with rows of nothing, which may still carry a fee.
  if (quantity.eq(0)) return { closed: null, open: open && withMoney(open, fill, exact(fill.fee)) };
  if (open === null) return { closed: null, open: grow(beginEpisode(fill), fill, quantity, exact(fill.fee)) };
  if (directionOf(fill) === open.direction) {
    return { closed: null, open: grow(open, fill, quantity, exact(fill.fee)) };
  }
  const excess = quantity.minus(open.quantity);
  if (excess.lt(0)) return { closed: null, open: reduce(open, fill, quantity, exact(fill.fee)) };
  // Through zero: the fee is shared by quantity, the realised profit belongs to what was closed.
  const closingFee = excess.eq(0)
    ? exact(fill.fee)
    : exact(fill.fee).times(open.quantity).div(quantity).round(12);
  const closed = reduce(open, fill, open.quantity, closingFee);
  if (excess.eq(0)) return { closed, open: null };
  const rest = { ...fill, realizedPnl: '0' };
  return { closed, open: grow(beginEpisode(rest), rest, excess, exact(fill.fee).minus(closingFee)) };
}

export function signedQuantity(episode: Episode | null): Exact {
  if (episode === null) return ZERO;
  return episode.direction === 'long' ? episode.quantity : episode.quantity.neg();
}

/** In money; what was paid in other assets is not in it. */
export const feesOf = (episode: Episode): Exact => episode.fees[MONEY] ?? ZERO;

export function otherFeesOf(fees: Fees): Readonly<Record<string, Decimal>> {
  const others = Object.entries(fees).filter(([asset, fee]) => asset !== MONEY && !fee.eq(0));
  return Object.fromEntries(others.map(([asset, fee]) => [asset, plain(fee)]));
}

export function addFee(fees: Fees, asset: string, fee: Exact): Fees {
  return fee.eq(0) ? fees : { ...fees, [asset]: (fees[asset] ?? ZERO).plus(fee) };
}

const directionOf = (fill: Fill): Direction => (fill.side === 'buy' ? 'long' : 'short');

function beginEpisode(fill: Fill): Episode {
  return {
    symbol: fill.symbol,
    direction: directionOf(fill),
    openedAt: fill.at,
    openedBy: fill.clientOrderId,
    closedAt: null,
    closedBy: null,
    quantity: ZERO,
    averageEntry: ZERO,
    entered: ZERO,
    enteredNotional: ZERO,
    exited: ZERO,
    exitedNotional: ZERO,
    realizedPnl: ZERO,
    fees: {},
  };
}

function grow(episode: Episode, fill: Fill, quantity: Exact, fee: Exact): Episode {
  const notional = quantity.times(fill.price);
  const held = episode.quantity.plus(quantity);
  return {
    ...withMoney(episode, fill, fee),
    quantity: held,
    averageEntry: episode.quantity.times(episode.averageEntry).plus(notional).div(held),
    entered: episode.entered.plus(quantity),
    enteredNotional: episode.enteredNotional.plus(notional),
  };
}

function reduce(episode: Episode, fill: Fill, quantity: Exact, fee: Exact): Episode {
  const held = episode.quantity.minus(quantity);
  return {
    ...withMoney(episode, fill, fee),
    quantity: held,
    exited: episode.exited.plus(quantity),
    exitedNotional: episode.exitedNotional.plus(quantity.times(fill.price)),
    ...(held.eq(0) ? { closedAt: fill.at, closedBy: fill.clientOrderId } : {}),
  };
}

function withMoney(episode: Episode, fill: Fill, fee: Exact): Episode {
  return {
    ...episode,
    realizedPnl: episode.realizedPnl.plus(fill.realizedPnl),
    fees: addFee(episode.fees, fill.feeAsset, fee),
  };
}
