/** How far below a mean its truth may lie, however often one looks. */

/** Effective outcomes at which the sequence is tightest. */
const TIGHTEST = 200;

/**
 * Deviations from the mean to the lower end of a confidence sequence: it holds at all times at once, so that a gate may
 * ask after each outcome (Robbins' normal mixture; Waudby-Smith et al., "Time-uniform central limit theory", 2021,
 * one-sided).
 * @param effective independent outcomes, above 0
 * @param alpha chance that it is ever wrong
 */
export function sequenceDeviations(effective: number, alpha: number): number {
  const mix = (effective / TIGHTEST) * tightnessOf(alpha);
  return Math.sqrt(2 * (1 + 1 / mix) * Math.log(1 + Math.sqrt(mix + 1) / (2 * alpha)));
}

/** What n·ρ² is to be where the sequence is tightest (the paper's equation for ρ). */
function tightnessOf(alpha: number): number {
  const half = 2 * alpha;
  return -2 * Math.log(half) + Math.log(-2 * Math.log(half) + 1);
}

/**
 * Student's quantile for a normal one: fewer clusters tell less of their own spread (Cornish & Fisher, as in Abramowitz
 * & Stegun 26.7.5).
 * @param freedom degrees of freedom, above 0
 */
export function studentised(z: number, freedom: number): number {
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  return z + first / freedom + second / (freedom * freedom);
}
