/**
 * Units that must not be mixed up. The marks exist for the compiler only; a plain number is accepted where
 * a mark is asked for, but a duration is not accepted as an instant.
 */

/** An instant: milliseconds since 1970-01-01T00:00:00Z, by the exchange's clock unless said otherwise. */
export type UtcMs = number & { readonly __unit?: 'instant' };

/** A span of time in milliseconds. */
export type DurationMs = number & { readonly __unit?: 'duration' };

export const SECOND_MS: DurationMs = 1_000;
export const MINUTE_MS: DurationMs = 60_000;
export const HOUR_MS: DurationMs = 3_600_000;
export const DAY_MS: DurationMs = 86_400_000;
