/** Repeatable randomness for generated series: the same seed, the same numbers, on every machine. */
export interface Random {
  /** A whole number in [from, to], both included. */
  between(from: number, to: number): number;
  /** True in `percent` of all calls. */
  chance(percent: number): boolean;
  pick<T>(list: readonly T[]): T;
}

const { floor, imul } = Math;

/** Mulberry32 (Tommy Ettinger, public domain). */
export function randomFrom(seed: number): Random {
  let state = imul(seed, 0x9e3779b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const between = (from: number, to: number): number => from + floor(next() * (to - from + 1));
  return {
    between,
    chance: (percent) => next() * 100 < percent,
    pick: (list) => list[between(0, list.length - 1)]!,
  };
}
