/** From a decision to an intent: what is written to the journal before anything is sent. */
import type { UtcMs } from '@slt/domain';
import type { NewOrder } from './broker';
import { clientOrderIdOf, type Digest } from './client-order-id';
import type { Order, OrderIntent, OrderRole } from './order';
import type { ExitReason } from './position';

type Nameless<T> = T extends NewOrder ? Omit<T, 'clientOrderId'> : never;

/** An order that core decided upon, still without name, time and fencing token. */
export interface OrderDraft {
  readonly positionId: string;
  readonly role: OrderRole;
  readonly exitReason?: ExitReason;
  readonly generation: number;
  readonly order: Nameless<NewOrder>;
}

export interface IntentFacts {
  readonly digest: Digest;
  readonly fencingToken: number;
  readonly now: UtcMs;
}

export function intentOf(draft: OrderDraft, facts: IntentFacts): OrderIntent {
  const id = `${draft.positionId}/${draft.role}/${draft.generation}`;
  const clientOrderId = clientOrderIdOf({ id, role: draft.role }, facts.digest);
  return {
    ...draft,
    id,
    order: { ...draft.order, clientOrderId },
    fencingToken: facts.fencingToken,
    createdAt: facts.now,
  };
}

/** @param orders of any position and role, final ones among them: a number is never used again */
export function nextGeneration(orders: Iterable<Order>, positionId: string, role: OrderRole): number {
  let last = 0;
  for (const { intent } of orders) {
    if (intent.positionId === positionId && intent.role === role) last = Math.max(last, intent.generation);
  }
  return last + 1;
}
