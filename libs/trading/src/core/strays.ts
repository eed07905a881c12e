/** What rests on the exchange and the journal does not hold: ours to clear away, or somebody else's to leave alone. */
import type { OrderReport } from './broker';
import { isOurs } from './client-order-id';
import type { Order } from './order';
import { isInferredEnd } from './order-life';
import { isFinal } from './order-table';

export interface Strays {
  /** Bear our tag, and the journal does not know them, or knows that they have ended. */
  readonly ours: readonly OrderReport[];
  /** Placed by hand or by another program. */
  readonly foreign: readonly OrderReport[];
}

/**
 * @param openOrders what the exchange says is open
 * @param orders the journal's, final ones among them
 */
export function findStrays(openOrders: readonly OrderReport[], orders: readonly Order[]): Strays {
  const known = new Map(orders.map((order) => [order.intent.order.clientOrderId, order]));
  const unknown = openOrders.filter(({ clientOrderId }) => !known.has(clientOrderId));
  const revenants = openOrders.filter((report) => {
    const order = known.get(report.clientOrderId);
    // An end that was only inferred is taken back by the report itself.
    return (
      order !== undefined &&
      isFinal(order.status) &&
      !isInferredEnd(order) &&
      report.updatedAt > order.updatedAt
    );
  });
  return {
    ours: [...unknown.filter((report) => isOurs(report.clientOrderId)), ...revenants],
    foreign: unknown.filter((report) => !isOurs(report.clientOrderId)),
  };
}
