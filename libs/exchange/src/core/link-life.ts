/**
 * The life of one logical connection, as a table: what may happen in each phase, and the phase it leads to. Everything
 * else is an error of ours.
 *
 * `rotating` is live with a successor being prepared; the old socket serves until the successor is subscribed.
 */
import { AppError } from '@slt/domain';

export const LINK_PHASES = ['connecting', 'live', 'rotating', 'waiting', 'closed'] as const;
export type LinkPhase = (typeof LINK_PHASES)[number];

export type LinkEvent =
  /** The socket is open and all its streams are acknowledged. */
  | 'subscribed'
  /** The socket could not be opened or subscribed, or has gone. */
  | 'lost'
  /** The lifetime is nearly over: prepare the successor. */
  | 'expiring'
  /** The successor could not be prepared; the old one still serves. */
  | 'rotation-failed'
  /** The back-off is over. */
  | 'retry'
  | 'close';

const TABLE: Readonly<Record<LinkPhase, Readonly<Partial<Record<LinkEvent, LinkPhase>>>>> = {
  connecting: { subscribed: 'live', lost: 'waiting', close: 'closed' },
  live: { lost: 'waiting', expiring: 'rotating', close: 'closed' },
  rotating: { subscribed: 'live', 'rotation-failed': 'live', lost: 'waiting', close: 'closed' },
  waiting: { retry: 'connecting', close: 'closed' },
  closed: { close: 'closed' },
};

export function canMove(phase: LinkPhase, event: LinkEvent): boolean {
  return TABLE[phase][event] !== undefined;
}

/** @throws AppError broken-invariant, `EXCHANGE.ILLEGAL_LINK_MOVE` */
export function moveLink(phase: LinkPhase, event: LinkEvent): LinkPhase {
  const next = TABLE[phase][event];
  if (next !== undefined) return next;
  throw new AppError('broken-invariant', 'EXCHANGE.ILLEGAL_LINK_MOVE', `a ${phase} link has no "${event}"`);
}
