/** Chance that can be repeated: the seed is printed when a test fails, and SLT_CHAOS_SEED sets it. */
export class Chance {
  private state: number;

  private constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  static of(seed: number): Chance {
    return new Chance(seed);
  }

  static fromEnvironment(): Chance {
    const given = Number(process.env['SLT_CHAOS_SEED'] ?? Number.NaN);
    return new Chance(Number.isInteger(given) ? given : Math.floor(Math.random() * 2 ** 32));
  }

  /** In [0, 1); mulberry32. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number in [from, to]. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.between(0, i);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }

  /** Runs what depends on it, and names the seed in what goes wrong. */
  async tell<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Error)
        error.message = `${error.message}\n(again with SLT_CHAOS_SEED=${this.seed})`;
      throw error;
    }
  }
}

export function pause(wallMs: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, wallMs));
}
