/** Intents and orders as rows, and back. */
import type { Insertable, Selectable } from 'kysely';
import type { NewOrder } from '../core/broker';
import type { Order, OrderIntent } from '../core/order';
import type { IntentTable, OrderTable } from './tables';

export type IntentRow = Selectable<IntentTable>;
export type OrderRow = Selectable<OrderTable>;

/** Columns of both tables, as `selectAll` of their join gives them. */
export type OrderWithIntentRow = IntentRow & OrderRow;

/** Without the token, which the statement itself reads from the lease. */
export function toIntentRow(
  account: string,
  intent: OrderIntent,
): Omit<Insertable<IntentTable>, 'fencing_token'> {
  const { order } = intent;
  const isTrigger = order.kind === 'stop' || order.kind === 'take-profit';
  return {
    account,
    id: intent.id,
    position_id: intent.positionId,
    role: intent.role,
    exit_reason: intent.exitReason ?? null,
    generation: intent.generation,
    client_order_id: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    kind: order.kind,
    quantity: order.quantity,
    reduce_only: order.reduceOnly,
    price: order.kind === 'limit' ? order.price : null,
    time_in_force: order.kind === 'limit' ? order.timeInForce : null,
    trigger_price: isTrigger ? order.triggerPrice : null,
    working_type: isTrigger ? order.workingType : null,
    created_at: intent.createdAt,
  };
}

export function toOrderRow(account: string, order: Order): Insertable<OrderTable> {
  return {
    account,
    intent_id: order.intent.id,
    status: order.status,
    filled_quantity: order.filledQuantity,
    average_price: order.averagePrice,
    order_id: order.orderId ?? null,
    algo_id: order.algoId ?? null,
    reason: order.reason ?? null,
    updated_at: order.updatedAt,
  };
}

/** Written with its intent: nothing has been sent. */
export function unsentOrder(intent: OrderIntent): Order {
  return {
    intent,
    status: 'intended',
    filledQuantity: '0',
    averagePrice: '0',
    updatedAt: intent.createdAt,
  };
}

export function toOrder(row: OrderWithIntentRow): Order {
  return {
    intent: {
      id: row.id,
      positionId: row.position_id,
      role: row.role,
      ...(row.exit_reason === null ? {} : { exitReason: row.exit_reason }),
      generation: row.generation,
      fencingToken: Number(row.fencing_token),
      order: toNewOrder(row),
      createdAt: Number(row.created_at),
    },
    status: row.status,
    filledQuantity: row.filled_quantity,
    averagePrice: row.average_price,
    ...(row.order_id === null ? {} : { orderId: row.order_id }),
    ...(row.algo_id === null ? {} : { algoId: row.algo_id }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    updatedAt: Number(row.updated_at),
  };
}

/** The table's checks see to it that a kind has its own columns. */
function toNewOrder(row: IntentRow): NewOrder {
  const base = {
    symbol: row.symbol,
    clientOrderId: row.client_order_id,
    side: row.side,
    quantity: row.quantity,
    reduceOnly: row.reduce_only,
  };
  switch (row.kind) {
    case 'market':
      return { ...base, kind: row.kind };
    case 'limit':
      return { ...base, kind: row.kind, price: row.price!, timeInForce: row.time_in_force! };
    case 'stop':
    case 'take-profit':
      return {
        ...base,
        kind: row.kind,
        triggerPrice: row.trigger_price!,
        workingType: row.working_type!,
      };
  }
}
