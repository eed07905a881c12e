/** Closes a position at market: what is not on its way out already, once, and again only after the last try has ended. */
import type { UtcMs } from '@slt/domain';
import { exact, plain } from './decimal';
import type { Order } from './order';
import { nextGeneration } from './order-intent';
import { isFinal } from './order-table';
import type { ExitReason, Position } from './position';
import {
  cancelOf,
  closingSide,
  DEFAULT_PROTECTION,
  isResting,
  leavingQuantity,
  type ProtectionAction,
  type ProtectionOptions,
  type ProtectionView,
} from './protection-view';
import { splitQuantity } from './quantize';

export type CloseView = Pick<ProtectionView, 'orders' | 'cancelling' | 'filters' | 'now'>;

export interface CloseDecision {
  readonly actions: readonly ProtectionAction[];
  /** Try again then; null: it is on its way out. */
  readonly retryAt: UtcMs | null;
}

/** Codes that say: there is nothing to reduce. */
const NOTHING_THERE = ['ORDER.REDUCE_ONLY', 'ORDER.NO_POSITION', 'ORDER.POSITION_INSUFFICIENT'];

/**
 * The stop stays where it is until the position is flat. Market orders above the lot's maximum are split; all of them
 * only reduce, so that none of them can ever open a position.
 */
export function decideClose(
  position: Position,
  view: CloseView,
  reason: ExitReason,
  options: ProtectionOptions = DEFAULT_PROTECTION,
): CloseDecision {
  const mine = view.orders.filter((order) => order.intent.positionId === position.id);
  const entries = mine.filter((order) => order.intent.role === 'entry' && isResting(order));
  const cancels = entries
    .filter((order) => !view.cancelling.has(order.intent.order.clientOrderId))
    .map((order) => cancelOf(order, 'closing'));
  const leaving = leavingQuantity(mine, view.now, options.unprotectedLimitMs);
  const staying = exact(position.quantity).minus(leaving);
  if (staying.lte(0)) return { actions: cancels, retryAt: null };
  const failed = failuresInARow(mine);
  const retryAt = retryTime(failed, options);
  if (retryAt > view.now) return { actions: cancels, retryAt };
  const { parts } = splitQuantity(plain(staying), view.filters, 'market');
  if (parts.length === 0) {
    return { actions: [...cancels, { kind: 'stuck', quantity: plain(staying) }], retryAt: null };
  }
  const doubt: ProtectionAction[] = isAboutNothing(failed.at(-1))
    ? [{ kind: 'reconcile', reason: failed.at(-1)?.reason ?? '' }]
    : [];
  const generation = nextGeneration(mine, position.id, 'exit');
  const places = parts.map((quantity, i): ProtectionAction => {
    const { symbol } = position;
    const order = {
      kind: 'market',
      symbol,
      side: closingSide(position),
      quantity,
      reduceOnly: true,
    } as const;
    const draft = { positionId: position.id, role: 'exit', exitReason: reason } as const;
    return { kind: 'place', draft: { ...draft, generation: generation + i, order } };
  });
  return { actions: [...cancels, ...doubt, ...places], retryAt: null };
}

/** The last exits, ascending, that ended without having filled anything. */
function failuresInARow(mine: readonly Order[]): readonly Order[] {
  const exits = mine
    .filter((order) => order.intent.role === 'exit' && isFinal(order.status))
    .sort((a, b) => a.intent.generation - b.intent.generation);
  const lastGood = exits.findLastIndex((order) => !exact(order.filledQuantity).eq(0));
  return exits.slice(lastGood + 1);
}

function retryTime(failed: readonly Order[], options: ProtectionOptions): UtcMs {
  const last = failed.at(-1);
  if (last === undefined) return 0;
  const pause = options.exitRetryMs * 2 ** Math.min(failed.length - 1, 20);
  return last.updatedAt + Math.min(pause, options.exitRetryMaxMs);
}

export function isAboutNothing(order: Order | undefined): boolean {
  return order?.status === 'rejected' && NOTHING_THERE.some((code) => order.reason?.startsWith(code));
}
