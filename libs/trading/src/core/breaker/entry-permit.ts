/** What the breaker lets an entry do. Exits, stops and cancels need no permit: they always pass. */

export type EntryPermit =
  | { readonly kind: 'full' }
  /** Smaller, and only what is surest. */
  | { readonly kind: 'reduced'; readonly sizeFactor: number; readonly minConfidence: number }
  /** The smallest size that the exchange takes. */
  | { readonly kind: 'probe' }
  | { readonly kind: 'none' };

export const FULL_PERMIT: EntryPermit = Object.freeze({ kind: 'full' });
export const PROBE_PERMIT: EntryPermit = Object.freeze({ kind: 'probe' });
export const NO_PERMIT: EntryPermit = Object.freeze({ kind: 'none' });
