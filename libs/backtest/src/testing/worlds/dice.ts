/** Chance by seed: the same words give the same numbers on every machine. For generated markets only. */

const { imul } = Math;
/** Degrees of freedom of the fat-tailed shocks, as minute returns of crypto have them: 3 to 6 are measured. */
const FREEDOM = 5;
/** A shock is never larger, so that a single minute makes no market. */
const MOST = 10;

export class Dice {
  private state: number;
  private spare = NaN;

  /** @param words whole numbers; each makes other dice */
  constructor(...words: readonly number[]) {
    this.state = words.reduce((hash, word) => scramble(hash ^ imul(word | 0, 0x9e3779b1)), 0x243f6a88);
  }

  /** In [0, 1). Mulberry32 (Tommy Ettinger, public domain). */
  uniform(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** In [from, to). */
  between(from: number, to: number): number {
    return from + this.uniform() * (to - from);
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    const { spare } = this;
    if (!Number.isNaN(spare)) {
      this.spare = NaN;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Student's t, scaled to variance 1; symmetric also where it is cut off, so that its mean is 0. */
  shock(): number {
    let squares = 0;
    for (let i = 0; i < FREEDOM; i++) squares += this.normal() ** 2;
    const student = this.normal() / Math.sqrt(squares / FREEDOM);
    return Math.min(MOST, Math.max(-MOST, student * Math.sqrt((FREEDOM - 2) / FREEDOM)));
  }

  /** A whole number whose mean is exactly the value. */
  round(value: number): number {
    return Math.floor(value + this.uniform());
  }
}

function scramble(value: number): number {
  let mixed = value;
  mixed = imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
