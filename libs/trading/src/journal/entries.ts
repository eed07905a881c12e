/** What can be written to the journal: one union, so that entries which belong together go in one transaction. */
import type { UtcMs } from '@slt/domain';
import type { BreakerTransition } from '../core/breaker';
import type { Decimal, Fill, FundingPayment } from '../core/broker';
import type { Order, OrderIntent } from '../core/order';
import type { PositionPlan, Trade } from '../core/position';
import type { Decision, Signal } from '../core/signal';

/** One comparison of the journal with the exchange. */
export interface Reconciliation {
  readonly at: UtcMs;
  /** Why it was made, such as `start` or `link-up`. */
  readonly cause: string;
  readonly isClean: boolean;
  /** What was found and done about it; kept as JSON. */
  readonly findings: readonly unknown[];
}

/** Money that came or went otherwise than by trading; positive: came. */
export interface Transfer {
  readonly id: string;
  readonly amount: Decimal;
  readonly reason: string;
  readonly at: UtcMs;
}

/** A state that its owner needs back after a restart, such as the paper exchange's; kept as JSON text, exactly. */
export interface Snapshot {
  readonly name: string;
  readonly at: UtcMs;
  readonly body: unknown;
}

/** A point of the equity curve. */
export interface BalancePoint {
  readonly at: UtcMs;
  readonly walletBalance: Decimal;
  readonly equity: Decimal;
}

/**
 * Each may be written again without effect, in any later batch.
 * - `signal`: the first decision stays; `decision` changes it (an entry that was not filled).
 * - `intent`: with its order, as `intended`.
 * - `order`: never moves back (order-precedence.ts).
 * - `fill`, `funding`: `positionId` where the journal cannot know it from the client order id, or from the position of
 *   the symbol that was open at that time. Written again it may be given a position that it had not before (adoption).
 * - `position`: a new plan, or a changed one; once over, only one that was opened later (a late fill) opens it again.
 *   `position-dropped`: nothing was ever filled.
 * - `trade`: told from others by position and entry time, it is replaced when written again (a late fee). `closes`: its
 *   position is over with it, or goes on; left out, a trade closes its position, but, written again, not one that was
 *   opened later. `trade-retracted`: a late fill has undone it.
 * - `snapshot`: the newest of its name stays.
 */
export type JournalEntry =
  | { readonly kind: 'signal'; readonly signal: Signal; readonly decision: Decision }
  | { readonly kind: 'decision'; readonly signalId: string; readonly decision: Decision }
  | { readonly kind: 'intent'; readonly intent: OrderIntent }
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'fill'; readonly fill: Fill; readonly positionId?: string }
  | { readonly kind: 'funding'; readonly payment: FundingPayment; readonly positionId?: string }
  | { readonly kind: 'position'; readonly plan: PositionPlan }
  | { readonly kind: 'position-dropped'; readonly positionId: string; readonly at: UtcMs }
  | { readonly kind: 'trade'; readonly trade: Trade; readonly closes?: boolean }
  | { readonly kind: 'trade-retracted'; readonly positionId: string; readonly entryTime: UtcMs }
  | { readonly kind: 'breaker'; readonly change: BreakerTransition }
  | { readonly kind: 'reconciliation'; readonly result: Reconciliation }
  | { readonly kind: 'transfer'; readonly transfer: Transfer }
  | { readonly kind: 'balance'; readonly point: BalancePoint }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot };

export type EntryKind = JournalEntry['kind'];
export type EntryOf<K extends EntryKind> = Extract<JournalEntry, { kind: K }>;

/** Decisions of the one process that trades the account. The other kinds are facts, which anyone may write down. */
export const LEASED_KINDS: ReadonlySet<EntryKind> = new Set<EntryKind>([
  'intent',
  'order',
  'position',
  'position-dropped',
  'trade',
  'trade-retracted',
  'snapshot',
]);

export interface AppendResult {
  /** Those that were not in the journal before, as given. */
  readonly newFills: readonly Fill[];
  readonly newFundings: readonly FundingPayment[];
  /** For each intent of the batch what the journal holds, in the order given; an older one as it stood. */
  readonly intents: readonly Order[];
  /** As the journal holds them: orders of the batch that had come further than the batch said. */
  readonly staleOrders: readonly Order[];
}
