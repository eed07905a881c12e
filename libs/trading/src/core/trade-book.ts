/** From an episode to the trade that the journal keeps: its plan, why it ended, its share of the funding. */
import { type DurationMs, MINUTE_MS, type UtcMs } from '@slt/domain';
import type { Decimal, FundingPayment } from './broker';
import { AVERAGE_PLACES, exact, type Exact, plain, sumOf, ZERO } from './decimal';
import { type Episode, feesOf, otherFeesOf } from './episode';
import type { OrderIntent } from './order';
import type { ExitReason, PositionPlan, Trade } from './position';

/** What the journal knows beyond the fills. */
export interface BookContext {
  intentOf(clientOrderId: string): OrderIntent | undefined;
  planOf(positionId: string): PositionPlan | undefined;
}

export interface ClosedTrade extends Trade {
  /** Fees in other assets than money, by asset; not in `fees`, not in `netPnl`. */
  readonly otherFees: Readonly<Record<string, Decimal>>;
}

export const adoptedId = (symbol: string, at: UtcMs): string => `adopted:${symbol}:${at}`;

/** Of the order that began it; what was not ours is adopted. */
export function positionIdOf(episode: Episode, context: BookContext): string {
  return context.intentOf(episode.openedBy)?.positionId ?? adoptedId(episode.symbol, episode.openedAt);
}

/** By the order whose fill made it flat, whoever took the larger part before. */
export function exitReasonOf(clientOrderId: string, intent: OrderIntent | undefined): ExitReason {
  if (clientOrderId.startsWith('autoclose-')) return 'liquidation';
  switch (intent?.role) {
    case 'stop':
    case 'target':
      return intent.role;
    case 'exit':
      return intent.exitReason ?? 'flatten';
    case 'entry':
    case undefined:
      return 'external';
  }
}

/**
 * @param episode closed
 * @param funding its own, see attributeFunding
 */
export function tradeOf(episode: Episode, funding: Exact, context: BookContext): ClosedTrade {
  const positionId = positionIdOf(episode, context);
  const plan = context.planOf(positionId);
  const closedBy = episode.closedBy ?? '';
  const fees = feesOf(episode);
  const netPnl = episode.realizedPnl.minus(fees).plus(funding);
  return {
    positionId,
    symbol: episode.symbol,
    setup: plan?.setup ?? 'adopted',
    direction: episode.direction,
    quantity: plain(episode.entered),
    entryTime: episode.openedAt,
    entryPrice: plain(episode.enteredNotional.div(episode.entered).round(AVERAGE_PLACES)),
    exitTime: episode.closedAt ?? episode.openedAt,
    exitPrice: plain(episode.exitedNotional.div(episode.exited).round(AVERAGE_PLACES)),
    exitReason: exitReasonOf(closedBy, context.intentOf(closedBy)),
    realizedPnl: plain(episode.realizedPnl),
    fees: plain(fees),
    funding: plain(funding),
    netPnl: plain(netPnl),
    r: plan === undefined ? 0 : rewardOf(netPnl, plan, episode.entered),
    confidence: plan?.confidence ?? 0,
    otherFees: otherFeesOf(episode.fees),
  };
}

/** 0 where nothing was at risk by plan: a position without plan, a stop at the entry. */
function rewardOf(netPnl: Exact, plan: PositionPlan, quantity: Exact): number {
  const risk = exact(plan.entry).minus(plan.stop).abs().times(quantity);
  return risk.eq(0) ? 0 : Number(netPnl.div(risk).toPrecision(12));
}

/** Payments are stamped some milliseconds after the instant they are for; the position may be gone by then. */
const FUNDING_DELAY_MS: DurationMs = MINUTE_MS;

export interface AttributedFunding {
  readonly ofEpisode: ReadonlyMap<Episode, Exact>;
  /** Of no position that we know. */
  readonly rest: Exact;
}

/**
 * Gives each payment to the position that was held when it fell due: the last one opened before it.
 * @param episodes of one symbol, ascending
 * @param payments of that symbol
 */
export function attributeFunding(
  episodes: readonly Episode[],
  payments: Iterable<FundingPayment>,
): AttributedFunding {
  const shares = new Map<Episode, Exact[]>();
  const rest: Exact[] = [];
  for (const { amount, at } of payments) {
    const holder = episodes.findLast((episode) => episode.openedAt < at);
    const isHeld =
      holder !== undefined && (holder.closedAt === null || at <= holder.closedAt + FUNDING_DELAY_MS);
    if (isHeld) shares.set(holder, [...(shares.get(holder) ?? []), exact(amount)]);
    else rest.push(exact(amount));
  }
  return {
    ofEpisode: new Map([...shares].map(([episode, amounts]) => [episode, sumOf(amounts)])),
    rest: rest.length === 0 ? ZERO : sumOf(rest),
  };
}
