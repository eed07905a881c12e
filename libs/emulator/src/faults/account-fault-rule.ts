/** Faults of the account side: orders refused, frames of the account stream spoilt, listen keys that die. */
import type { DurationMs } from '@slt/domain';
import type { FaultMatch } from './fault-rule';

/** The request is refused with this code and text, and not carried out. */
export interface RejectFault extends FaultMatch {
  readonly kind: 'reject';
  /** Such as -2019. */
  readonly code: number;
  readonly msg: string;
  /** HTTP status; default 400. */
  readonly status?: number;
}

/** A frame of the account stream is never sent, on any connection. */
export interface LostUpdateFault extends FaultMatch {
  readonly kind: 'lost-update';
}

/** A frame of the account stream comes later than it would; those after it do not wait. */
export interface LateUpdateFault extends FaultMatch {
  readonly kind: 'late-update';
  /** Exchange time. */
  readonly ms: DurationMs;
}

/** A frame of the account stream is sent again. */
export interface DuplicateUpdateFault extends FaultMatch {
  readonly kind: 'duplicate-update';
  /** How many more; default 1. */
  readonly copies?: number;
  /** Exchange time between the copies; default 0. */
  readonly ms?: DurationMs;
}

/** A frame of the account stream is held back and sent right after the account's next one. */
export interface OutOfOrderUpdateFault extends FaultMatch {
  readonly kind: 'out-of-order-update';
}

/** What becomes of the connections of a listen key that dies before its time. */
export const DEAD_KEY_CONNECTIONS = ['silent', 'closed', 'told'] as const;
export type DeadKeyConnections = (typeof DEAD_KEY_CONNECTIONS)[number];

/**
 * A listen key is dead before its time: -1125 for its renewal. Hits at a renewal (path /fapi/v1/listenKey), or before a
 * frame of the account stream is sent, which is lost then.
 */
export interface DeadListenKeyFault extends FaultMatch {
  readonly kind: 'dead-listen-key';
  /** Open and `silent` (default), `closed`, or `told` by listenKeyExpired. */
  readonly connections?: DeadKeyConnections;
}

/** An algo order whose price has come stays in TRIGGERING for ever, or until it is cancelled. */
export interface StuckAlgoFault extends FaultMatch {
  readonly kind: 'stuck-algo';
}

export type AccountFault =
  | RejectFault
  | LostUpdateFault
  | LateUpdateFault
  | DuplicateUpdateFault
  | OutOfOrderUpdateFault
  | DeadListenKeyFault
  | StuckAlgoFault;
