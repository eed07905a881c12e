/**
 * The steps of an order's life at which a process may die. Nothing happens at them in the service; the crash matrix
 * puts a handler here that kills the process.
 */
export const ORDER_STEPS = [
  'before-journal',
  'after-journal',
  'before-send',
  'after-send',
  'after-ack',
  'before-fill-journal',
  'after-fill-journal',
  'before-stop',
  'after-stop',
  'before-cancel',
  'after-cancel',
  'before-exit',
  'after-exit',
] as const;
export type OrderStep = (typeof ORDER_STEPS)[number];

export type Checkpoint = (step: OrderStep) => void;

export const CHECKPOINT = Symbol('CHECKPOINT');

export const passOn: Checkpoint = () => undefined;
