/**
 * The life of an order as one table: what our own steps and the exchange's word make of its status. Whatever the table
 * does not hold is a broken invariant: trading stops.
 *
 * The exchange's word may come late, twice and out of order, from the answer, the stream and REST. So among statuses it
 * has told, the later one in `working, triggered, rejected, partially-filled, expired, cancelled, filled` stands,
 * whichever is heard first.
 */
import { AppError } from '@slt/domain';
import type { OrderStatus } from './order';

export const OWN_STEPS = [
  'send',
  /** `transient`: surely not done, may be sent again. */
  'not-sent',
  /** `rejected`: surely not done, and will not be. */
  'refused',
  'outcome-unknown',
  /** Asked for after it must have arrived, and the exchange does not know it. */
  'not-found',
  /** Decided not to send what was journalled. */
  'abandon',
] as const;
export type OwnStep = (typeof OWN_STEPS)[number];

export const TOLD_EVENTS = [
  'accepted',
  'part-filled',
  'triggered',
  'filled',
  'cancelled',
  'expired',
  'rejected',
] as const;
/** What the exchange says of it. */
export type ToldEvent = (typeof TOLD_EVENTS)[number];

export type OrderEvent = OwnStep | ToldEvent;

/** The exchange's first word: it has the order, so it was sent, whatever we knew. */
const FIRST_WORD = {
  accepted: 'working',
  'part-filled': 'partially-filled',
  triggered: 'triggered',
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
} as const satisfies Record<ToldEvent, OrderStatus>;

const TRANSITIONS: Readonly<Record<OrderStatus, Partial<Record<OrderEvent, OrderStatus>>>> = {
  intended: {
    send: 'sent',
    abandon: 'rejected',
    // After a crash an intent may have been sent or not; the exchange alone knows.
    'not-found': 'rejected',
    ...FIRST_WORD,
  },
  sent: {
    'not-sent': 'intended',
    refused: 'rejected',
    'outcome-unknown': 'unknown',
    'not-found': 'rejected',
    ...FIRST_WORD,
  },
  unknown: {
    // There is no `send` here: what may have arrived is never sent again.
    'outcome-unknown': 'unknown',
    'not-found': 'rejected',
    ...FIRST_WORD,
  },
  working: {
    ...FIRST_WORD,
    // The stream was quicker than the answer that got lost.
    'outcome-unknown': 'working',
    // It was there, rests no longer, and the exchange has forgotten how it ended: without a fill, or it would know.
    'not-found': 'expired',
  },
  triggered: {
    ...FIRST_WORD,
    // The acknowledgement came after the trigger.
    accepted: 'triggered',
    'outcome-unknown': 'triggered',
    'not-found': 'expired',
  },
  'partially-filled': {
    ...FIRST_WORD,
    accepted: 'partially-filled',
    triggered: 'partially-filled',
    // An execution is a fact; the refusal was wrong.
    rejected: 'partially-filled',
    refused: 'partially-filled',
    'outcome-unknown': 'partially-filled',
    'not-found': 'expired',
  },
  rejected: {
    ...FIRST_WORD,
    // Late: an order is rejected by its trigger's margin check after it was accepted and triggered.
    accepted: 'rejected',
    triggered: 'rejected',
    refused: 'rejected',
    'outcome-unknown': 'rejected',
    'not-found': 'rejected',
  },
  expired: {
    accepted: 'expired',
    'part-filled': 'expired',
    triggered: 'expired',
    rejected: 'expired',
    expired: 'expired',
    // A trigger order and the market order it became end under different names: the same end whichever comes first.
    cancelled: 'cancelled',
    filled: 'filled',
    // IOC, FOK and post-only orders expire on the stream while the answer is an error.
    refused: 'expired',
    'outcome-unknown': 'expired',
    'not-found': 'expired',
  },
  cancelled: {
    accepted: 'cancelled',
    'part-filled': 'cancelled',
    triggered: 'cancelled',
    rejected: 'cancelled',
    expired: 'cancelled',
    cancelled: 'cancelled',
    // Filled to the end before the cancellation took hold.
    filled: 'filled',
    'outcome-unknown': 'cancelled',
    'not-found': 'cancelled',
  },
  filled: {
    accepted: 'filled',
    'part-filled': 'filled',
    triggered: 'filled',
    cancelled: 'filled',
    expired: 'filled',
    rejected: 'filled',
    filled: 'filled',
    refused: 'filled',
    'outcome-unknown': 'filled',
    'not-found': 'filled',
  },
};

/** @throws AppError broken-invariant, `ORDER.ILLEGAL_MOVE`, for a move the table does not know */
export function nextStatus(status: OrderStatus, event: OrderEvent, id: string): OrderStatus {
  const next = TRANSITIONS[status][event];
  if (next !== undefined) return next;
  throw new AppError(
    'broken-invariant',
    'ORDER.ILLEGAL_MOVE',
    `"${event}" of ${id} cannot be while ${status}`,
  );
}

const FINAL: ReadonlySet<OrderStatus> = new Set(['filled', 'cancelled', 'expired', 'rejected']);
const IN_FLIGHT: ReadonlySet<OrderStatus> = new Set(['intended', 'sent', 'unknown']);

export const isFinal = (status: OrderStatus): boolean => FINAL.has(status);

/** Under way to the exchange: not known to have arrived. */
export const isInFlight = (status: OrderStatus): boolean => IN_FLIGHT.has(status);
