/** How long to wait before trying again: doubling from a base to a ceiling, with jitter so that many do not return at once. */

export interface BackoffRule {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Between half and the whole of the doubled base.
 * @param attempt 0 for the first retry
 * @param random in [0, 1)
 */
export function backoffMs(attempt: number, random: number, { baseMs, maxMs }: BackoffRule): number {
  const ceiling = Math.min(maxMs, baseMs * 2 ** Math.min(Math.max(0, attempt), 30));
  return Math.round(ceiling * (0.5 + random / 2));
}
