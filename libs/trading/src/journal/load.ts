/** All that a process needs to go on where another left off, read as of one moment. */
import type { DurationMs, UtcMs } from '@slt/domain';
import { sql } from 'kysely';
import type { BreakerTransition } from '../core/breaker';
import type { Decimal, Fill, FundingPayment } from '../core/broker';
import type { Order } from '../core/order';
import type { PositionPlan, Trade } from '../core/position';
import type { BalancePoint } from './entries';
import type { JournalTransaction } from './journal-database';
import * as rows from './load-rows';
import { FINAL_STATUSES } from './order-precedence';

export interface LoadOptions {
  /** How many of the last trades. */
  readonly tradeLimit: number;
  /** How long before the last clean reconciliation something may have happened that it did not see. */
  readonly overlapMs: DurationMs;
}

export interface OpenPosition {
  readonly plan: PositionPlan;
  /** Its own ones since the symbol was last flat; empty while the entry is not filled. */
  readonly fills: readonly Fill[];
  readonly fundings: readonly FundingPayment[];
  /** All of the position's, finished ones too; ascending by creation. */
  readonly orders: readonly Order[];
}

/** Lists ascend by time. */
export interface JournalState {
  readonly initialBalance: Decimal | null;
  readonly positions: readonly OpenPosition[];
  /** Of any position, or of none. */
  readonly unfinishedOrders: readonly Order[];
  /**
   * What is needed beside the positions' own, so that the fills of each symbol begin at flat and those since `wholeTo`
   * are complete: fills that no plan of ours explains, and those of positions that are over, with the orders and plans
   * they belong to.
   */
  readonly otherFills: readonly Fill[];
  readonly otherFundings: readonly FundingPayment[];
  readonly otherOrders: readonly Order[];
  readonly otherPlans: readonly PositionPlan[];
  /**
   * The last clean reconciliation less the overlap, 0 without one: what happened before is in the journal. Ask the
   * exchange from here on; all that is known from here on is in this state.
   */
  readonly wholeTo: UtcMs;
  /** The last ones. */
  readonly recentTrades: readonly Trade[];
  readonly lastBalance: BalancePoint | null;
  /** Highest equity ever noted: drawdown counts from there. */
  readonly peakEquity: Decimal | null;
  readonly lastBreakerChange: BreakerTransition | null;
  readonly lastFillAt: UtcMs | null;
  readonly lastFundingAt: UtcMs | null;
}

export async function loadState(
  trx: JournalTransaction,
  account: string,
  { tradeLimit, overlapMs }: LoadOptions,
): Promise<JournalState> {
  const { lastCleanAt, ...figures } = await accountFigures(trx, account);
  const wholeTo = lastCleanAt === null ? 0 : Math.max(0, lastCleanAt - overlapMs);
  const plans = await rows.openPlans(trx, account);
  const openIds = new Set(plans.map(({ id }) => id));
  const fills = await rows.fillsSinceFlat(trx, account, wholeTo);
  const fundings = await rows.fundings(trx, account, [...openIds], wholeTo);
  const pastIds = idsBeside(openIds, fills);
  const orders = await rows.orders(trx, account, [...openIds, ...pastIds]);
  const unfinishedOrders = orders.filter((order) => !isFinished(order));
  return {
    ...figures,
    wholeTo,
    positions: plans.map((plan) => ({
      plan,
      fills: ownOf(fills, plan.id),
      fundings: ownOf(fundings, plan.id),
      orders: orders.filter(({ intent }) => intent.positionId === plan.id),
    })),
    unfinishedOrders,
    otherFills: othersOf(fills, openIds),
    otherFundings: othersOf(fundings, openIds),
    otherOrders: orders.filter((order) => isFinished(order) && !openIds.has(order.intent.positionId)),
    otherPlans: await rows.plansOf(trx, account, pastIds),
    recentTrades: await rows.recentTrades(trx, account, tradeLimit),
    lastBalance: await rows.lastBalance(trx, account),
    lastBreakerChange: await rows.lastBreakerChange(trx, account),
  };
}

const isFinished = ({ status }: Order): boolean => (FINAL_STATUSES as readonly string[]).includes(status);

function idsBeside(openIds: ReadonlySet<string>, fills: readonly rows.Owned<Fill>[]): string[] {
  const ids = new Set<string>();
  for (const { positionId } of fills) {
    if (positionId !== null && !openIds.has(positionId)) ids.add(positionId);
  }
  return [...ids];
}

function ownOf<Item>(items: readonly rows.Owned<Item>[], positionId: string): Item[] {
  return items.filter((owned) => owned.positionId === positionId).map(({ item }) => item);
}

function othersOf<Item>(items: readonly rows.Owned<Item>[], openIds: ReadonlySet<string>): Item[] {
  return items
    .filter(({ positionId }) => positionId === null || !openIds.has(positionId))
    .map(({ item }) => item);
}

interface AccountFigures extends Pick<
  JournalState,
  'initialBalance' | 'peakEquity' | 'lastFillAt' | 'lastFundingAt'
> {
  readonly lastCleanAt: UtcMs | null;
}

async function accountFigures(trx: JournalTransaction, account: string): Promise<AccountFigures> {
  const result = await sql<{
    initial: Decimal | null;
    peak: Decimal | null;
    fill_at: string | null;
    funding_at: string | null;
    clean_at: string | null;
  }>`select
    (select initial_balance from trading.accounts where id = ${account}) as initial,
    (select max(equity) from trading.balances where account = ${account}) as peak,
    (select max(at) from trading.fills where account = ${account}) as fill_at,
    (select max(at) from trading.fundings where account = ${account}) as funding_at,
    (select max(at) from trading.reconciliations where account = ${account} and is_clean) as clean_at`.execute(
    trx,
  );
  const row = result.rows[0]!;
  return {
    initialBalance: row.initial,
    peakEquity: row.peak,
    lastFillAt: timeOf(row.fill_at),
    lastFundingAt: timeOf(row.funding_at),
    lastCleanAt: timeOf(row.clean_at),
  };
}

const timeOf = (text: string | null): UtcMs | null => (text === null ? null : Number(text));
