/** Chance that can be repeated: the same seed gives the same numbers on every machine. */

/** In [0, 1). */
export type Random = () => number;

const { imul } = Math;

/** Mulberry32 (Tommy Ettinger, public domain). */
export function randomFrom(seed: number): Random {
  let state = imul(seed | 0, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number in [0, below). */
export const drawBelow = (random: Random, below: number): number => Math.floor(random() * below);
