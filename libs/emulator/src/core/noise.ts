/**
 * Fractal value noise: chance on lattices of several widths, joined by straight lines. It wanders like a random walk on
 * scales between its narrowest and widest lattice and comes back on longer ones, and any point costs two look-ups a
 * lattice.
 */
import { mix, normalAt, uniformAt } from './hash';

const { floor, sqrt } = Math;

export interface Octave {
  /** Distance of lattice points. */
  readonly width: number;
  /** Deviation at lattice points. */
  readonly amplitude: number;
}

export class FractalNoise {
  private readonly hashes: readonly number[];
  private readonly shifts: readonly number[];

  constructor(
    hash: number,
    private readonly octaves: readonly Octave[],
  ) {
    this.hashes = octaves.map((_, i) => mix(hash, i + 1));
    this.shifts = this.hashes.map((of, i) => floor(uniformAt(of, -1) * octaves[i]!.width));
  }

  /** @param at a whole number, in the unit of the widths */
  at(at: number): number {
    let sum = 0;
    for (let i = 0; i < this.octaves.length; i++) {
      const { width, amplitude } = this.octaves[i]!;
      const place = (at + this.shifts[i]!) / width;
      const left = floor(place);
      const share = place - left;
      const hash = this.hashes[i]!;
      const low = normalAt(hash, left);
      sum += amplitude * (share === 0 ? low : low + share * (normalAt(hash, left + 1) - low));
    }
    return sum;
  }
}

/** Lattices of doubling width whose sum moves like a random walk with the given deviation a step. */
export function walkOctaves(count: number, deviation: number): Octave[] {
  return Array.from({ length: count }, (_, i) => ({
    width: 2 ** i,
    amplitude: (deviation / 2) * sqrt(2 ** i),
  }));
}
