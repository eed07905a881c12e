/** What a trader under chaos is told by its environment, and what it tells back. */
import type { ControlState, OrderStep } from '@slt/trading';

export interface CrashOrders {
  readonly seed: number;
  /** Undefined: it lives until somebody else ends it. */
  readonly crash?: {
    readonly step: OrderStep;
    /** It dies when the step is reached for so manyth time, … */
    readonly occurrence: number;
    /** … so much later; wall time. 0: at once. */
    readonly afterMs: number;
  };
  /** A signal for some symbol every so often, wall time; undefined: only those that the market gives. */
  readonly signalEveryMs?: number;
  /** Of the price; the target is a little more than twice as far away. */
  readonly stopShares: readonly [number, number];
}

/** Variable of the child's environment that carries the orders, as JSON. */
export const CHAOS_ORDERS = 'SLT_CHAOS_ORDERS';

/** From the trader, several times a second. */
export interface TraderNews {
  readonly state: ControlState;
  readonly halt?: string;
  readonly obstacle?: string;
  /** Orders whose outcome is not known, entries that rest, cancellations. */
  readonly isQuiet: boolean;
  readonly positions: number;
  readonly unprotected: number;
  readonly steps: Readonly<Record<string, number>>;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly handles: number;
  /** The longest that a position was without its stop, wall time. */
  readonly longestUnprotectedMs: number;
  /** What `slt audit` finds, once it was asked for; empty: no difference. */
  readonly audit?: readonly string[];
}

/** To the trader. */
export type TraderCommand =
  | { readonly kind: 'signals'; readonly on: boolean }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'audit' };
