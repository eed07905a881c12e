/** Our own account of an order: the intent as journalled, and how far it has come. */
import type { UtcMs } from '@slt/domain';
import type { Decimal, NewOrder } from './broker';
import type { ExitReason } from './position';

/** What the order is for within its position. */
export type OrderRole = 'entry' | 'stop' | 'target' | 'exit';

/** Written to the journal before anything is sent. */
export interface OrderIntent {
  /** `{positionId}/{role}/{generation}`: the client order id is derived from it. */
  readonly id: string;
  /** Ties all orders of one position together; the id of the signal that opened it, or `adopted:{symbol}:{at}`. */
  readonly positionId: string;
  readonly role: OrderRole;
  /** Of role `exit` alone: why it closes the position. */
  readonly exitReason?: ExitReason;
  /** 1, 2, … within its position and role. */
  readonly generation: number;
  /** Of the lease under which it was written. */
  readonly fencingToken: number;
  readonly order: NewOrder;
  readonly createdAt: UtcMs;
}

/**
 * `intended`: journalled; whether it was sent is not known after a crash. `sent`: handed to the broker. `unknown`: sent,
 * and the answer did not tell. `working`: the exchange has it. The last four are final.
 */
export const ORDER_STATUSES = [
  'intended',
  'sent',
  'unknown',
  'working',
  'partially-filled',
  'triggered',
  'filled',
  'cancelled',
  'expired',
  'rejected',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export interface Order {
  readonly intent: OrderIntent;
  readonly status: OrderStatus;
  readonly filledQuantity: Decimal;
  readonly averagePrice: Decimal;
  readonly orderId?: string;
  readonly algoId?: string;
  readonly reason?: string;
  readonly updatedAt: UtcMs;
}
