/** Whether we trade: one table of states, and what each of them allows. Off until told; halted until told again. */
import { AppError, type UtcMs } from '@slt/domain';

export const CONTROL_STATES = ['off', 'reconciling', 'on', 'stopping', 'halted'] as const;
export type ControlState = (typeof CONTROL_STATES)[number];

export const HALT_REASONS = ['breaker', 'hand', 'broken-invariant'] as const;
export type HaltReason = (typeof HALT_REASONS)[number];

export const CONTROL_EVENTS = [
  'start',
  /** Journal and exchange agree. */
  'reconciled',
  /** Something may have been missed: the account stream was down, an answer did not fit. */
  'doubt',
  'stop',
  /** Nothing is under way any more and, where asked for, all positions are flat. */
  'stopped',
  'halt',
  /** Another process holds the account. */
  'lease-lost',
] as const;
export type ControlEvent = (typeof CONTROL_EVENTS)[number];

const TRANSITIONS: Readonly<Record<ControlState, Partial<Record<ControlEvent, ControlState>>>> = {
  // A halt by hand before the start keeps a start that somebody else scheduled from being overlooked: it is a new one.
  off: { start: 'reconciling', halt: 'halted', stop: 'off', 'lease-lost': 'off' },
  reconciling: {
    reconciled: 'on',
    // Once more from the beginning.
    doubt: 'reconciling',
    stop: 'stopping',
    halt: 'halted',
    'lease-lost': 'off',
  },
  on: {
    start: 'on',
    doubt: 'reconciling',
    stop: 'stopping',
    halt: 'halted',
    // Whatever we did now would be done twice.
    'lease-lost': 'off',
  },
  stopping: {
    // There is no way back but through off: a start that comes meanwhile waits.
    stop: 'stopping',
    stopped: 'off',
    // It opens nothing as it is; what is in doubt shows before it has stopped.
    doubt: 'stopping',
    halt: 'halted',
    'lease-lost': 'off',
  },
  halted: {
    // By hand only, and past a clean reconciliation.
    start: 'reconciling',
    stop: 'stopping',
    // The first reason stands.
    halt: 'halted',
    doubt: 'halted',
    // A reconciliation that was under way when it was halted.
    reconciled: 'halted',
    'lease-lost': 'off',
  },
};

/** What may be done to the account. Exits and cancellations pass as long as it is ours. */
export interface Allowance {
  readonly open: boolean;
  /** Stops, targets, exits. */
  readonly manage: boolean;
  readonly cancel: boolean;
}

const NOTHING: Allowance = Object.freeze({ open: false, manage: false, cancel: false });
const MANAGE: Allowance = Object.freeze({ open: false, manage: true, cancel: true });
const ALL: Allowance = Object.freeze({ open: true, manage: true, cancel: true });

const ALLOWANCES: Readonly<Record<ControlState, Allowance>> = {
  off: NOTHING,
  reconciling: MANAGE,
  on: ALL,
  stopping: MANAGE,
  halted: MANAGE,
};

export const allowanceOf = (state: ControlState): Allowance => ALLOWANCES[state];

export interface Control {
  readonly state: ControlState;
  readonly since: UtcMs;
  /** Of `halted` alone. */
  readonly halt?: { readonly reason: HaltReason; readonly detail: string };
  /** Of `stopping` alone: close what is open before it has stopped. */
  readonly flatten?: boolean;
}

export type ControlMove =
  | { readonly event: Exclude<ControlEvent, 'halt' | 'stop'>; readonly at: UtcMs }
  | { readonly event: 'stop'; readonly flatten: boolean; readonly at: UtcMs }
  | { readonly event: 'halt'; readonly reason: HaltReason; readonly detail: string; readonly at: UtcMs };

export const controlOff = (at: UtcMs): Control => ({ state: 'off', since: at });

/** For callers who would rather refuse a request than break: is there such a move? */
export const canMove = (state: ControlState, event: ControlEvent): boolean =>
  TRANSITIONS[state][event] !== undefined;

/**
 * @returns the same object where the move changes nothing
 * @throws AppError broken-invariant, `TRADING.ILLEGAL_MOVE`, for a move the table does not know
 */
export function moveControl(control: Control, move: ControlMove): Control {
  const state = TRANSITIONS[control.state][move.event];
  if (state === undefined) {
    const message = `"${move.event}" cannot be while trading is ${control.state}`;
    throw new AppError('broken-invariant', 'TRADING.ILLEGAL_MOVE', message);
  }
  const since = state === control.state ? control.since : move.at;
  if (move.event === 'stop' && state === 'stopping') {
    // A flatten once asked for stays asked for.
    const flatten = move.flatten || control.flatten === true;
    return state === control.state && flatten === control.flatten ? control : { state, since, flatten };
  }
  if (state === control.state) return control;
  if (move.event === 'halt') return { state, since, halt: { reason: move.reason, detail: move.detail } };
  return { state, since };
}
