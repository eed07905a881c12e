/** What moves together is one bet: correlation of returns, and the net exposure that it makes. */
import { type Direction, signOf } from '../signal';

/** Fewer returns than this say nothing. */
const MIN_RETURNS = 20;

/**
 * Pearson's correlation of the logarithmic returns of two series, aligned at their ends.
 * @param a and b: natural logarithms of closes, ascending by time
 * @returns in [−1, 1]; undefined for fewer than 20 returns, and where one does not move
 */
export function correlationOf(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  const count = Math.min(a.length, b.length) - 1;
  if (count < MIN_RETURNS) return undefined;
  const fromA = a.length - count;
  const fromB = b.length - count;
  let sumA = 0;
  let sumB = 0;
  let squareA = 0;
  let squareB = 0;
  let product = 0;
  for (let i = 0; i < count; i++) {
    const x = a[fromA + i]! - a[fromA + i - 1]!;
    const y = b[fromB + i]! - b[fromB + i - 1]!;
    sumA += x;
    sumB += y;
    squareA += x * x;
    squareB += y * y;
    product += x * y;
  }
  const spread = (squareA - sumA ** 2 / count) * (squareB - sumB ** 2 / count);
  const correlation = (product - (sumA * sumB) / count) / Math.sqrt(spread);
  return Number.isFinite(correlation) ? Math.max(-1, Math.min(1, correlation)) : undefined;
}

/** A position, or an entry under way. */
export interface Exposure {
  readonly symbol: string;
  readonly direction: Direction;
  readonly notional: number;
  /** Initial margin. */
  readonly margin: number;
  /** The exchange's words for what the coin is about; those without any are one sector of their own. */
  readonly sectors: readonly string[];
}

export interface Candidate {
  readonly symbol: string;
  readonly direction: Direction;
  readonly sectors: readonly string[];
  /** Measured correlation with another symbol; undefined: not known, the sectors decide. */
  readonly correlation?: (other: string) => number | undefined;
}

/**
 * Notional that gains when the candidate gains, less what loses then: positions of symbols that move with it count in
 * their direction, those of symbols that move against it in the opposite one, others not at all.
 * @param threshold from this correlation on, in either direction
 */
export function correlatedExposure(
  candidate: Candidate,
  exposures: readonly Exposure[],
  threshold: number,
): number {
  let net = 0;
  for (const exposure of exposures) {
    if (exposure.symbol === candidate.symbol) continue;
    const correlation = correlationWith(candidate, exposure);
    if (Math.abs(correlation) < threshold) continue;
    net += signOf(candidate.direction) * signOf(exposure.direction) * correlation * exposure.notional;
  }
  return net;
}

function correlationWith(candidate: Candidate, exposure: Exposure): number {
  const measured = candidate.correlation?.(exposure.symbol);
  if (measured !== undefined && Number.isFinite(measured)) return measured;
  return shareSector(candidate.sectors, exposure.sectors) ? 1 : 0;
}

function shareSector(a: readonly string[], b: readonly string[]): boolean {
  return a.length === 0 ? b.length === 0 : a.some((sector) => b.includes(sector));
}
