/** How long to wait before another attempt. */

const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;

/**
 * Doubles from a second to five minutes, a quarter of it by chance, so that channels do not come back all at once.
 * @param attempt 1 after the first failure
 * @param chance in [0, 1)
 */
export function backoffMs(attempt: number, chance: number, firstMs = FIRST_MS): number {
  const whole = Math.min(LONGEST_MS, firstMs * 2 ** Math.min(20, attempt - 1));
  return Math.round(whole * (0.75 + chance / 4));
}
